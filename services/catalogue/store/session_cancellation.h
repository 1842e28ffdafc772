#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/events/event.h"
#include "services/catalogue/domain/cancellation.h"

#include <optional>
#include <string>
#include <vector>

// What calling a session off writes. All of these throw pqxx exceptions, like Transaction::Exec.
namespace dm::catalogue {

// The session of that name as it stands, locked until the transaction ends.
std::optional<HostedSession> LockSession(database::Transaction& transaction,
                                         const SessionName& name);

// Closes a session for good. Returns what is to be told of it: the session is cancelled, and its
// offer changed.
std::vector<events::NewEvent> CancelSession(database::Transaction& transaction,
                                            const SessionName& name, absl::string_view person,
                                            absl::string_view reason, absl::Time now);

}  // namespace dm::catalogue
