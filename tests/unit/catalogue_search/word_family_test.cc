#include "services/catalogue/search/word_family.h"

#include "services/catalogue/domain/words.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue::search {
namespace {

std::string Family(const std::string& word) { return FamilyOf(FoldWords(word)); }
std::string Sound(const std::string& word) { return SoundOf(FoldWords(word)); }

TEST(WordFamily, JoinsWordsOfOneRoot) {
  const std::vector<std::vector<std::string>> families = {
      {"réparer", "réparation", "réparateur", "réparatrice"},
      {"fabriquer", "fabrication", "fabricant"},
      {"plombier", "plomberie"},
      {"coiffer", "coiffeuse", "coiffure"},
      {"photographe", "photographie", "photographier"},
      {"électricien", "électricité", "électrique"},
      {"vendre", "vendeuse", "vendeurs"},
      {"paysagiste", "paysagisme"},
      {"psychologue", "psychologie"},
      {"musique", "musicienne"},
  };
  for (const auto& words : families) {
    EXPECT_FALSE(Family(words.front()).empty()) << words.front();
    for (const std::string& word : words) EXPECT_EQ(Family(word), Family(words.front())) << word;
  }
}

TEST(WordFamily, KeepsOthersApartAndHasNoneForShortWords) {
  for (const auto& [one, other] : std::vector<std::pair<std::string, std::string>>{
           {"cuisine", "cousine"}, {"marin", "mairie"}, {"coiffeur", "chauffeur"}}) {
    EXPECT_NE(Family(one), Family(other)) << one << " " << other;
  }
  for (const char* word : {"mer", "art", "ski", ""}) EXPECT_EQ(Family(word), "") << word;
}

TEST(WordSound, IsThatOfWhoWritesAsTheySpeak) {
  for (const auto& [written, right] :
       std::vector<std::pair<std::string, std::string>>{{"psicologue", "psychologue"},
                                                        {"fotografe", "photographe"},
                                                        {"ortophoniste", "orthophoniste"},
                                                        {"kinésitérapeute", "kinésithérapeute"},
                                                        {"arkitecte", "architecte"},
                                                        {"informatik", "informatique"},
                                                        {"vétérinère", "vétérinaire"},
                                                        {"secrétère", "secrétaire"},
                                                        {"otel", "hôtel"},
                                                        {"mécanissien", "mécanicien"}}) {
    EXPECT_EQ(Sound(written), Sound(right)) << written;
  }
  EXPECT_NE(Sound("maçon"), Sound("maison"));
  EXPECT_NE(Sound("plage"), Sound("place"));
}

}  // namespace
}  // namespace dm::catalogue::search
