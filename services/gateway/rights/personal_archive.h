#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "destinationmetier/gateway/v1/rights_service.pb.h"
#include "destinationmetier/privacy/v1/personal_data_service.pb.h"

#include <string>
#include <vector>

namespace dm::gateway {

// The archive of these parts: index.html, and a JSON file for each. `contact` is whom to ask about
// it, as text. RESOURCE_EXHAUSTED with reason EXPORT_TOO_LARGE when it is more than one message
// holds.
absl::StatusOr<destinationmetier::gateway::v1::PersonalDataArchive> ArchiveOf(
    const std::vector<destinationmetier::privacy::v1::PersonalData>& parts,
    const std::string& contact, absl::Time now);

}  // namespace dm::gateway
