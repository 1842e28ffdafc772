#pragma once

#include <string>

namespace dm::gateway::cli {

// What bash sources to complete commands, options and their values: made of the table of commands.
std::string BashCompletion();

}  // namespace dm::gateway::cli
