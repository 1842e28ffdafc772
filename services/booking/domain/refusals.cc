#include "services/booking/domain/refusals.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

#include <utility>

namespace dm::booking {
namespace {

absl::Status Rule(absl::StatusCode code, const char* reason, const std::string& subject,
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
  return Rule(absl::StatusCode::kFailedPrecondition, "SESSION_FULL", session.name,
              "every seat is held", "Toutes les places sont déjà prises.",
              "Every seat is already taken.");
}

absl::Status SessionPast(const std::string& session_name) {
  return Rule(absl::StatusCode::kFailedPrecondition, "SESSION_PAST", session_name,
              "the session has started", "C'est trop tard : la date est passée.",
              "It is too late: the date has passed.");
}

absl::Status SessionClosed(const Session& session) {
  return Rule(absl::StatusCode::kFailedPrecondition, "SESSION_CLOSED", session.name,
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
  return Rule(absl::StatusCode::kFailedPrecondition, "BOOKING_OVERLAP", session_name,
              "the person holds a live booking at the same time",
              "Vous avez déjà une réservation à ce moment-là.",
              "You already have a booking at that time.");
}

absl::Status RequestIdReused() {
  return Rule(absl::StatusCode::kFailedPrecondition, "REQUEST_ID_REUSED", "request_id",
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
