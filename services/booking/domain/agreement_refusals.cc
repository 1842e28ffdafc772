#include "services/booking/domain/agreement_refusals.h"

#include "absl/strings/str_cat.h"

#include <map>
#include <utility>

namespace dm::booking {
namespace {

struct Words {
  const char* message;
  const char* french;
  const char* english;
};

absl::Status Refusal(const char* reason, const std::string& subject, const Words& words,
                     std::map<std::string, std::string> metadata = {}) {
  metadata.emplace("resource", subject);
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat(words.message, ": ", subject),
                   {.reason = reason,
                    .metadata = std::move(metadata),
                    .preconditions = {{reason, subject, words.message}},
                    .message_fr = words.french,
                    .message_en = words.english});
}

absl::Status TooSoon(const char* message, absl::Duration wait, const char* french,
                     const char* english) {
  return MakeError(absl::StatusCode::kResourceExhausted, message,
                   {.reason = "SIGNATURE_CODE_TOO_SOON",
                    .retry_after = wait,
                    .message_fr = french,
                    .message_en = english});
}

std::string NameOf(const Agreement& agreement) { return AgreementName(agreement.booking_id); }

}  // namespace

std::string AgreementName(const std::string& booking_id) {
  return absl::StrCat("bookings/", booking_id, "/agreement");
}

absl::Status AgreementUnknown(const std::string& booking_id) {
  return NotFoundError(AgreementName(booking_id));
}

absl::Status AgreementExists(const std::string& booking_id) {
  return MakeError(absl::StatusCode::kAlreadyExists,
                   absl::StrCat("the booking has an agreement: ", AgreementName(booking_id)),
                   {.reason = "AGREEMENT_EXISTS",
                    .metadata = {{"resource", AgreementName(booking_id)}},
                    .message_fr = "Cette réservation a déjà une convention.",
                    .message_en = "This booking already has an agreement."});
}

absl::Status AgreementNotNeeded(const Booking& booking) {
  return Refusal("AGREEMENT_NOT_NEEDED", absl::StrCat("bookings/", booking.id),
                 {"the scheme of the booking knows no agreement",
                  "Aucune convention n'est nécessaire pour cette réservation.",
                  "This booking needs no agreement."},
                 {{"scheme", std::string(SchemeName(booking.scheme))}});
}

absl::Status BookingNotConfirmed(const Booking& booking) {
  return Refusal("BOOKING_NOT_CONFIRMED", absl::StrCat("bookings/", booking.id),
                 {"the booking is not confirmed",
                  "La réservation doit d'abord être confirmée, ou elle ne l'est plus.",
                  "The booking is not confirmed yet, or no longer."},
                 {{"state", std::string(BookingStateName(booking.state))}});
}

absl::Status AgreementIncomplete(const std::string& booking_id, const Violations& missing) {
  std::vector<FieldViolation> fields = GetErrorDetails(missing.ToStatus())->fields;
  return MakeError(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the agreement is not complete: ", AgreementName(booking_id)),
      {.reason = "AGREEMENT_INCOMPLETE",
       .metadata = {{"resource", AgreementName(booking_id)}},
       .fields = std::move(fields),
       .preconditions = {{"AGREEMENT_INCOMPLETE", AgreementName(booking_id),
                          "fields that every party must be able to read are empty"}},
       .message_fr = "La convention n'est pas complète : remplissez les champs indiqués.",
       .message_en = "The agreement is not complete: fill in the fields that are named."});
}

absl::Status AgreementStateConflict(const Agreement& agreement, AgreementStep step) {
  return Refusal("STATE_CONFLICT", NameOf(agreement),
                 {"the agreement's state does not allow this step",
                  "La convention a changé : ce n'est plus possible.",
                  "The agreement has moved on: that is no longer possible."},
                 {{"state", std::string(AgreementStateName(agreement.state))},
                  {"step", std::string(AgreementStepName(step))}});
}

absl::Status AgreementStayPast(const Agreement& agreement) {
  return Refusal("SESSION_PAST", NameOf(agreement),
                 {"the stay has begun", "C'est trop tard : le séjour a commencé.",
                  "It is too late: the stay has begun."});
}

absl::Status AgreementStayNotOver(const Agreement& agreement) {
  return Refusal("STAY_NOT_OVER", NameOf(agreement),
                 {"the stay is not over", "Le bilan s'écrit une fois le séjour terminé.",
                  "The report is written once the stay is over."});
}

absl::Status AgreementEtagMismatch(const Agreement& agreement) {
  return MakeError(absl::StatusCode::kAborted,
                   absl::StrCat("the etag is not the current one: ", NameOf(agreement)),
                   {.reason = "ETAG_MISMATCH",
                    .metadata = {{"resource", NameOf(agreement)}},
                    .message_fr = "Cette convention vient de changer. Relisez-la.",
                    .message_en = "This agreement has just changed. Please look at it again."});
}

absl::Status NotYourAgreementStep(const std::string& booking_id, AgreementStep step) {
  return MakeError(absl::StatusCode::kPermissionDenied,
                   absl::StrCat("the caller is no party that may ", AgreementStepName(step), " ",
                                AgreementName(booking_id)),
                   {.reason = "ROLE_MISSING",
                    .metadata = {{"resource", AgreementName(booking_id)}},
                    .message_fr = "Cette action revient à quelqu'un d'autre.",
                    .message_en = "This is for somebody else to do."});
}

absl::Status FourEyesNeeded(const Agreement& agreement) {
  return Refusal("FOUR_EYES_NEEDED", NameOf(agreement),
                 {"who recommended an agreement does not validate it",
                  "Une deuxième personne doit valider cette convention.",
                  "A second person has to validate this agreement."});
}

absl::Status NotRecommendedYet(const Agreement& agreement) {
  return Refusal("FOUR_EYES_NEEDED", NameOf(agreement),
                 {"an agreement is recommended by one person and validated by another",
                  "Une première personne doit d'abord donner un avis favorable.",
                  "A first person has to recommend this agreement before."});
}

absl::Status AlreadySigned(const Agreement& agreement) {
  return Refusal("STATE_CONFLICT", NameOf(agreement),
                 {"this party has signed", "Vous avez déjà signé cette convention.",
                  "You have already signed this agreement."},
                 {{"state", std::string(AgreementStateName(agreement.state))},
                  {"step", std::string(AgreementStepName(AgreementStep::kSign))}});
}

absl::Status NotASignatory(const Agreement& agreement) {
  return MakeError(absl::StatusCode::kPermissionDenied,
                   absl::StrCat("this party does not sign: ", NameOf(agreement)),
                   {.reason = "ROLE_MISSING",
                    .metadata = {{"resource", NameOf(agreement)}},
                    .message_fr = "Votre signature n'est pas demandée sur cette convention.",
                    .message_en = "Your signature is not asked for on this agreement."});
}

absl::Status DocumentChanged(const Agreement& agreement) {
  return Refusal("DOCUMENT_CHANGED", NameOf(agreement),
                 {"the document hash is not that of the current document",
                  "La convention a changé depuis que vous l'avez lue. Relisez-la avant de signer.",
                  "The agreement has changed since you read it. Read it again before you sign."});
}

absl::Status CodeWrong(int tries_left) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition, "the code is not the one that was sent",
      {.reason = "SIGNATURE_CODE_WRONG",
       .metadata = {{"tries_left", absl::StrCat(tries_left)}},
       .preconditions = {{"SIGNATURE_CODE_WRONG", "code", "the code is not the one that was sent"}},
       .message_fr = tries_left > 0 ? "Ce code n'est pas le bon. Vérifiez-le."
                                    : "Ce code n'est pas le bon. Demandez-en un "
                                      "nouveau.",
       .message_en = tries_left > 0 ? "That is not the code. Please check it."
                                    : "That is not the code. Ask for a new one."});
}

absl::Status NoCodeToTry() {
  return MakeError(absl::StatusCode::kFailedPrecondition, "no code can be tried",
                   {.reason = "SIGNATURE_CODE_EXPIRED",
                    .preconditions = {{"SIGNATURE_CODE_EXPIRED", "code",
                                       "no code was asked for, it is older than ten minutes or "
                                       "was tried five times"}},
                    .message_fr = "Ce code n'est plus valable. Demandez-en un nouveau.",
                    .message_en = "This code is no longer valid. Ask for a new one."});
}

absl::Status CodeTooSoon(absl::Duration wait) {
  return TooSoon("a code was sent a moment ago, or as many as a day allows", wait,
                 "Un code vient de vous être envoyé. Patientez avant d'en demander un autre.",
                 "A code has just been sent. Wait before you ask for another.");
}

absl::Status LinkTooSoon(absl::Duration wait) {
  return TooSoon("a link was sent a moment ago", wait,
                 "Un lien vient d'être envoyé. Patientez avant d'en demander un autre.",
                 "A link has just been sent. Wait before you ask for another.");
}

}  // namespace dm::booking
