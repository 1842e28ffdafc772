#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/ambassador/domain/ambassador.h"

#include <optional>
#include <string>
#include <vector>

// The erasure of an ambassador. Everything throws as Transaction::Exec does.
namespace dm::ambassador::store {

struct ErasableAmbassador {
  std::string department;
  bool erased = false;
};

// As it stands, locked until the transaction ends.
std::optional<ErasableAmbassador> LockAmbassador(database::Transaction& transaction,
                                                 const std::string& ambassador_id);
// The same without a lock.
std::optional<ErasableAmbassador> FindAmbassador(database::Transaction& transaction,
                                                 const std::string& ambassador_id);

// Empties the profile, which is published no more, and calls off the sessions to come, which it
// returns, their versions raised. The id and the département stay: a list that has the ambassador
// must not bring them back, and the agency may ask for the receipt.
std::vector<Session> EraseAmbassador(database::Transaction& transaction,
                                     const std::string& ambassador_id, absl::Time now);

}  // namespace dm::ambassador::store
