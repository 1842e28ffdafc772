#pragma once

#include "absl/time/time.h"
#include "destinationmetier/privacy/v1/personal_data_service.pb.h"

#include <string>
#include <vector>

namespace dm::gateway {

// The page of an archive that people read: plain French, one table for each thing that is kept,
// with headings and captions; no script, and nothing that is fetched from elsewhere. `contact` is
// whom to ask, as text.
std::string PersonPage(const std::vector<destinationmetier::privacy::v1::PersonalData>& parts,
                       const std::string& contact, absl::Time now);

}  // namespace dm::gateway
