#include "services/catalogue/search/near_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::catalogue::search {
namespace {

using ::testing::ElementsAre;

TEST(EditsBetween, CountsLettersPutInLeftOutReplacedAndSwapped) {
  const struct {
    const char* a;
    const char* b;
    int edits;
  } cases[] = {
      {"pain", "pain", 0},          {"pain", "bain", 1},     {"pain", "pani", 1},
      {"boulnger", "boulanger", 1}, {"pain", "", 3},         {"", "", 0},
      {"coifeur", "coiffure", 2},   {"abcdef", "fedcba", 3}, {"infirmier", "infermiere", 2}};
  for (const auto& one : cases) {
    EXPECT_EQ(EditsBetween(one.a, one.b, 2), one.edits) << one.a << " " << one.b;
    EXPECT_EQ(EditsBetween(one.b, one.a, 2), one.edits) << one.b << " " << one.a;
  }
}

std::vector<std::string> Nearest(const std::string& word,
                                 const std::vector<std::string>& candidates) {
  NearestWords nearest(word);
  for (const auto& candidate : candidates) nearest.Consider(candidate);
  return nearest.Take();
}

TEST(NearestWords, GivesTheFewestEditsAndTheSameBeginningFirst) {
  EXPECT_THAT(Nearest("mason", {"macon", "maison", "bason", "maisons"}),
              ElementsAre("macon", "maison", "bason"));
  EXPECT_THAT(Nearest("boulngeri", {"boulangeri", "boulinger"}), ElementsAre("boulangeri"));
  EXPECT_THAT(Nearest("boulngeri", {"boulinger", "boulangeri"}), ElementsAre("boulangeri"));
  EXPECT_THAT(Nearest("pin", {"pain"}), ElementsAre());
  EXPECT_THAT(Nearest("xyzxyz", {"pain", "boulangeri"}), ElementsAre());
}

}  // namespace
}  // namespace dm::catalogue::search
