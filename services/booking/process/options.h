#pragma once

#include "common/config/options.h"
#include "services/booking/domain/policy.h"

#include <vector>

namespace dm::booking {

// The options of the process beside the standard ones.
std::vector<config::Option> BookingOptions();

// The agency's policy, as those options say.
Policy PolicyOf(const config::Values& config);

}  // namespace dm::booking
