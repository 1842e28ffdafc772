#include "services/gateway/cli/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::gateway::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(CommandLine, TakesFlagsAnywhere) {
  const auto line = CommandLine::Parse({"--address", "h:1", "search", "companies", "--department",
                                        "61", "coton", "--department=14", "--json"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->command->name, "search companies");
  EXPECT_THAT(line->words, ElementsAre("coton"));
  EXPECT_EQ(line->Value("address"), "h:1");
  EXPECT_THAT(line->Values("department"), ElementsAre("61", "14"));
  EXPECT_TRUE(line->Has("json"));
}

TEST(CommandLine, EndsFlagsWhereAsked) {
  const auto line = CommandLine::Parse({"search", "offers", "--", "--department"});
  ASSERT_TRUE(line.ok());
  EXPECT_THAT(line->words, ElementsAre("--department"));
}

TEST(CommandLine, TakesAnEmptyReasonWhereNoneIsRequired) {
  const auto line = CommandLine::Parse({"cancel", "bookings/1", "--reason", ""});
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->Value("reason"), "");
  EXPECT_FALSE(CommandLine::Parse({"moderate", "reject", "offers/1", "--reason", ""}).ok());
}

TEST(CommandLine, TakesChoicesInAnyCaseAsTheyAreSpelled) {
  const auto line = CommandLine::Parse({"bookings", "--state", "PENDING_HOST", "--state=No_Show"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_THAT(line->Values("state"), ElementsAre("pending_host", "no_show"));
  const auto import = CommandLine::Parse({"import", "ROME", "folder"});
  ASSERT_TRUE(import.ok()) << import.status();
  EXPECT_THAT(import->words, ElementsAre("rome", "folder"));
}

TEST(CommandLine, SaysWhatIsWrongAndWhatWasProbablyMeant) {
  const struct {
    std::vector<std::string> arguments;
    std::string message;
  } cases[] = {
      {{"steal"}, "commande inconnue : steal"},
      {{"serach", "offers"}, "commande inconnue : serach ; vouliez-vous dire « search » ?"},
      {{"approve", "offers/1"},
       "commande inconnue : approve ; vouliez-vous dire « moderate approve » ?"},
      {{"moderate"},
       "« moderate » attend list, show, approve, reject, suspend, resume, reports, resolve, ban, "
       "unban"},
      {{"moderate", "aprove", "1"}, "pas « aprove » ; vouliez-vous dire « approve » ?"},
      {{"search", "planets"}, "« search » attend companies, offers, professions, ambassadors, pas"},
      {{"book"}, "« book » attend SESSION"},
      {{"book", "a", "b"}, "« book » attend SESSION"},
      {{"bookings", "mine"}, "« bookings » n'attend pas « mine »"},
      {{"book", "x", "--department", "61"}, "« book » n'a pas d'option --department"},
      {{"moderate", "reject", "1"}, "« moderate reject » attend --reason TEXTE"},
      {{"export"}, "« export » attend --department CODE"},
      {{"import", "rom", "x"}, "vouliez-vous dire « rome » ?"},
      {{"import", "rome"}, "« import » attend SORTE FICHIER…|DOSSIER"},
      {{"import", "rome", "x", "--dry-run=yes"}, "--dry-run est sans valeur"},
      {{"watch", "--type", "SeatChanged"}, "vouliez-vous dire « SeatsChanged » ?"},
      {{"search", "offers", "--limit"}, "--limit attend une valeur"},
      {{"search", "offers", "--availble"},
       "option inconnue : --availble ; vouliez-vous dire « --available » ?"},
      {{"search", "offers", "-d", "61"}, "option inconnue : -d"},
      {{"--colour=red", "bookings"}, "option inconnue : --colour"}};
  for (const auto& wrong : cases) {
    const auto line = CommandLine::Parse(wrong.arguments);
    EXPECT_EQ(line.status().code(), absl::StatusCode::kInvalidArgument) << wrong.message;
    EXPECT_THAT(std::string(line.status().message()), HasSubstr(wrong.message));
  }
}

TEST(CommandLine, AsksForHelpAboutWhateverStandsThere) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--help"},
                                                    {"-h"},
                                                    {"help"},
                                                    {"moderate", "reject", "--help"},
                                                    {"help", "moderate", "reject"}}) {
    const auto line = CommandLine::Parse(arguments);
    ASSERT_TRUE(line.ok()) << line.status();
    EXPECT_EQ(line->command->name, "help");
  }
  EXPECT_THAT(CommandLine::Parse({"moderate", "reject", "-h"})->words,
              ElementsAre("moderate", "reject"));
}

TEST(CommandLine, HasNoCommandWhereNoneWasGiven) {
  const auto line = CommandLine::Parse({"--json"});
  ASSERT_TRUE(line.ok());
  EXPECT_EQ(line->command, nullptr);
  EXPECT_THAT(line->words, IsEmpty());
}

}  // namespace
}  // namespace dm::gateway::cli
