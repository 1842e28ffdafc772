#include "absl/strings/str_split.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <algorithm>
#include <iostream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

// How professions are found in the words of a fourteen-year-old. relevance_queries.tsv says how the
// queries were chosen, and what each set was when it was first asked. What is judged is "pupil":
// official titles and their forms are found anyway.
constexpr int kFirst = 3;
constexpr double kLeastOfPupils = 0.9;
constexpr double kLeastOfForms = 0.99;

struct Score {
  int found = 0;
  int asked = 0;
  double part() const { return asked == 0 ? 0 : static_cast<double>(found) / asked; }
};

TEST_F(CatalogueTest, PupilsFindProfessionsInTheFirstThree) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  MustImport("rome", ReferenceRome());
  CatchUp();
  std::map<std::string, Score> scores;
  for (const absl::string_view line :
       absl::StrSplit(ReadAll(DM_TEST_FOLDER "/relevance_queries.tsv"), '\n', absl::SkipEmpty())) {
    if (line.front() == '#') continue;
    const std::vector<std::string> cells = absl::StrSplit(line, '\t');
    ASSERT_EQ(cells.size(), 4u) << line;
    const std::vector<std::string> accepted = absl::StrSplit(cells[3], ' ');
    pb::SearchProfessionsRequest request;
    request.set_query(cells[2]);
    request.set_page_size(kFirst);
    const auto response = api_.SearchProfessions(call_, request);
    ASSERT_TRUE(response.ok()) << response.status();
    std::string got;
    bool found = false;
    for (const auto& profession : response->professions()) {
      found = found || std::count(accepted.begin(), accepted.end(), profession.rome_code()) > 0;
      absl::StrAppend(&got, " ", profession.rome_code(), " ", profession.display_name(), ";");
    }
    for (const auto& part : {std::string("all"), cells[0], cells[1]}) {
      ++scores[part].asked;
      scores[part].found += found ? 1 : 0;
    }
    if (!found) std::cout << "missed (" << cells[1] << "): " << cells[2] << ":" << got << "\n";
  }
  for (const auto& [part, score] : scores) {
    std::cout << "relevance, " << part << ": " << score.found << " of " << score.asked << " ("
              << static_cast<int>(score.part() * 100) << " %) in the first " << kFirst << "\n";
  }
  EXPECT_GE(scores["pupil"].asked, 80);
  EXPECT_GE(scores["pupil"].part(), kLeastOfPupils);
  EXPECT_GE(scores["drawn1"].part(), kLeastOfPupils);
  EXPECT_GE(scores["drawn2"].part(), kLeastOfPupils);
  EXPECT_GE(scores["official"].part(), kLeastOfForms);
  EXPECT_GE(scores["form"].part(), kLeastOfForms);
}

TEST_F(CatalogueTest, BuiltInWordsNameProfessionsThatThereAre) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  MustImport("rome", ReferenceRome());
  std::set<std::string> codes;
  for (const pqxx::row& row : Ask({"test_codes", "SELECT rome_code FROM professions"})) {
    codes.insert(row[0].c_str());
  }
  std::set<std::string> words;
  for (const search::EverydayWords& line : search::BuiltInEverydayWords()) {
    EXPECT_TRUE(words.insert(line.words).second) << line.words << " is there twice";
    EXPECT_FALSE(line.professions.empty()) << line.words;
    for (const std::string& code : line.professions) {
      EXPECT_TRUE(codes.contains(code)) << line.words << " " << code;
    }
  }
  EXPECT_GE(words.size(), 400u);
  const search::WorkWords work = search::BuiltInWorkWords();
  for (const auto& [code, line] : work) EXPECT_TRUE(codes.contains(code)) << code << " " << line;
  for (const std::string& code : codes) EXPECT_TRUE(work.contains(code)) << code;
}

}  // namespace
}  // namespace dm::catalogue
