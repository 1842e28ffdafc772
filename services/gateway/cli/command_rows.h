#pragma once

#include "services/gateway/cli/command_table.h"

#include <vector>

namespace dm::gateway::cli {

// The rows of the table, group by group.
std::vector<Command> CommandRows();

}  // namespace dm::gateway::cli
