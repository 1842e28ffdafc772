// The script is given to a real bash, which is asked what it would propose.
#include "services/gateway/cli/completion.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "services/gateway/cli/command_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

namespace dm::gateway::cli {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAreArray;

class CompletionTest : public testing::Test {
 protected:
  CompletionTest() {
    std::string path = testing::TempDir() + "/dm-completion.XXXXXX";
    close(mkstemp(path.data()));
    path_ = path;
    std::ofstream(path_) << BashCompletion();
  }
  ~CompletionTest() override { unlink(path_.c_str()); }

  // What is proposed for the last of these words, as bash splits a line into words.
  std::vector<std::string> Proposed(const std::vector<std::string>& words) {
    const std::string quoted = absl::StrJoin(
        words, " ",
        [](std::string* out, const std::string& word) { absl::StrAppend(out, "\"", word, "\""); });
    const std::string command = absl::StrCat(
        "bash -u -c 'source ", path_, " && COMP_WORDS=(dm ", quoted, ") COMP_CWORD=", words.size(),
        " && _dm && printf \"%s\\n\" \"${COMPREPLY[@]-}\"' 2>&1");
    FILE* const pipe = popen(command.c_str(), "r");
    std::string output;
    char buffer[4096];
    while (const size_t size = fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, size);
    EXPECT_EQ(pclose(pipe), 0) << output;
    return absl::StrSplit(output, '\n', absl::SkipEmpty());
  }

  std::string path_;
};

TEST_F(CompletionTest, ProposesTheFirstWordsOfAllCommands) {
  EXPECT_THAT(Proposed({""}), UnorderedElementsAreArray(FirstWords()));
  EXPECT_THAT(Proposed({"exp"}), ElementsAre("export"));
}

TEST_F(CompletionTest, ProposesAllOptionsOfEveryCommand) {
  for (const Command& command : Commands()) {
    std::vector<std::string> words = absl::StrSplit(command.name, ' ');
    words.emplace_back("--");
    std::vector<std::string> options;
    for (const auto* const list : {&command.options, &CommonOptions()}) {
      for (const Option& option : *list) options.push_back(absl::StrCat("--", option.name));
    }
    EXPECT_THAT(Proposed(words), UnorderedElementsAreArray(options)) << command.name;
  }
}

TEST_F(CompletionTest, ProposesSecondWordsAndChoices) {
  EXPECT_THAT(Proposed({"moderate", "re"}), ElementsAre("reject", "resume", "reports", "resolve"));
  EXPECT_THAT(Proposed({"import", "na"}), ElementsAre("naf", "naf2025"));
  EXPECT_THAT(Proposed({"moderate", "list", "--state", "s"}),
              ElementsAre("submitted", "suspended"));
  EXPECT_THAT(Proposed({"bookings", "--state", "c"}),
              ElementsAre("confirmed", "completed", "cancelled"));
  EXPECT_THAT(Proposed({"help", "mod"}), ElementsAre("moderate"));
}

TEST_F(CompletionTest, ReadsWhatStandsBeforeAsTheProgramDoes) {
  // Bash makes words of "=" and ":".
  EXPECT_THAT(Proposed({"--address", "127.0.0.1", ":", "9090", "moderate", "app"}),
              ElementsAre("approve"));
  EXPECT_THAT(Proposed({"--token-file", "moderate", "--json", "wat"}), ElementsAre("watch"));
  EXPECT_THAT(Proposed({"statistics", "--by", "=", "mo"}), ElementsAre("month"));
  EXPECT_THAT(Proposed({"statistics", "--by", "="}), Contains("department"));
  EXPECT_THAT(Proposed({"statistics", "--by", "=", "month", "--fr"}), ElementsAre("--from"));
}

TEST_F(CompletionTest, ProposesNothingWhereAnythingMayStand) {
  EXPECT_THAT(Proposed({"search", "offers", "--near", ""}), IsEmpty());
  EXPECT_THAT(Proposed({"export", "--output", ""}), IsEmpty());
  EXPECT_THAT(Proposed({"import", "rome", ""}), IsEmpty());
  EXPECT_THAT(Proposed({"search", "offers", "cot"}), IsEmpty());
  EXPECT_THAT(Proposed({"cancel", "--"}), Not(IsEmpty()));
}

}  // namespace
}  // namespace dm::gateway::cli
