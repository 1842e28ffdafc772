#include "services/gateway/cli/command_line.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/gateway/cli/suggestion.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace dm::gateway::cli {
namespace {

absl::Status Wrong(const std::string& message) { return absl::InvalidArgumentError(message); }

// The option of that name of whichever command: which one it is may be read later.
const Option* AnyOptionOf(const std::string& name) {
  for (const Command& command : Commands()) {
    if (const Option* const option = OptionOf(command, name); option != nullptr) return option;
  }
  return nullptr;
}

std::vector<std::string> OptionNames(const Command& command) {
  std::vector<std::string> names;
  for (const auto* const options : {&command.options, &CommonOptions()}) {
    for (const Option& option : *options) names.push_back(absl::StrCat("--", option.name));
  }
  return names;
}

std::vector<std::string> AllOptionNames() {
  std::vector<std::string> names;
  for (const Command& command : Commands()) {
    const std::vector<std::string> own = OptionNames(command);
    names.insert(names.end(), own.begin(), own.end());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// The choice that was typed in any case; empty when it is none.
std::string ChoiceOf(const std::vector<std::string>& choices, absl::string_view typed) {
  const auto found = std::find_if(choices.begin(), choices.end(), [&](const std::string& choice) {
    return absl::EqualsIgnoreCase(choice, typed);
  });
  return found == choices.end() ? "" : *found;
}

absl::Status CheckChoice(const std::string& what, const std::vector<std::string>& choices,
                         std::string* value) {
  if (choices.empty()) return absl::OkStatus();
  const std::string choice = ChoiceOf(choices, *value);
  if (choice.empty()) {
    return Wrong(absl::StrCat(what, " attend ", absl::StrJoin(choices, ", "), ", pas « ", *value,
                              " »", Suggestion(*value, choices)));
  }
  *value = choice;
  return absl::OkStatus();
}

absl::Status CheckFlags(CommandLine* line) {
  const Command& command = *line->command;
  for (auto& [name, values] : line->flags) {
    const Option* const option = OptionOf(command, name);
    if (option == nullptr) {
      return Wrong(absl::StrCat("« ", command.name, " » n'a pas d'option --", name,
                                Suggestion(absl::StrCat("--", name), OptionNames(command))));
    }
    for (std::string& value : values) {
      if (absl::Status status = CheckChoice(absl::StrCat("--", name), option->choices, &value);
          !status.ok()) {
        return status;
      }
    }
  }
  for (const Option& option : command.options) {
    if (option.required && line->Value(option.name).empty()) {
      return Wrong(
          absl::StrCat("« ", command.name, " » attend --", option.name, " ", option.value));
    }
  }
  return absl::OkStatus();
}

absl::Status CheckWords(CommandLine* line) {
  const Command& command = *line->command;
  if (!line->words.empty()) {
    if (absl::Status status =
            CheckChoice(absl::StrCat("« ", command.name, " »"), command.choices, &line->words[0]);
        !status.ok()) {
      return status;
    }
  }
  if (line->words.size() >= command.least && line->words.size() <= command.most) {
    return absl::OkStatus();
  }
  if (command.most == 0) {
    return Wrong(absl::StrCat("« ", command.name, " » n'attend pas « ", line->words[0], " »"));
  }
  return Wrong(absl::StrCat("« ", command.name, " » attend ", command.arguments));
}

// One argument that begins with a dash, and its value, which may be the next one.
absl::Status ReadFlag(const std::vector<std::string>& arguments, size_t* at, CommandLine* line) {
  const std::string& argument = arguments[*at];
  const size_t equals = argument.find('=');
  const std::string spelled = argument == "-h" ? "--help" : argument.substr(0, equals);
  const std::string name = absl::StartsWith(spelled, "--") ? spelled.substr(2) : "";
  // Before a value is looked for, or a mistyped switch would be said to lack one.
  const Option* const option = AnyOptionOf(name);
  if (option == nullptr) {
    return Wrong(
        absl::StrCat("option inconnue : ", spelled, Suggestion(spelled, AllOptionNames())));
  }
  std::string value = equals == std::string::npos ? "" : argument.substr(equals + 1);
  if (option->value.empty()) {
    if (equals != std::string::npos) return Wrong(absl::StrCat("--", name, " est sans valeur"));
  } else if (equals == std::string::npos) {
    if (++*at == arguments.size()) return Wrong(absl::StrCat("--", name, " attend une valeur"));
    value = arguments[*at];
  }
  line->flags[name].push_back(std::move(value));
  return absl::OkStatus();
}

absl::Status FindCommand(CommandLine* line) {
  if (line->Has("help")) {
    line->command = CommandOf({"help"});
    return absl::OkStatus();
  }
  if (line->words.empty()) return absl::OkStatus();
  line->command = CommandOf(line->words);
  if (line->command == nullptr) return UnknownCommand(line->words);
  const bool two_words = absl::StrContains(line->command->name, ' ');
  line->words.erase(line->words.begin(), std::next(line->words.begin(), two_words ? 2 : 1));
  if (absl::Status status = CheckFlags(line); !status.ok()) return status;
  return CheckWords(line);
}

}  // namespace

absl::Status UnknownCommand(const std::vector<std::string>& words) {
  std::vector<std::string> family;
  for (const Command* const command : FamilyOf(words[0])) {
    family.push_back(command->name.substr(words[0].size() + 1));
  }
  if (!family.empty()) {
    const std::string expected =
        absl::StrCat("« ", words[0], " » attend ", absl::StrJoin(family, ", "));
    if (words.size() == 1) return Wrong(expected);
    return Wrong(absl::StrCat(expected, ", pas « ", words[1], " »", Suggestion(words[1], family)));
  }
  for (const Command& command : Commands()) {
    // Who forgot the family's name wrote one of its words.
    if (absl::EndsWith(command.name, absl::StrCat(" ", words[0]))) {
      return Wrong(absl::StrCat("commande inconnue : ", words[0], " ; vouliez-vous dire « ",
                                command.name, " » ?"));
    }
  }
  return Wrong(absl::StrCat("commande inconnue : ", words[0], Suggestion(words[0], FirstWords())));
}

std::string CommandLine::Value(absl::string_view name) const {
  const auto found = flags.find(std::string(name));
  return found == flags.end() ? "" : found->second.back();
}

std::vector<std::string> CommandLine::Values(absl::string_view name) const {
  const auto found = flags.find(std::string(name));
  return found == flags.end() ? std::vector<std::string>{} : found->second;
}

absl::StatusOr<CommandLine> CommandLine::Parse(const std::vector<std::string>& arguments) {
  CommandLine line;
  bool flags_ended = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (flags_ended || !absl::StartsWith(argument, "-") || argument == "-") {
      line.words.push_back(argument);
    } else if (argument == "--") {
      flags_ended = true;
    } else if (absl::Status status = ReadFlag(arguments, &i, &line); !status.ok()) {
      return status;
    }
  }
  if (absl::Status status = FindCommand(&line); !status.ok()) return status;
  return line;
}

}  // namespace dm::gateway::cli
