#include "services/booking/domain/people_refusals.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

namespace dm::booking {

absl::Status PersonChanged(const std::string& name) {
  return MakeError(absl::StatusCode::kAborted,
                   absl::StrCat("the etag is not the current one: ", name),
                   {.reason = "ETAG_MISMATCH",
                    .metadata = {{"resource", name}},
                    .message_fr = "Ces informations viennent de changer. Relisez-les.",
                    .message_en = "This has just changed. Please look at it again."});
}

absl::Status LinkUnknown() {
  return MakeError(
      absl::StatusCode::kNotFound, "no link that can be used",
      {.reason = "LINK_UNKNOWN",
       .message_fr = "Ce lien n'est pas ou plus valable. Peut-être avez-vous déjà répondu, ou un "
                     "lien plus récent vous a-t-il été envoyé.",
       .message_en = "This link is not valid, or no longer. You may have answered already, or a "
                     "newer link was sent to you."});
}

absl::Status ConsentTextChanged() {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "the text is not what would be agreed to now",
      {.reason = "CONSENT_TEXT_CHANGED",
       .preconditions = {{"CONSENT_TEXT_CHANGED", "text_hash", "the text has changed"}},
       .message_fr = "Ce que l'on vous demande a changé entre-temps. Relisez, puis recommencez.",
       .message_en = "What you are asked has changed meanwhile. Please read it again."});
}

absl::Status ConsentAskedTooOften(absl::Duration retry_after) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "the guardian was asked too often",
      {.reason = "CONSENT_ASKED_TOO_OFTEN",
       .retry_after = retry_after,
       .message_fr = "Votre responsable légal a déjà reçu ce message. Réessayez plus tard.",
       .message_en = "Your guardian has received this message already. Please try again later."});
}

absl::Status ConsentNotAwaited(const std::string& booking_name) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("the booking does not wait for a guardian: ", booking_name),
                   {.reason = "CONSENT_NOT_AWAITED",
                    .metadata = {{"resource", booking_name}},
                    .preconditions = {{"CONSENT_NOT_AWAITED", booking_name,
                                       "the booking does not wait for a guardian"}},
                    .message_fr = "Cette réservation n'attend pas d'accord.",
                    .message_en = "This booking does not wait for consent."});
}

absl::Status GuardianUnknown(const std::string& person) {
  const std::string name = absl::StrCat(person, "/guardian");
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("no guardian is on file: ", name),
                   {.reason = "GUARDIAN_UNKNOWN",
                    .metadata = {{"resource", name}},
                    .preconditions = {{"GUARDIAN_UNKNOWN", name, "no guardian is on file"}},
                    .message_fr = "Indiquez d'abord votre responsable légal.",
                    .message_en = "Please say first who your guardian is."});
}

absl::Status GuardianIsApplicant(const std::string& person) {
  const std::string name = absl::StrCat(person, "/guardian");
  return MakeError(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the guardian's address is the applicant's own: ", name),
      {.reason = "GUARDIAN_IS_APPLICANT",
       .metadata = {{"resource", name}},
       .preconditions = {{"GUARDIAN_IS_APPLICANT", name, "the address is the applicant's own"}},
       .message_fr = "L'adresse de votre responsable légal ne peut pas être la vôtre.",
       .message_en = "Your guardian's address cannot be your own."});
}

}  // namespace dm::booking
