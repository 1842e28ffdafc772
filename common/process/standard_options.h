#pragma once

#include "common/config/options.h"

#include <vector>

namespace dm::process {

// The options that every service has; those of the database only with `database`.
std::vector<config::Option> StandardOptions(bool database);

}  // namespace dm::process
