#pragma once

#include "destinationmetier/catalogue/v1/moderation_service.pb.h"
#include "services/gateway/cli/session.h"

namespace dm::gateway::cli {

// Writes a ban, running or lifted, for people.
void WriteBan(const destinationmetier::catalogue::v1::CompanyBan& ban, Session& session);

}  // namespace dm::gateway::cli
