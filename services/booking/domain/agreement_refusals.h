#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/errors/error.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/agreement_transitions.h"
#include "services/booking/domain/booking.h"

#include <string>

// Every reason for which an agreement says no, with the words that a person will read.
namespace dm::booking {

// "bookings/{booking}/agreement".
std::string AgreementName(const std::string& booking_id);

absl::Status AgreementUnknown(const std::string& booking_id);
absl::Status AgreementExists(const std::string& booking_id);
absl::Status AgreementNotNeeded(const Booking& booking);
absl::Status BookingNotConfirmed(const Booking& booking);
// `missing` is what CheckAgreementComplete found; not empty.
absl::Status AgreementIncomplete(const std::string& booking_id, const Violations& missing);
absl::Status AgreementStateConflict(const Agreement& agreement, AgreementStep step);
absl::Status AgreementStayPast(const Agreement& agreement);
absl::Status AgreementStayNotOver(const Agreement& agreement);
absl::Status AgreementEtagMismatch(const Agreement& agreement);
absl::Status NotYourAgreementStep(const std::string& booking_id, AgreementStep step);
absl::Status FourEyesNeeded(const Agreement& agreement);
absl::Status NotRecommendedYet(const Agreement& agreement);
absl::Status AlreadySigned(const Agreement& agreement);
absl::Status NotASignatory(const Agreement& agreement);
absl::Status DocumentChanged(const Agreement& agreement);
absl::Status CodeWrong(int tries_left);
absl::Status NoCodeToTry();
absl::Status CodeTooSoon(absl::Duration wait);
absl::Status LinkTooSoon(absl::Duration wait);

}  // namespace dm::booking
