#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/gateway/cli/command_table.h"

#include <map>
#include <string>
#include <vector>

namespace dm::gateway::cli {

// What was asked for: `dm [--address A] COMMAND WORD… [--flag value]…`, flags anywhere.
struct CommandLine {
  // Null when no command was given.
  const Command* command = nullptr;
  // What follows the command and is no flag.
  std::vector<std::string> words;
  // By name without dashes; a switch has one empty value. Of options with choices, the choices.
  std::map<std::string, std::vector<std::string>> flags;

  bool Has(absl::string_view name) const { return flags.contains(std::string(name)); }
  // The last value of a flag, empty when it was not given.
  std::string Value(absl::string_view name) const;
  std::vector<std::string> Values(absl::string_view name) const;

  // Reads arguments without the program's name; `--flag=value` and `--flag value`, `--` ends the
  // flags. --help makes it the command "help" about the words. INVALID_ARGUMENT, in French and with
  // what was probably meant, for an unknown command, a flag that the command has not, a missing
  // value or a wrong one, too many words or too few.
  static absl::StatusOr<CommandLine> Parse(const std::vector<std::string>& arguments);
};

// Says that no command is called so, and which was probably meant. `words` is not empty.
absl::Status UnknownCommand(const std::vector<std::string>& words);

}  // namespace dm::gateway::cli
