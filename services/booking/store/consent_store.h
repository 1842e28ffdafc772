#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/booking_state.h"
#include "services/booking/domain/consent_record.h"
#include "services/booking/domain/consent_text.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The rows of what guardians decided. Everything throws as Transaction::Exec does; what changes a
// decision runs under LockPeople.
namespace dm::booking {

void AddConsents(database::Transaction& transaction, const std::vector<ConsentRecord>& consents);
std::optional<ConsentRecord> FindConsent(database::Transaction& transaction, const std::string& id);

// Where a page of a person's consents begins: after this one, the newest first.
struct ConsentPosition {
  int64_t decided_micros = 0;
  std::string id;
};
std::vector<ConsentRecord> ListConsents(database::Transaction& transaction,
                                        const std::string& person,
                                        const std::optional<ConsentPosition>& after, int limit);

// Takes a consent back that was given; `by` is "guardian" or "people/{subject}". False when it was
// taken back before.
bool WithdrawConsent(database::Transaction& transaction, const std::string& id,
                     const std::string& by, absl::Time now);

// Of these people, the last day that a consent on paper to everything covers.
struct PaperConsent {
  std::string person;
  absl::CivilDay until;
};
std::vector<PaperConsent> FindPaperConsents(database::Transaction& transaction,
                                            const std::vector<std::string>& people);

// A booking, as far as questions about it need it.
struct BookingForConsent {
  ConsentSubject subject;
  std::string applicant;
  std::string session_name;
  // Code of the département of the session.
  std::string department;
  BookingState state = BookingState::kPendingConsent;
};
std::optional<BookingForConsent> FindBookingForConsent(database::Transaction& transaction,
                                                       const std::string& id);

}  // namespace dm::booking
