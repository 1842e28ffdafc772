#include "services/catalogue/domain/statistics.h"

#include "absl/strings/str_cat.h"
#include "services/catalogue/domain/counted_words.h"
#include "services/catalogue/domain/search_tally.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Figures> Rows(const std::vector<std::pair<std::string, int>>& companies) {
  std::vector<Figures> rows;
  for (const auto& [department, number] : companies) {
    rows.push_back({.keys = {.department = department}, .companies = number});
  }
  return rows;
}

TEST(Statistics, FoldWhatRestsOnFewCompaniesAndIsNotOnesOwn) {
  const auto rows = Rows({{"14", 5}, {"27", 4}, {"50", 1}, {"61", 2}, {"76", 9}});
  EXPECT_THAT(RowsToFold(rows, {}), ElementsAre(1, 2, 3));
  EXPECT_THAT(RowsToFold(rows, {"61", "76"}), ElementsAre(1, 2));
  EXPECT_THAT(RowsToFold(Rows({{"14", 5}}), {}), IsEmpty());
  EXPECT_EQ(NextRowToFold(rows, {1, 2, 3}, {}), 0u);
  EXPECT_EQ(NextRowToFold(rows, {1, 2}, {"14", "61"}), 4u);
  EXPECT_EQ(NextRowToFold(rows, {1, 2}, {"14", "61", "76"}), std::nullopt);
}

TEST(Statistics, CountNoWordsThatMayTellOfAPerson) {
  const std::pair<const char*, const char*> cases[] = {
      {"Boulangère", "boulanger"},
      {"  les animaux ", "animal"},
      {"0612345678", ""},
      {"rue du bac 61000", ""},
      {"a@b.fr", ""},
      {"moi je veux travailler avec animaux sauvages", ""},
      {"un mot bien long "
       "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
       ""},
      {"?!", ""},
  };
  for (const auto& [query, words] : cases) EXPECT_EQ(CountedWords(query), words) << query;
}

TEST(Statistics, CountSearchesOfManyThreadsAndForgetThemWhenTheyAreTaken) {
  SearchTally tally;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&tally, i] {
      for (int n = 0; n < 1000; ++n) {
        tally.Count(SearchSubject::kOffers, i % 2 == 0 ? "Soudeur" : "soudeuse", n % 10 == 0);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const auto taken = tally.Take();
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].searches, 4000);
  EXPECT_EQ(taken[0].empty, 400);
  EXPECT_THAT(tally.Take(), IsEmpty());
}

}  // namespace
}  // namespace dm::catalogue
