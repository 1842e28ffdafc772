#include "services/gateway/cli/completion.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/gateway/cli/command_line.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace dm::gateway::cli {
namespace {

// Bash takes "=" and ":" for words of their own. `said` is the words so far that are no option and
// no value of one, with a space around each.
constexpr char kBegin[] = R"(# Complétion de dm pour bash : source <(dm completion bash)
_dm() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local said=' ' words='' options='' files='' i
  [[ $previous == '=' ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}
  [[ $current == '=' ]] && current=''
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
)";

constexpr char kValuesBegin[] = R"(        ((i++))
        [[ ${COMP_WORDS[i]} == '=' ]] && ((i++)) ;;
      ':') ((i++)) ;;
      -*) ;;
      *) said+="${COMP_WORDS[i]} " ;;
    esac
  done
  case "$said$previous" in
)";

constexpr char kCommandsBegin[] = R"(  esac
  [[ -n $words ]] || case $said in
)";

constexpr char kEnd[] = R"(  esac
  [[ $current == -* || -z $words$files ]] && words=$options
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ -n $files && $current != -* ]] && compopt -o default 2>/dev/null
  return 0
}
complete -F _dm dm
)";

// The names of options that are so in whichever command, as a pattern of `case`.
template <typename Predicate>
std::string Pattern(absl::string_view before, const Predicate& holds) {
  std::set<std::string> names;
  for (const Command& command : Commands()) {
    for (const auto* const options : {&command.options, &CommonOptions()}) {
      for (const Option& option : *options) {
        if (holds(option)) names.insert(absl::StrCat(before, "--", option.name));
      }
    }
  }
  return absl::StrJoin(names, " | ");
}

std::string OptionWords(const std::vector<Option>& options) {
  return absl::StrJoin(options, " ", [](std::string* out, const Option& option) {
    absl::StrAppend(out, "--", option.name);
  });
}

// Commands of two words come before those of one, of which they may begin with the word.
std::vector<const Command*> LongestFirst() {
  std::vector<const Command*> commands;
  for (const Command& command : Commands()) commands.push_back(&command);
  std::stable_sort(commands.begin(), commands.end(), [](const Command* a, const Command* b) {
    return a->name.size() > b->name.size();
  });
  return commands;
}

std::string ValueCases() {
  std::string text;
  for (const Command* const command : LongestFirst()) {
    for (const Option& option : command->options) {
      if (option.choices.empty()) continue;
      absl::StrAppend(&text, "    ' ", command->name, " '*--", option.name, ") words='",
                      absl::StrJoin(option.choices, " "), "' options=$words ;;\n");
    }
  }
  // A file's name is readline's to complete; of other values nothing is known.
  absl::StrAppend(&text, "    ", Pattern("*' '", [](const Option& one) { return one.file; }),
                  ")\n      compopt -o default 2>/dev/null\n      return 0 ;;\n");
  absl::StrAppend(&text, "    ",
                  Pattern("*' '",
                          [](const Option& one) {
                            return !one.value.empty() && !one.file && one.choices.empty();
                          }),
                  ")\n      return 0 ;;\n");
  return text;
}

std::string CommandCases() {
  std::string text;
  const std::string common = OptionWords(CommonOptions());
  for (const Command* const command : LongestFirst()) {
    const std::string options = absl::StrCat("options='", OptionWords(command->options),
                                             command->options.empty() ? "" : " ", common, "'");
    if (!command->choices.empty()) {
      absl::StrAppend(&text, "    ' ", command->name, " ') words='",
                      absl::StrJoin(command->choices, " "), "' ", options, " ;;\n");
    }
    absl::StrAppend(&text, "    ' ", command->name, " '*) ", options,
                    command->files ? " files=1" : "", " ;;\n");
  }
  for (const std::string& word : FirstWords()) {
    const std::vector<const Command*> family = FamilyOf(word);
    if (family.empty()) continue;
    absl::StrAppend(&text, "    ' ", word, " ') words='",
                    absl::StrJoin(family, " ",
                                  [&](std::string* out, const Command* one) {
                                    absl::StrAppend(out, one->name.substr(word.size() + 1));
                                  }),
                    "' options='", common, "' ;;\n");
  }
  absl::StrAppend(&text, "    ' ') words='", absl::StrJoin(FirstWords(), " "), "' options='",
                  common, "' ;;\n");
  return text;
}

}  // namespace

std::string BashCompletion() {
  return absl::StrCat(kBegin, "      ",
                      Pattern("", [](const Option& option) { return !option.value.empty(); }),
                      ")\n", kValuesBegin, ValueCases(), kCommandsBegin, CommandCases(), kEnd);
}

int Completion(const CommandLine&, Session& session) {
  const std::string script = BashCompletion();
  if (session.json()) return session.WriteJson(nlohmann::json{{"script", script}});
  session.out() << script;
  return kDone;
}

}  // namespace dm::gateway::cli
