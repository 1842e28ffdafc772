#pragma once

#include "services/gateway/cli/command_table.h"

#include <string>

namespace dm::gateway::cli {

// All commands, a line each, and what the program ends with.
std::string HelpText();
// All of one command.
std::string HelpFor(const Command& command);

}  // namespace dm::gateway::cli
