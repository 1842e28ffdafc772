#include "services/booking/rules/rule_files.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace dm::booking {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// The binary's files with one of them changed: every place where `from` stands.
std::vector<RuleFile> Changed(const std::string& name, const std::string& from,
                              const std::string& to) {
  std::vector<RuleFile> files = EmbeddedRuleFiles();
  for (RuleFile& file : files) {
    if (file.name != name) continue;
    EXPECT_TRUE(absl::StrContains(file.text, from)) << from;
    file.text = absl::StrReplaceAll(file.text, {{from, to}});
  }
  return files;
}

std::string Cause(const std::vector<RuleFile>& files) {
  const absl::StatusOr<RuleBook> rules = ParseRuleFiles(files);
  EXPECT_EQ(rules.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(rules.status().message());
}

class TemporaryFolder {
 public:
  TemporaryFolder() : path_(::testing::TempDir() + "/dm-rules.XXXXXX") {
    EXPECT_NE(mkdtemp(path_.data()), nullptr);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
  }

 private:
  std::string path_;
};

TEST(RuleFilesTest, OfTheBinaryAreRight) {
  const absl::StatusOr<std::shared_ptr<const RuleBook>> rules = LoadRuleBook("");
  ASSERT_TRUE(rules.ok()) << rules.status();
  for (const Scheme scheme : AllSchemes()) {
    const bool is_stay = scheme != Scheme::kInformationVisit && scheme != Scheme::kMeeting;
    EXPECT_EQ((*rules)->NeedsAgreement(scheme), is_stay) << SchemeName(scheme);
    EXPECT_GE((*rules)->Retention(scheme), absl::Hours(365 * 24));
  }
}

TEST(RuleFilesTest, OfTheBinaryAreThoseOfTheFolder) {
  const absl::StatusOr<std::vector<RuleFile>> files = ReadRuleFolder(DM_RULES_FOLDER);
  ASSERT_TRUE(files.ok()) << files.status();
  const std::vector<RuleFile> embedded = EmbeddedRuleFiles();
  ASSERT_EQ(files->size(), embedded.size());
  for (size_t i = 0; i < embedded.size(); ++i) {
    EXPECT_EQ((*files)[i].name, embedded[i].name);
    EXPECT_EQ((*files)[i].text, embedded[i].text);
  }
}

TEST(RuleFilesTest, PutEveryDepartmentIntoAZone) {
  const RuleBook rules = ParseRuleFiles(EmbeddedRuleFiles()).value();
  for (const char* department : {"14", "27", "50", "61", "76"}) {
    EXPECT_EQ(rules.ZoneOf({.department = department}), "B") << department;
  }
  EXPECT_EQ(rules.ZoneOf({.department = "69"}), "A");
  EXPECT_EQ(rules.ZoneOf({.department = "75"}), "C");
  EXPECT_EQ(rules.ZoneOf({.department = "2A"}), "Corse");
  EXPECT_EQ(rules.ZoneOf({.department = "974"}), "Réunion");
  for (int number = 1; number <= 95; ++number) {
    if (number == 20) continue;
    const std::string department = absl::StrCat(absl::Dec(number, absl::kZeroPad2));
    EXPECT_NE(rules.ZoneOf({.department = department}), std::nullopt) << department;
  }
}

TEST(RuleFilesTest, AreRefusedWithFileLineAndCause) {
  struct Case {
    std::string file;
    std::string from;
    std::string to;
    std::string cause;
  };
  const std::string stage = "mini_stage.textproto";
  const std::string visit = "visit_and_meeting.textproto";
  const std::vector<Case> cases = {
      {stage, "rules {", "rule {", "no field named \"rule\""},
      {stage, "no_sunday {}", "no_monday {}", "no_monday"},
      {stage, "no_sunday {}", "", "demands nothing"},
      {stage, "SCHEME_MINI_STAGE_CMA", "SCHEME_MINI_STAGE_CRAFTS", "SCHEME_MINI_STAGE_CRAFTS"},
      {stage, "SCHEME_MINI_STAGE_CMA", "SCHEME_UNSPECIFIED", "a scheme is not stated"},
      {stage, "AUDIENCE_QUATRIEME", "AUDIENCE_SIXIEME", "AUDIENCE_SIXIEME"},
      {stage, "AUDIENCE_QUATRIEME", "AUDIENCE_UNSPECIFIED", "a level is not stated"},
      {stage, "from: \"2026-03-03\"", "from: \"3 mars 2026\"", "from is not a date"},
      {stage, "from: \"2026-03-03\"", "", "from is not a date"},
      {stage, "from: \"2026-03-03\"", "from: \"2026-02-30\"", "from is not a date"},
      {stage, "from: \"2026-03-03\"", "from: \"2026-03-04\"", "gap between versions 2 and 3"},
      {stage, "from: \"2026-03-03\"", "from: \"2026-03-02\"", "versions 2 and 3 overlap"},
      {stage, "until: \"2023-12-21\"", "", "versions 1 and 2 overlap"},
      {stage, "date: \"2016-01-01\"", "", "the date of a source is not a date"},
      {stage,
       "sources { text: \"Code du travail, articles L3163-1 et L3163-2\" date: \"2008-05-01\" }",
       "", "it has no source"},
      {stage, "most: \"7h\"", "most: \"7 heures\"", "most is not a duration"},
      {stage, "most: \"7h\"", "most: \"7h30s\"", "most is not a duration"},
      {stage, "most: \"7h\"", "", "most is not a duration"},
      {stage, "least: \"14h\"", "least: \"-14h\"", "least is not a duration"},
      {stage, "from_age: 15 below_age: 16", "from_age: 15 below_age: 15", "nobody's age"},
      {stage, "clauses { from_age: 15 below_age: 16 daily_hours { most: \"7h\" } }", "",
       "no clause is for the age of 15"},
      {stage, "year: YEAR_SCHOOL", "", "which year"},
      {stage, "mini-stage.levels", "mini-stage.guardian", "two rules of this id"},
      {stage, "{limit}", "{limite}", "{limite}"},
      {stage, "retention_days: 1826", "", "retention"},
      {visit, "SCHEME_MEETING", "SCHEME_ADULT_IMMERSION", "terms twice"},
      {"academies.textproto", "\"61\"", "\"97\"", "there is no département 97"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(absl::StrCat(one.from, " -> ", one.to));
    const std::string cause = Cause(Changed(one.file, one.from, one.to));
    EXPECT_THAT(cause, HasSubstr(one.cause));
    EXPECT_THAT(cause, MatchesRegex("[a-z_]+\\.textproto:[1-9][0-9]*: .*"));
  }
}

TEST(RuleFilesTest, AreRefusedWhenASchemeIsInNoneOfThem) {
  std::vector<RuleFile> files = EmbeddedRuleFiles();
  std::erase_if(files,
                [](const RuleFile& file) { return file.name == "adult_immersion.textproto"; });
  EXPECT_THAT(Cause(files), HasSubstr("ADULT_IMMERSION: it has no terms"));
  EXPECT_THAT(Cause({}), HasSubstr("it has no terms"));
}

TEST(RuleFilesTest, PointToTheLineOfTheRule) {
  const std::vector<RuleFile> files =
      Changed("mini_stage.textproto", "minimum_age { years: 14 }", "minimum_age { years: 0 }");
  std::string before;
  for (const RuleFile& file : files) {
    if (file.name != "mini_stage.textproto") continue;
    before = file.text.substr(0, file.text.find("id: \"mini-stage.minimum-age\""));
  }
  const auto line = std::count(before.begin(), before.end(), '\n');
  EXPECT_THAT(Cause(files), HasSubstr(absl::StrCat("mini_stage.textproto:", line, ": ")));
}

TEST(RuleFilesTest, OfAFolderTakeThePlaceOfTheBinarys) {
  const TemporaryFolder folder;
  for (const RuleFile& file :
       Changed("mini_stage.textproto", "minimum_age { years: 14 }", "minimum_age { years: 13 }")) {
    folder.Write(file.name, file.text);
  }
  folder.Write("README.md", "no rules");
  const auto rules = LoadRuleBook(folder.path());
  ASSERT_TRUE(rules.ok()) << rules.status();
  int found = 0;
  for (const Rule& rule : (*rules)->rules().rules) {
    if (rule.id != "mini-stage.minimum-age") continue;
    ++found;
    EXPECT_EQ(std::get<MinimumAge>(rule.versions[0].clauses[0].demand).years, 13);
  }
  EXPECT_EQ(found, 1);
}

TEST(RuleFilesTest, MustBeInTheFolder) {
  const TemporaryFolder folder;
  EXPECT_EQ(LoadRuleBook(folder.path()).status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(LoadRuleBook(folder.path() + "/none").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace dm::booking
