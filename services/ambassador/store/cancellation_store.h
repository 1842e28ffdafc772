#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/ambassador/domain/cancellation.h"

#include <optional>
#include <string>

// What calling a meeting off writes. Both run inside a transaction and throw pqxx exceptions.
namespace dm::ambassador::store {

// The session as it stands, locked until the transaction ends.
std::optional<HostedSession> LockSession(database::Transaction& transaction,
                                         const std::string& ambassador_id,
                                         const std::string& session_id);

// Calls a session off for good and returns it as it then is, its version raised.
Session CancelSession(database::Transaction& transaction, const std::string& session_id,
                      absl::string_view person, absl::string_view reason, absl::Time now);

}  // namespace dm::ambassador::store
