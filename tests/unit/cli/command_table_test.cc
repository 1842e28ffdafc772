#include "services/gateway/cli/command_table.h"

#include "services/gateway/cli/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace dm::gateway::cli {
namespace {

using testing::HasSubstr;

TEST(CommandTable, NamesEveryCommandOnceAndNoFamilyIsACommand) {
  std::set<std::string> names;
  for (const Command& command : Commands()) {
    EXPECT_TRUE(names.insert(command.name).second) << command.name;
    EXPECT_NE(command.run, nullptr) << command.name;
    EXPECT_FALSE(command.help.empty()) << command.name;
    EXPECT_LE(command.least, command.most) << command.name;
  }
  for (const std::string& word : FirstWords()) {
    EXPECT_NE(names.contains(word), !FamilyOf(word).empty()) << word;
  }
}

TEST(CommandTable, KeepsCommandsOfOneFamilyAndOneHeadingTogether) {
  std::set<std::string> words;
  for (const std::string& word : FirstWords()) EXPECT_TRUE(words.insert(word).second) << word;
  std::set<std::string> groups;
  std::string last;
  for (const Command& command : Commands()) {
    if (command.group != last) {
      EXPECT_TRUE(groups.insert(command.group).second) << command.group;
    }
    last = command.group;
  }
}

TEST(CommandTable, AnOptionTakesAValueEverywhereOrNowhere) {
  std::map<std::string, bool> takes_value;
  for (const Command& command : Commands()) {
    std::set<std::string> names;
    for (const auto* const options : {&command.options, &CommonOptions()}) {
      for (const Option& option : *options) {
        EXPECT_TRUE(names.insert(option.name).second) << command.name << " --" << option.name;
        const auto [known, is_new] = takes_value.emplace(option.name, !option.value.empty());
        EXPECT_EQ(known->second, !option.value.empty()) << command.name << " --" << option.name;
      }
    }
  }
}

TEST(HelpText, NamesEveryCommandAndExitCode) {
  const std::string text = HelpText();
  for (const Command& command : Commands()) {
    EXPECT_THAT(text, HasSubstr("  " + command.name)) << command.name;
    EXPECT_THAT(text, HasSubstr(command.help));
  }
  for (const Option& option : CommonOptions()) EXPECT_THAT(text, HasSubstr("--" + option.name));
  for (const char* code : {"  0 ", "  1 ", "  2 ", "  3 ", "  4 ", "  130 "}) {
    EXPECT_THAT(text, HasSubstr(code));
  }
}

TEST(HelpFor, TellsAllOptionsOfACommandWithTheirValues) {
  for (const Command& command : Commands()) {
    const std::string text = HelpFor(command);
    for (const Option& option : command.options) {
      EXPECT_THAT(text,
                  HasSubstr("--" + option.name + (option.value.empty() ? "" : " ") + option.value));
      for (const std::string& choice : option.choices) EXPECT_THAT(text, HasSubstr(choice));
    }
    for (const std::string& choice : command.choices) EXPECT_THAT(text, HasSubstr(choice));
  }
}

TEST(HelpFor, SaysWhatMustNotBeLeftOut) {
  EXPECT_THAT(HelpFor(*CommandOf({"moderate", "ban"})),
              HasSubstr("--justification TEXTE  pourquoi ; l'entreprise le lit (requis)"));
}

}  // namespace
}  // namespace dm::gateway::cli
