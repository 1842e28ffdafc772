#include "services/gateway/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::gateway::cli {
namespace {

using testing::ElementsAre;

TEST(CommandLine, TakesFlagsAnywhere) {
  const auto line = CommandLine::Parse({"--address", "h:1", "search", "companies", "--department",
                                        "61", "coton", "--department=14", "--json"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->command, "search");
  EXPECT_THAT(line->words, ElementsAre("companies", "coton"));
  EXPECT_EQ(line->Value("address"), "h:1");
  EXPECT_THAT(line->Values("department"), ElementsAre("61", "14"));
  EXPECT_TRUE(line->Has("json"));
}

TEST(CommandLine, EndsFlagsWhereAsked) {
  const auto line = CommandLine::Parse({"search", "offers", "--", "--department"});
  ASSERT_TRUE(line.ok());
  EXPECT_THAT(line->words, ElementsAre("offers", "--department"));
}

TEST(CommandLine, TakesAnEmptyReason) {
  const auto line = CommandLine::Parse({"cancel", "bookings/1", "--reason", ""});
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->Value("reason"), "");
}

TEST(CommandLine, RefusesWhatTheCommandHasNot) {
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"steal"},
                                                {"book", "x", "--department", "61"},
                                                {"search", "offers", "--departement", "61"},
                                                {"search", "offers", "--limit"},
                                                {"import", "rome", "x", "--dry-run=yes"}}) {
    EXPECT_FALSE(CommandLine::Parse(wrong).ok()) << wrong.back();
  }
}

TEST(CommandLine, NamesAFlagThatDoesNotExistAsItWasWritten) {
  const struct {
    std::vector<std::string> arguments;
    std::string message;
  } cases[] = {{{"search", "offers", "--availble"}, "option inconnue : --availble"},
               {{"search", "offers", "-d", "61"}, "option inconnue : -d"},
               {{"--colour=red", "bookings"}, "option inconnue : --colour"}};
  for (const auto& wrong : cases) {
    EXPECT_EQ(CommandLine::Parse(wrong.arguments).status().message(), wrong.message);
  }
}

TEST(CommandLine, AsksForHelp) {
  EXPECT_TRUE(CommandLine::Parse({"--help"})->Has("help"));
  EXPECT_TRUE(CommandLine::Parse({"-h"})->Has("help"));
  EXPECT_TRUE(CommandLine::Parse({})->command.empty());
}

}  // namespace
}  // namespace dm::gateway::cli
