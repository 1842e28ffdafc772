#include "services/booking/domain/refusals.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors/error.h"
#include "common/time/french_date.h"

#include <utility>

namespace dm::booking {
namespace {

absl::Status RuleBroken(absl::StatusCode code, const char* reason, const std::string& subject,
                        const std::string& message, const char* french, const char* english) {
  return MakeError(code, absl::StrCat(message, ": ", subject),
                   {.reason = reason,
                    .metadata = {{"resource", subject}},
                    .preconditions = {{reason, subject, message}},
                    .message_fr = french,
                    .message_en = english});
}

std::string NameOf(const Booking& booking) { return absl::StrCat("bookings/", booking.id); }

}  // namespace

absl::Status SessionUnknown(const std::string& session_name) { return NotFoundError(session_name); }

absl::Status BookingUnknown(const std::string& booking_id) {
  return NotFoundError(absl::StrCat("bookings/", booking_id));
}

absl::Status SessionFull(const Session& session) {
  return RuleBroken(absl::StatusCode::kFailedPrecondition, "SESSION_FULL", session.name,
                    "every seat is held", "Toutes les places sont déjà prises.",
                    "Every seat is already taken.");
}

absl::Status HostQuotaReached(const Session& session, absl::CivilDay open_day) {
  return MakeError(
      absl::StatusCode::kFailedPrecondition,
      absl::StrCat("the host takes no more requests this month: ", session.name),
      {.reason = "HOST_QUOTA_REACHED",
       .metadata = {{"resource", session.name}, {"open_day", absl::FormatCivilTime(open_day)}},
       .preconditions = {{"HOST_QUOTA_REACHED", session.name,
                          "the host has as many requests as it takes in a month"}},
       .message_fr = absl::StrCat("Ce lieu d'accueil a reçu toutes les demandes qu'il accepte ce "
                                  "mois-ci. Vous pourrez faire une demande à partir du ",
                                  FrenchDay(open_day), "."),
       .message_en = absl::StrCat("This host takes no more requests this month. You can ask from ",
                                  absl::FormatCivilTime(open_day), " on.")});
}

absl::Status ReservedToOthers(const Session& session) {
  const bool schools = !session.reserved_schools.empty();
  return RuleBroken(
      absl::StatusCode::kFailedPrecondition, "RESERVED_TO_SCHOOLS", session.name,
      schools ? "the session is kept for given schools"
              : "the session is kept for people from priority areas",
      schools ? "Cette date est réservée aux élèves de certains établissements. Vérifiez celui de "
                "votre profil."
              : "Cette date est réservée aux personnes qui habitent un quartier prioritaire. Si "
                "c'est votre cas, indiquez-le dans votre profil.",
      schools
          ? "This date is kept for pupils of given schools. Please check that of your profile."
          : "This date is kept for people who live in a priority area. If you do, please say so "
            "in your profile.");
}

absl::Status SessionPast(const std::string& session_name) {
  return RuleBroken(absl::StatusCode::kFailedPrecondition, "SESSION_PAST", session_name,
                    "the session has started", "C'est trop tard : la date est passée.",
                    "It is too late: the date has passed.");
}

absl::Status SessionClosed(const Session& session) {
  return RuleBroken(absl::StatusCode::kFailedPrecondition, "SESSION_CLOSED", session.name,
                    "the session takes no more bookings",
                    "Les réservations sont fermées pour cette date.",
                    "This date takes no more bookings.");
}

absl::Status AlreadyBooked(const std::string& session_name) {
  return MakeError(absl::StatusCode::kAlreadyExists,
                   absl::StrCat("the person already holds a live booking: ", session_name),
                   {.reason = "ALREADY_BOOKED",
                    .metadata = {{"resource", session_name}},
                    .message_fr = "Vous avez déjà réservé cette date.",
                    .message_en = "You have already booked this date."});
}

absl::Status Overlap(const std::string& session_name) {
  return RuleBroken(absl::StatusCode::kFailedPrecondition, "BOOKING_OVERLAP", session_name,
                    "the person holds a live booking at the same time",
                    "Vous avez déjà une réservation à ce moment-là.",
                    "You already have a booking at that time.");
}

absl::Status RequestIdReused() {
  return RuleBroken(absl::StatusCode::kFailedPrecondition, "REQUEST_ID_REUSED", "request_id",
                    "this id was used before with another request",
                    "Cette demande ne correspond pas à celle qui a déjà été envoyée.",
                    "This request differs from the one that was sent before.");
}

absl::Status StateConflict(const Booking& booking, Step step) {
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat(NameOf(booking), " is ", BookingStateName(booking.state),
                                ", which does not allow ", StepName(step)),
                   {.reason = "STATE_CONFLICT",
                    .metadata = {{"resource", NameOf(booking)},
                                 {"state", std::string(BookingStateName(booking.state))},
                                 {"step", std::string(StepName(step))}},
                    .preconditions = {{"STATE_CONFLICT", NameOf(booking),
                                       "the booking's state does not allow this step"}},
                    .message_fr = "Cette réservation a changé : ce n'est plus possible.",
                    .message_en = "This booking has moved on: that is no longer possible."});
}

absl::Status EtagMismatch(const Booking& booking) {
  return MakeError(absl::StatusCode::kAborted,
                   absl::StrCat("the etag is not the current one: ", NameOf(booking)),
                   {.reason = "ETAG_MISMATCH",
                    .metadata = {{"resource", NameOf(booking)}},
                    .message_fr = "Cette réservation vient de changer. Relisez-la.",
                    .message_en = "This booking has just changed. Please look at it again."});
}

absl::Status SessionNotStarted(const std::string& session_name) {
  return RuleBroken(absl::StatusCode::kFailedPrecondition, "SESSION_NOT_STARTED", session_name,
                    "the session has not started",
                    "C'est trop tôt : la date n'est pas encore venue.",
                    "It is too early: the date has not come yet.");
}

absl::Status OtherHost(const std::string& session_name) {
  return RuleBroken(absl::StatusCode::kFailedPrecondition, "OTHER_HOST", session_name,
                    "a booking moves to another session of the same host only",
                    "Vous pouvez seulement choisir une autre date chez le même accueillant.",
                    "You can only choose another date with the same host.");
}

absl::Status ProfileRequired() {
  return RuleBroken(absl::StatusCode::kFailedPrecondition, "PROFILE_REQUIRED",
                    "people/me/applicant", "the person has no profile yet",
                    "Complétez d'abord votre profil : votre date de naissance et votre classe.",
                    "Please complete your profile first: your date of birth and your class.");
}

absl::Status SchemeUnfit(Scheme scheme) {
  return MakeError(absl::StatusCode::kInvalidArgument,
                   absl::StrCat("the scheme ", SchemeName(scheme),
                                " does not fit this session and this applicant"),
                   {.reason = "SCHEME_UNFIT",
                    .metadata = {{"scheme", std::string(SchemeName(scheme))}},
                    .fields = {{"scheme", "does not fit this session and this applicant"}},
                    .message_fr = "Ce cadre ne convient pas à cette date ou à votre situation.",
                    .message_en = "This scheme does not fit this date or your situation."});
}

absl::Status NotEligible(const std::string& session_name,
                         const std::vector<RuleFinding>& findings) {
  ErrorDetails details = {.reason = "NOT_ELIGIBLE", .metadata = {{"resource", session_name}}};
  std::vector<std::string> rules;
  for (const RuleFinding& finding : findings) {
    if (finding.satisfied) continue;
    rules.push_back(finding.rule);
    details.preconditions.push_back({finding.rule, session_name,
                                     absl::StrCat("version ", finding.version, ": found ",
                                                  finding.value, ", allowed ", finding.limit)});
    absl::StrAppend(&details.message_fr, details.message_fr.empty() ? "" : " ",
                    finding.sentence_fr);
  }
  details.metadata["rules"] = absl::StrJoin(rules, ",");
  details.message_en = "The rules do not allow this booking.";
  return MakeError(absl::StatusCode::kFailedPrecondition,
                   absl::StrCat("rules do not allow it: ", absl::StrJoin(rules, ", ")),
                   std::move(details));
}

absl::Status TooManyRequestsOpen(int most) {
  return MakeError(absl::StatusCode::kResourceExhausted,
                   absl::StrCat("the person has ", most, " unanswered requests already"),
                   {.reason = "TOO_MANY_REQUESTS_OPEN",
                    .metadata = {{"most", absl::StrCat(most)}},
                    .message_fr = "Vous avez trop de demandes en attente. Attendez une réponse ou "
                                  "annulez une demande.",
                    .message_en = "You have too many open requests. Wait for an answer or cancel "
                                  "one."});
}

absl::Status FeedbackGiven(const std::string& booking_id) {
  const std::string name = absl::StrCat("bookings/", booking_id);
  return MakeError(absl::StatusCode::kAlreadyExists,
                   absl::StrCat("this party gave its feedback: ", name),
                   {.reason = "FEEDBACK_GIVEN",
                    .metadata = {{"resource", name}},
                    .message_fr = "Vous avez déjà donné votre avis.",
                    .message_en = "You have already given your feedback."});
}

absl::Status NotYourStep(const Booking& booking, Step step) {
  return MakeError(
      absl::StatusCode::kPermissionDenied,
      absl::StrCat("the caller is no party that may ", StepName(step), " ", NameOf(booking)),
      {.reason = "ROLE_MISSING",
       .metadata = {{"resource", NameOf(booking)}},
       .message_fr = "Cette action revient à quelqu'un d'autre.",
       .message_en = "This is for somebody else to do."});
}

}  // namespace dm::booking
