#include "services/gateway/cli/suggestion.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::gateway::cli {
namespace {

TEST(Nearest, FindsWhatWasProbablyMeant) {
  const std::vector<std::string> known = {"search", "sessions", "show", "export", "statistics"};
  const struct {
    std::string typed;
    std::string nearest;
  } cases[] = {{"search", "search"},
               {"serach", "search"},
               {"seach", "search"},
               {"searchh", "search"},
               {"shwo", "show"},
               {"exprot", "export"},
               {"stat", "statistics"},
               {"planets", ""},
               {"s", ""},
               {"", ""},
               {"xyz", ""}};
  for (const auto& one : cases) EXPECT_EQ(Nearest(one.typed, known), one.nearest) << one.typed;
}

TEST(Nearest, GuessesNothingFromABeginningThatSeveralHave) {
  EXPECT_EQ(Nearest("session", {"session-open", "session-close"}), "");
  EXPECT_EQ(Nearest("session-o", {"session-open", "session-close"}), "session-open");
}

TEST(Suggestion, IsAQuestionOrNothing) {
  EXPECT_EQ(Suggestion("shwo", {"show"}), " ; vouliez-vous dire « show » ?");
  EXPECT_EQ(Suggestion("fly", {"show"}), "");
}

}  // namespace
}  // namespace dm::gateway::cli
