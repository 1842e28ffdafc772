#include "services/catalogue/domain/words.h"

#include "absl/strings/str_cat.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

TEST(PlainText, DropsAccentsCaseAndSigns) {
  EXPECT_EQ(PlainText("  L'Œuvre d’Art – ÉTÉ "), "l oeuvre d art ete");
  EXPECT_EQ(PlainText("Boulanger / Boulangère"), "boulanger boulangere");
  EXPECT_EQ(PlainText("ÀÂÄÇÉÈÊËÎÏÔÖÙÛÜŸÆŒ"), "aaaceeeeiioouuuyaeoe");
  EXPECT_EQ(PlainText("!?"), "");
  EXPECT_EQ(PlainText(""), "");
}

TEST(PlainText, ReadsCombiningAccentsAsTheOthers) {
  EXPECT_EQ(PlainText("boulange\xCC\x80re"), PlainText("boulangère"));
}

TEST(PlainText, KeepsLettersOfOtherScripts) { EXPECT_EQ(PlainText("пекарь 42"), "пекарь 42"); }

TEST(PlainText, BearsBytesThatAreNotUtf8) {
  EXPECT_EQ(PlainText("pain\xC3"), "pain");
  EXPECT_EQ(PlainText("\xFF\xFEpain"), "pain");
}

TEST(FoldWords, MakesTheFormsOfAWordAlike) {
  const std::vector<std::vector<std::string>> same = {
      {"boulanger", "boulangère", "Boulangères", "BOULANGERS", "boulangere"},
      {"développeur", "développeuse", "developpeuses", "développeurs", "developeuse"},
      {"conducteur", "conductrice", "conductrices"},
      {"mécanicien", "mécanicienne", "mecaniciennes"},
      {"sportif", "sportive", "sportifs", "sportives"},
      {"employé", "employée", "employés", "employées"},
      {"chef", "cheffe", "chefs", "cheffes"},
      {"journal", "journaux"},
      {"animal", "animaux"},
      {"bureau", "bureaux"},
      {"jeu", "jeux"},
      {"art", "arts"},
      {"professionnel", "professionnelle", "professionnelles"},
      {"assistant", "assistante"},
      {"infirmier", "infirmière"},
      {"coiffeur", "coiffeuse"},
      {"social", "sociale", "sociaux"},
  };
  for (const auto& forms : same) {
    for (const auto& form : forms) EXPECT_EQ(FoldWords(form), FoldWords(forms.front())) << form;
  }
}

TEST(FoldWords, KeepsDifferentWordsApart) {
  EXPECT_NE(FoldWords("boulanger"), FoldWords("boulangerie"));
  EXPECT_NE(FoldWords("vente"), FoldWords("vendeur"));
  EXPECT_NE(FoldWords("soudeur"), FoldWords("soude"));
}

TEST(FoldWords, LeavesLettersOfOtherScriptsWhole) {
  for (const char* word : {"पता", "தமிழ்", "丸", "字", "가게", "пекарь", "ἀρτοποιός"}) {
    EXPECT_EQ(FoldWords(word), word);
  }
  // Two bytes of each letter are the same.
  EXPECT_EQ(FoldWords("ab\xE0\xA0\xA0 ab\xE0\xA4\xA4"), "ab\xE0\xA0\xA0 ab\xE0\xA4\xA4");
}

TEST(FoldWords, LeavesOutLittleWords) {
  EXPECT_EQ(FoldWords("Les métiers de l'eau"), FoldWords("métier eau"));
  EXPECT_EQ(FoldWords("de la"), "");
}

TEST(FoldWords, IsStable) {
  for (const char* text :
       {"Boulanger / Boulangère", "Développeuse web", "Chargé / Chargée d'études"}) {
    EXPECT_EQ(FoldWords(FoldWords(text)), FoldWords(text)) << text;
  }
}

TEST(FoldWords, SpacesOfAnyScriptEndAWord) {
  for (const char* space : {"\u00A0", "\u1680", "\u2003", "\u202F", "\u3000"}) {
    EXPECT_EQ(FoldWords(absl::StrCat("web", space, "pain")), "web pain");
  }
}

}  // namespace
}  // namespace dm::catalogue
