#pragma once

#include "common/auth/caller.h"
#include "common/events/event.h"
#include "services/ambassador/domain/cancellation.h"

#include <string>
#include <vector>

namespace dm::ambassador {

// On whom the caller may act.
Canceller CancellerOf(const auth::Caller& caller);

// What is told when a session was cancelled: that it is, and that its ambassador's profile changed.
// `department` is the ambassador's.
std::vector<events::NewEvent> CancellationEvents(const Session& session,
                                                 const std::string& department);

}  // namespace dm::ambassador
