#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/agreement_decision.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/presence.h"
#include "services/booking/store/answer_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// One agreement and what belongs to it. What takes a transaction throws as Transaction::Exec does.
namespace dm::booking {

// A booking and, if there is one, its agreement.
struct BookingWithAgreement {
  Booking booking;
  std::optional<Agreement> agreement;
};

// Absent when there is no such booking. Locks nothing.
absl::StatusOr<std::optional<BookingWithAgreement>> ReadBookingWithAgreement(
    database::Transaction& transaction, const std::string& booking_id);

// The same for a change: until the transaction ends nobody else changes either. Takes the locks of
// the applicant, of the booking and of the agreement, in this order.
absl::StatusOr<std::optional<BookingWithAgreement>> LockBookingWithAgreement(
    database::Transaction& transaction, const std::string& booking_id);

// Writes a change, its row of history and what the ledger is to know of it. ABORTED when the
// agreement is no longer at the version that the change was decided on; the constraint
// agreements_one_per_booking when another made one first.
absl::Status StoreAgreementChange(database::Transaction& transaction, const AgreementChange& change,
                                  const Booking& booking, absl::Time now);

// It was looked at and nothing came of it: when it is due next.
void StoreAgreementLook(database::Transaction& transaction, const Agreement& agreement);

// Something that changed no state, for the history: "SEEN".
void AddAgreementHistory(database::Transaction& transaction, const Agreement& agreement,
                         AgreementParty party, const std::string& person, absl::string_view action,
                         absl::Time now);

// Another stay of an applicant, for the rules.
struct CountedStay {
  Booking booking;
  // The hours that its agreement says, while that is written for the times of the booking and may
  // still be validated, or is; empty when there is none such.
  std::vector<PresenceDay> agreed_days;
};
// The other stays of the applicant that rules may have to count: those that hold a seat or took
// place, from `since` on.
absl::StatusOr<std::vector<CountedStay>> OtherStays(database::Transaction& transaction,
                                                    const Booking& booking, absl::Time since);

// The answers of writes about agreements, beside those of answer_store.h: they hold what an
// agreement says, so they are erased with it. RESOURCE_NOT_FOUND for an answer that was.
absl::StatusOr<std::optional<std::string>> FindAgreementAnswer(database::Transaction& transaction,
                                                               const WriteRequest& request,
                                                               const std::string& booking_id);
void KeepAgreementAnswer(database::Transaction& transaction, const WriteRequest& request,
                         const std::string& agreement_id, const std::string& answer,
                         absl::Time now);

}  // namespace dm::booking
