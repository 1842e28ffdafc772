#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

#include <string>
#include <vector>

// How services tell each other of erasures. The owner of a person appends a tombstone to its feed
// in the transaction that erased; who follows it erases and confirms in one transaction too, and
// the owner reads the confirmations. So it survives a stop anywhere, and each step happens once.
namespace dm::privacy {

using EventSpan = absl::Span<const destinationmetier::event::v1::Event>;

// One tombstone.
struct Tombstone {
  // "people/{subject}" or "ambassadors/{ambassador}".
  std::string person;
  // "erasures/{erasure}"; empty in a feed from before there were receipts.
  std::string erasure;
};

// Full names of the payloads.
std::string TombstoneType();
std::string ConfirmationType();

// The tombstones among some events, in their order. INTERNAL for one that cannot be read: passing
// over it would leave somebody's data where it is.
absl::StatusOr<std::vector<Tombstone>> TombstonesIn(EventSpan events);
// Who is named by them.
std::vector<std::string> PeopleOf(const std::vector<Tombstone>& tombstones);

// Both append to the outbox, so they are the last statements of a transaction
// (events::AppendToOutbox).
void AppendTombstone(database::Transaction& transaction, const Tombstone& tombstone,
                     absl::Time now);
void AppendConfirmations(database::Transaction& transaction,
                         const std::vector<Tombstone>& tombstones, absl::Time now);

// What a service says that it has erased.
struct Confirmation {
  // "erasures/{erasure}".
  std::string erasure;
  // The feed's source: "notification".
  std::string service;
};
absl::StatusOr<std::vector<Confirmation>> ConfirmationsIn(EventSpan events);

}  // namespace dm::privacy
