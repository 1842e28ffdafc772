#pragma once

#include "common/auth/caller.h"
#include "services/notification/domain/contact.h"

namespace dm::notification {

// Who asks, as their token says.
Viewer ViewerOf(const auth::Caller& caller);

}  // namespace dm::notification
