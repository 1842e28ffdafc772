#include "services/gateway/cli/command_table.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/cli/command_rows.h"

#include <utility>

namespace dm::gateway::cli {

std::vector<std::string> FirstWordsOf(const std::vector<Command>& commands) {
  std::vector<std::string> words;
  for (const Command& command : commands) {
    std::string word = command.name.substr(0, command.name.find(' '));
    if (words.empty() || words.back() != word) words.push_back(std::move(word));
  }
  return words;
}

const std::vector<Command>& Commands() {
  static const auto* const kCommands = new std::vector<Command>(CommandRows());
  return *kCommands;
}

const std::vector<Option>& CommonOptions() {
  static const auto* const kOptions = new std::vector<Option>{
      {.name = "address",
       .value = "ADRESSE",
       .help = "la passerelle, en gRPC : https://HÔTE, ou HÔTE:PORT en clair (DM_ADDRESS, sinon "
               "127.0.0.1:9090)"},
      {.name = "authority-file",
       .value = "FICHIER",
       .help = "les autorités qui certifient la passerelle (DM_AUTHORITY_FILE, sinon celles du "
               "système)",
       .file = true},
      {.name = "token-file",
       .value = "FICHIER",
       .help = "le jeton d'accès (sinon DM_TOKEN, le jeton même)",
       .file = true},
      {.name = "json", .value = "", .help = "tout en JSON, les erreurs aussi"},
      {.name = "help", .value = "", .help = "tout de la commande"}};
  return *kOptions;
}

const std::vector<std::string>& FirstWords() {
  static const auto* const kWords = new std::vector<std::string>(FirstWordsOf(Commands()));
  return *kWords;
}

const Command* CommandOf(const std::vector<std::string>& words) {
  for (const Command& command : Commands()) {
    if (!words.empty() && command.name == words[0]) return &command;
    if (words.size() > 1 && command.name == absl::StrCat(words[0], " ", words[1])) return &command;
  }
  return nullptr;
}

std::vector<const Command*> FamilyOf(absl::string_view word) {
  std::vector<const Command*> family;
  for (const Command& command : Commands()) {
    if (absl::StartsWith(command.name, absl::StrCat(word, " "))) family.push_back(&command);
  }
  return family;
}

const Option* OptionOf(const Command& command, absl::string_view name) {
  for (const auto* const options : {&command.options, &CommonOptions()}) {
    for (const Option& option : *options) {
      if (option.name == name) return &option;
    }
  }
  return nullptr;
}

}  // namespace dm::gateway::cli
