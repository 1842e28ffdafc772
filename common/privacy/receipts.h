#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/privacy/erasure_events.h"
#include "destinationmetier/privacy/v1/erasure.pb.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

// The receipts of erasures, kept by the service that owns the person: in its schema the migration
// series "privacy". Functions that take a transaction throw as Transaction::Exec does.
namespace dm::privacy {

struct Receipt {
  // UUID.
  std::string id;
  // "people/{subject}" or "ambassadors/{ambassador}".
  std::string party;
  absl::Time requested;
  // When the owner had erased.
  std::optional<absl::Time> erased;
  // When each of the others had, by the name of the service.
  std::map<std::string, absl::Time> confirmed;
};

// Opens one, unless one is open for the party; the id of the open one.
std::string OpenReceipt(database::Transaction& transaction, const std::string& party,
                        absl::Time now);
// The owner has erased: closes the open one, or one that is opened for this, and returns its id.
std::string CloseReceipt(database::Transaction& transaction, const std::string& party,
                         absl::Time now);
// Notes who has confirmed what. A repeat, and what this service keeps no receipt of, changes
// nothing.
void NoteConfirmations(database::Transaction& transaction,
                       const std::vector<Confirmation>& confirmations, absl::Time now);

// By its id, which must be a UUID.
std::optional<Receipt> FindReceipt(database::Transaction& transaction, const std::string& id);
// The newest of a party.
std::optional<Receipt> FindNewestReceipt(database::Transaction& transaction,
                                         const std::string& party);

// "erasures/{id}", and the id of such a name; absent for all else.
std::string ErasureName(absl::string_view id);
std::optional<std::string> ParseErasureName(absl::string_view name);

// Who erases: the service that keeps the receipt, and those that follow its feed.
struct Circle {
  std::string owner;
  std::vector<std::string> followers;
};

// The receipt as it is shown. It is complete when everybody in the circle has erased.
destinationmetier::privacy::v1::Erasure ToMessage(const Receipt& receipt, const Circle& circle);

}  // namespace dm::privacy
