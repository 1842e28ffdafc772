#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <map>
#include <string>
#include <vector>

namespace dm::gateway::cli {

// What was asked for: `dm [--address A] COMMAND WORD… [--flag value]…`, flags anywhere.
struct CommandLine {
  // The command, empty when none was given.
  std::string command;
  // What follows it and is no flag.
  std::vector<std::string> words;
  // By name without dashes; a switch has one empty value.
  std::map<std::string, std::vector<std::string>> flags;

  bool Has(absl::string_view name) const { return flags.contains(std::string(name)); }
  // The last value of a flag, empty when it was not given.
  std::string Value(absl::string_view name) const;
  std::vector<std::string> Values(absl::string_view name) const;

  // Reads arguments without the program's name; `--flag=value` and `--flag value`, `--` ends the
  // flags. INVALID_ARGUMENT, in French, for an unknown command, a flag that the command has not, a
  // missing value.
  static absl::StatusOr<CommandLine> Parse(const std::vector<std::string>& arguments);
};

// The text of --help.
std::string HelpText();

}  // namespace dm::gateway::cli
