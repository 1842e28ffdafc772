#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/agreement.h"
#include "services/booking/domain/agreement_decision.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/presence.h"
#include "services/booking/store/answer_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The rows of agreements. What takes a transaction throws as Transaction::Exec does.
namespace dm::booking {

// A booking and, if there is one, its agreement.
struct StayPaper {
  Booking booking;
  std::optional<Agreement> agreement;
};

// Absent when there is no such booking. Locks nothing.
absl::StatusOr<std::optional<StayPaper>> ReadStayPaper(database::Transaction& transaction,
                                                       const std::string& booking_id);

// The same for a change: until the transaction ends nobody else changes either. Takes the locks of
// the applicant, of the booking and of the agreement, in this order.
absl::StatusOr<std::optional<StayPaper>> LockStayPaper(database::Transaction& transaction,
                                                       const std::string& booking_id);

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

// Where a page of agreements begins: after this one, newest first.
struct AgreementPosition {
  int64_t create_micros = 0;
  std::string id;
};

// An agreement as lists show it: its content stays in the table.
struct AgreementRow {
  Booking booking;
  Agreement agreement;
};

// One row of the history.
struct AgreementHistoryRow {
  int64_t seq = 0;
  int64_t version = 0;
  absl::Time time;
  std::string person;
  AgreementParty party = AgreementParty::kSystem;
  std::string action;
  // Empty for what changed no state.
  std::string from_state;
  std::string to_state;
  std::string document_hash;
};

// What is done with agreements in a transaction of its own. Thread-safe.
class AgreementStore {
 public:
  // `database` outlives this.
  explicit AgreementStore(database::Database* database) : database_(database) {}

  // Ids of bookings whose agreement must be looked at, longest due first.
  absl::StatusOr<std::vector<std::string>> Due(absl::Time now, int limit,
                                               absl::Time deadline) const;

  // The agreements of a person (empty: none), of hosts and of départements, newest first, of these
  // states (empty: all), at most `limit`.
  absl::StatusOr<std::vector<AgreementRow>> List(const Actor& actor,
                                                 const std::vector<std::string>& states,
                                                 const std::optional<AgreementPosition>& after,
                                                 int limit, absl::Time deadline) const;

  // What happened to an agreement, oldest first, after the row numbered `after`.
  absl::StatusOr<std::vector<AgreementHistoryRow>> History(const std::string& agreement_id,
                                                           int64_t after, int limit,
                                                           absl::Time deadline) const;

 private:
  database::Database* const database_;
};

// Takes what agreements of these bookings say of people out of them: content, text, names, reports,
// answers. `applicants` become `pseudonyms`. What happened, to which text by its hash, stays.
void AnonymizeAgreements(database::Transaction& transaction,
                         const std::vector<std::string>& bookings,
                         const std::vector<std::string>& applicants,
                         const std::vector<std::string>& pseudonyms);

}  // namespace dm::booking
