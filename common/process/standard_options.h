#pragma once

#include "common/config/options.h"

#include <vector>

namespace dm::process {

// What a service does with a database.
enum class DatabaseUse { kNone, kOptional, kRequired };

// The options that every service has, and those of the database for who has one.
std::vector<config::Option> StandardOptions(DatabaseUse database);

}  // namespace dm::process
