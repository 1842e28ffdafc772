#pragma once

#include "destinationmetier/gateway/v1/partner_event_service.pb.h"

#include <string>
#include <vector>

namespace dm::gateway::cli {

// The types of events that partners may follow, without their package.
const std::vector<std::string>& EventTypes();

// An event in one line: when, where, what, about which thing, and what its data says in French.
std::string EventLine(const destinationmetier::gateway::v1::PartnerEvent& event);

}  // namespace dm::gateway::cli
