#include "services/gateway/cli/help.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/gateway/cli/command_line.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/french.h"
#include "services/gateway/cli/session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace dm::gateway::cli {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

constexpr size_t kWidest = 30;

constexpr char kExitCodes[] = R"(
Codes de sortie :
  0    fait
  1    refusé par le service
  2    commande mal écrite
  3    passerelle injoignable ou débordée : plus tard, la même commande peut réussir
  4    le résultat ne peut pas être écrit
  130  interrompu
)";

// Two columns, the second where the first mostly ends; what is longer pushes it to the next line.
std::string Aligned(const Rows& rows) {
  size_t width = 0;
  for (const auto& [left, right] : rows) {
    if (LengthOf(left) <= kWidest) width = std::max(width, LengthOf(left));
  }
  std::string text;
  for (const auto& [left, right] : rows) {
    absl::StrAppend(&text, "  ", left);
    if (LengthOf(left) > width) {
      absl::StrAppend(&text, "\n", std::string(width + 4, ' '));
    } else {
      text.append(width - LengthOf(left) + 2, ' ');
    }
    absl::StrAppend(&text, right, "\n");
  }
  return text;
}

Rows OptionRows(const std::vector<Option>& options) {
  Rows rows;
  for (const Option& option : options) {
    rows.emplace_back(
        absl::StrCat("--", option.name, option.value.empty() ? "" : " ", option.value),
        absl::StrCat(option.help, option.required ? " (requis)" : "",
                     option.choices.empty() ? "" : " : ", absl::StrJoin(option.choices, ", ")));
  }
  return rows;
}

std::string UsageOf(const Command& command) {
  return absl::StrCat(command.name, command.arguments.empty() ? "" : " ", command.arguments);
}

}  // namespace

std::string HelpText() {
  std::string text =
      "dm : la ligne de commande de Destination Métier\n\n"
      "  dm [--address ADRESSE] [--token-file FICHIER] [--json] COMMANDE …\n";
  Rows rows;
  std::string group;
  const auto end_group = [&] {
    if (!rows.empty()) absl::StrAppend(&text, "\n", group, "\n", Aligned(rows));
    rows.clear();
  };
  for (const Command& command : Commands()) {
    if (command.group != group) {
      end_group();
      group = command.group;
    }
    rows.emplace_back(UsageOf(command), command.help);
  }
  end_group();
  absl::StrAppend(&text, "\nOptions de toutes les commandes\n",
                  Aligned(OptionRows(CommonOptions())), kExitCodes,
                  "\n« dm help COMMANDE » dit tout d'une commande.\n");
  return text;
}

std::string HelpFor(const Command& command) {
  std::string text = absl::StrCat("dm ", UsageOf(command), "\n\n", command.help, "\n");
  if (!command.choices.empty()) {
    absl::StrAppend(&text, "\n  ", command.arguments.substr(0, command.arguments.find(' ')), " : ",
                    absl::StrJoin(command.choices, ", "), "\n");
  }
  if (!command.options.empty()) {
    absl::StrAppend(&text, "\nOptions\n", Aligned(OptionRows(command.options)));
  }
  absl::StrAppend(&text, "\nOptions de toutes les commandes\n",
                  Aligned(OptionRows(CommonOptions())));
  if (!command.notes.empty()) absl::StrAppend(&text, "\n", command.notes);
  return absl::StrCat(text, kExitCodes);
}

int Help(const CommandLine& line, Session& session) {
  std::string text;
  if (line.words.empty()) {
    text = HelpText();
  } else if (const Command* const command = CommandOf(line.words); command != nullptr) {
    text = HelpFor(*command);
  } else if (const auto family = FamilyOf(line.words[0]);
             line.words.size() == 1 && !family.empty()) {
    Rows rows;
    for (const Command* const one : family) rows.emplace_back(UsageOf(*one), one->help);
    text = Aligned(rows);
  } else {
    return session.Misuse(std::string(UnknownCommand(line.words).message()));
  }
  if (session.json()) return session.WriteJson(nlohmann::json{{"help", text}});
  session.out() << text;
  return kDone;
}

}  // namespace dm::gateway::cli
