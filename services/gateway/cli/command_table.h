#pragma once

#include "absl/strings/string_view.h"

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace dm::gateway::cli {

struct CommandLine;
class Session;

// An option. One name is a switch everywhere or takes a value everywhere.
struct Option {
  // Without dashes.
  std::string name;
  // What stands for its value in the help; empty for a switch.
  std::string value;
  // One line, in French.
  std::string help;
  // The only values that it takes, in any case; empty for any value.
  std::vector<std::string> choices = {};
  bool required = false;
  // Whether its value names a file.
  bool file = false;
};

// What `dm` can do. Arguments are read, completed and explained by these rows alone.
struct Command {
  // One word, or two of which the first is that of a family ("moderate approve"). No word is both a
  // command and a family.
  std::string name;
  // The heading that it stands under.
  std::string group;
  // What follows the name, as the help shows it.
  std::string arguments;
  // How many words follow the name.
  size_t least = 0;
  size_t most = 0;
  // One line, in French.
  std::string help;
  std::vector<Option> options = {};
  // The only words that may follow first; empty for any.
  std::vector<std::string> choices = {};
  // Whether what follows (behind such a word) are files.
  bool files = false;
  // More lines of its own help. May be empty.
  std::string notes = {};
  // Returns what the program ends with.
  int (*run)(const CommandLine&, Session&) = nullptr;
};

inline constexpr size_t kAnyNumber = std::numeric_limits<size_t>::max();

const std::vector<Command>& Commands();
// The options of all commands.
const std::vector<Option>& CommonOptions();

// The first words of commands, each once.
std::vector<std::string> FirstWordsOf(const std::vector<Command>& commands);
const std::vector<std::string>& FirstWords();

// The command that words begin with; null when there is none.
const Command* CommandOf(const std::vector<std::string>& words);
// The commands whose first word that is, when they are a family.
std::vector<const Command*> FamilyOf(absl::string_view word);
// The option of a command, its own or a common one; null when it has none of that name.
const Option* OptionOf(const Command& command, absl::string_view name);

}  // namespace dm::gateway::cli
