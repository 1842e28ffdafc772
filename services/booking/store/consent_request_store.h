#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/consent_record.h"
#include "services/booking/store/consent_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The rows of what guardians were asked, by links that are known here as hashes only. Everything
// throws as Transaction::Exec does.
namespace dm::booking {

// How far a question has come. The names are stored.
enum class ConsentRequestState : uint8_t {
  // Handed to notification, which has not said yes yet.
  kSending,
  // The guardian can answer.
  kOpen,
  // The link gave a consent, and can only take it back.
  kAnswered,
  // The link is dead.
  kClosed,
};

// Why a question is closed. The names are stored.
enum class CloseCause : uint8_t {
  kRefused,
  kWithdrawn,
  kExpired,
  // By a newer question, or since there is another guardian.
  kReplaced,
  // The process that knew the token has ended.
  kLost,
  // Notification will not write to this address.
  kUndeliverable,
  // The booking waits for the guardian no more.
  kMovedOn,
};

struct ConsentRequest {
  // UUIDv7.
  std::string id;
  ConsentRequestState state = ConsentRequestState::kSending;
  std::string guardian_id;
  absl::Time expire_time;
  BookingForConsent booking;
};

// What stands behind a link.
struct ConsentLink {
  ConsentRequest request;
  // What the link gave.
  std::optional<ConsentRecord> consent;
};

// Whose link it is, "people/{subject}"; empty for a hash that is none's.
std::string WhoseLink(database::Transaction& transaction, const std::string& token_hash);
std::optional<ConsentLink> FindConsentLink(database::Transaction& transaction,
                                           const std::string& token_hash);
// Until the transaction ends nobody else changes the question.
void LockConsentLink(database::Transaction& transaction, const std::string& token_hash);

void MarkAnswered(database::Transaction& transaction, const std::string& id);
// Whatever state it is in, unless it is closed already.
void CloseConsentRequest(database::Transaction& transaction, const std::string& id,
                         CloseCause cause);
// What is asked about a booking and has no answer yet.
void CloseQuestionsAbout(database::Transaction& transaction, const std::string& booking_id,
                         CloseCause cause);

// How often the guardian of a person was asked since then, and about one booking.
struct AskedBefore {
  int person = 0;
  int booking = 0;
  // Of the booking; the infinite past when never.
  absl::Time last = absl::InfinitePast();
  // Notification will not write to the present guardian.
  bool undeliverable = false;
};
AskedBefore CountQuestions(database::Transaction& transaction, const std::string& person,
                           const std::string& booking_id, absl::Time since);

// A booking that waits for a guardian who was not asked.
struct UnaskedBooking {
  std::string id;
  std::string applicant;
};
// The oldest first, at most `limit`. Left out are those of people whose guardian was asked
// `most_a_day` times within a day, and those whose guardian cannot be written to.
std::vector<UnaskedBooking> FindUnasked(database::Transaction& transaction, absl::Time now,
                                        int most_a_day, int limit);

// A question to put: ids made by the caller.
struct NewQuestion {
  std::string id;
  std::string booking_id;
  std::string token_hash;
};
// What was put, and to whom.
struct PutQuestion {
  std::string id;
  std::string booking_id;
  std::string applicant;
  std::string session_name;
  std::string display_name;
  std::string email;
  absl::Time expire_time;
};
// Puts those whose booking still waits and has a guardian and no question in the open; under
// LockPeople of the applicants. A question ends after `validity` or at the session's start, and is
// given up at `settle_time` unless it is settled.
std::vector<PutQuestion> PutQuestions(database::Transaction& transaction,
                                      const std::vector<NewQuestion>& questions, absl::Time now,
                                      absl::Duration validity, absl::Time settle_time);

// Notification has it.
void MarkOpen(database::Transaction& transaction, const std::string& id);
// More time to settle those of these that are still being sent, which it gives.
std::vector<std::string> KeepSending(database::Transaction& transaction,
                                     const std::vector<std::string>& ids, absl::Time settle_time);

// Closes what has come to its end without an answer.
void CloseStaleQuestions(database::Transaction& transaction, absl::Time now);

}  // namespace dm::booking
