#include "services/catalogue/search/profession_index.h"

#include "services/catalogue/search/profession_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::catalogue::search {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

ProfessionIndex SmallIndex() {
  return ProfessionIndex(
      {{.code = "A1504",
        .title = "Vétérinaire",
        .sort_key = "veterinaire",
        .definition = "Soigne les animaux.",
        .sectors = {{"79", "Agriculture et élevage"}},
        .riasec = "IR",
        .digital_transition = true},
       {.code = "D1102",
        .title = "Boulanger / Boulangère",
        .sort_key = "boulanger boulangere",
        .definition = "Fabrique du pain.",
        .job_titles = {{"38444", "Boulanger-viennoisier / Boulangère-viennoisière"},
                       {"11111", "Tourier / Tourière", true}},
        .interests = {{"27", "Je suis passionné par la cuisine"}},
        .domain = "D11",
        .riasec = "R",
        .ecological_transition = 3},
       {.code = "D1104",
        .title = "Pâtissier / Pâtissière",
        .sort_key = "patissier patissiere",
        .definition = "Fabrique des gâteaux et du pain.",
        .themes = {{"001", "Alimentation"}},
        .domain = "D11",
        .riasec = "RA",
        .demographic_transition = true}},
      {{"véto", {"A1504"}}, {"faire des gâteaux", {"D1104", "D1102"}}, {"inconnu", {"Z9999"}}});
}

std::vector<std::string> Codes(const ProfessionQuery& query) {
  std::vector<std::string> codes;
  for (const ProfessionHit& hit : SmallIndex().Search(query)) codes.push_back(hit.code);
  return codes;
}

TEST(ProfessionQuery, LosesTheWordsThatSayNothingUnlessThereAreNoOthers) {
  EXPECT_THAT(ParseProfessionQuery("Je voudrais travailler avec des animaux"),
              ElementsAre("animal"));
  EXPECT_THAT(ParseProfessionQuery("boulangers boulangères"), ElementsAre("boulanger"));
  EXPECT_THAT(ParseProfessionQuery("travail"), ElementsAre("travail"));
  EXPECT_THAT(ParseProfessionQuery("!?"), IsEmpty());
  EXPECT_TRUE(EndsInsideWord("boul"));
  EXPECT_TRUE(EndsInsideWord("né"));
  EXPECT_FALSE(EndsInsideWord("pain "));
  EXPECT_FALSE(EndsInsideWord(""));
}

TEST(ProfessionIndex, FindsByTitlesJobTitlesTextsAndEverydayWords) {
  EXPECT_THAT(Codes({.text = "boulangère"}), ElementsAre("D1102"));
  EXPECT_THAT(Codes({.text = "BOULANGERS"}), ElementsAre("D1102"));
  EXPECT_THAT(Codes({.text = "viennoisiere"}), ElementsAre("D1102"));
  EXPECT_THAT(Codes({.text = "soigner les animaux "}), ElementsAre("A1504"));
  EXPECT_THAT(Codes({.text = "véto"}), ElementsAre("A1504"));
  EXPECT_THAT(Codes({.text = "je veux faire des gâteaux"}), ElementsAre("D1104", "D1102"));
}

TEST(ProfessionIndex, ForgivesSpellingAndUnfinishedAndUnknownWords) {
  EXPECT_THAT(Codes({.text = "boulnger"}), ElementsAre("D1102"));
  EXPECT_THAT(Codes({.text = "véterinère"}), ElementsAre("A1504"));
  EXPECT_THAT(Codes({.text = "pati"}), ElementsAre("D1104"));
  EXPECT_THAT(Codes({.text = "boulanger zorglub"}), ElementsAre("D1102"));
  EXPECT_THAT(Codes({.text = "zorglub"}), IsEmpty());
}

TEST(ProfessionIndex, TakesNoWordThatPeopleKnowForAnotherOnesMisspelling) {
  const std::vector<ProfessionDocument> plumber = {
      {.code = "F1603", .title = "Plombier", .sort_key = "plombier"}};
  EXPECT_EQ(ProfessionIndex(plumber, {}).Search({.text = "pompier"}).size(), 1u);
  const ProfessionIndex knowing(plumber, {{"pompier", {"K1705"}}});
  EXPECT_THAT(knowing.Search({.text = "pompier"}), IsEmpty());
  EXPECT_EQ(knowing.Search({.text = "plonbier"}).size(), 1u);
}

TEST(ProfessionIndex, FindsByMainSkillsWhichTakeNothingFromWhatTitlesSay) {
  const auto make = [](std::vector<std::string> skills) {
    return ProfessionIndex({{.code = "D1102", .title = "Boulanger", .sort_key = "boulanger"},
                            {.code = "D1106",
                             .title = "Épicier",
                             .sort_key = "epicier",
                             .main_skills = std::move(skills)}},
                           {});
  };
  const ProfessionIndex without = make({});
  const ProfessionIndex with = make({"Tenir une caisse", "Conseiller un boulanger"});
  EXPECT_THAT(without.Search({.text = "tenir une caisse"}), IsEmpty());
  const auto found = with.Search({.text = "tenir une caisse"});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].code, "D1106");
  EXPECT_EQ(with.Search({.text = "boulanger"})[0].place,
            without.Search({.text = "boulanger"})[0].place);
}

ProfessionIndex IndexOfWork() {
  return ProfessionIndex({{.code = "J1506",
                           .title = "Infirmier",
                           .sort_key = "infirmier",
                           .work_words = "soigner malade piqûre hôpital blessé"},
                          {.code = "A1504",
                           .title = "Vétérinaire",
                           .sort_key = "veterinaire",
                           .work_words = "soigner animal chien malade opérer clinique"},
                          {.code = "A1426",
                           .title = "Éducateur canin",
                           .sort_key = "educateur canin",
                           .job_titles = {{"1", "Dresseur de chiens"}},
                           .work_words = "dresser chien"}},
                         {});
}

TEST(ProfessionIndex, OfTheWordsOfTheWorkThatMeetMostOfWhatWasAskedCountsFirst) {
  const ProfessionIndex index = IndexOfWork();
  const auto first = [&index](const std::string& text) {
    const auto hits = index.Search({.text = text});
    return hits.empty() ? "" : hits[0].code;
  };
  EXPECT_EQ(first("soigner des malades à l'hôpital"), "J1506");
  EXPECT_EQ(first("soigner des chiens malades"), "A1504");
  EXPECT_EQ(first("je soigne des chiens"), "A1504");
  EXPECT_EQ(first("dresser des chiens"), "A1426");
  EXPECT_EQ(first("le dressage de chiens"), "A1426");
  EXPECT_EQ(first("opération de chiens"), "A1504");
  EXPECT_EQ(first("lopital"), "J1506");
}

TEST(ProfessionIndex, WordsOfTheWorkAreNotSuggested) {
  EXPECT_THAT(IndexOfWork().Suggest("malad", 10), IsEmpty());
}

TEST(ProfessionIndex, TellsTheJobTitleThatWasNearest) {
  const auto hits = SmallIndex().Search({.text = "boulangère viennoisière"});
  ASSERT_EQ(hits.size(), 1u);
  ASSERT_TRUE(hits[0].job_title.has_value());
  EXPECT_EQ(hits[0].job_title->code, "38444");
  EXPECT_FALSE(SmallIndex().Search({.text = "boulangère"})[0].job_title.has_value());
}

TEST(ProfessionIndex, WithoutWordsListsAllThatMeetTheConditionsByTitle) {
  EXPECT_THAT(Codes({}), ElementsAre("D1102", "D1104", "A1504"));
  EXPECT_THAT(Codes({.sectors = {"79"}}), ElementsAre("A1504"));
  EXPECT_THAT(Codes({.interests = {"27"}}), ElementsAre("D1102"));
  EXPECT_THAT(Codes({.themes = {"001", "002"}}), ElementsAre("D1104"));
  EXPECT_THAT(Codes({.domains = {"D11"}}), ElementsAre("D1102", "D1104"));
  EXPECT_THAT(Codes({.riasec = {"A", "I"}}), ElementsAre("D1104", "A1504"));
  EXPECT_THAT(Codes({.ecological_transitions = {3}}), ElementsAre("D1102"));
  EXPECT_THAT(Codes({.digital_transition_only = true}), ElementsAre("A1504"));
  EXPECT_THAT(Codes({.demographic_transition_only = true}), ElementsAre("D1104"));
  EXPECT_THAT(Codes({.text = "pain", .riasec = {"A"}}), ElementsAre("D1104"));
}

TEST(ProfessionIndex, SuggestsTheNearestTitleOfEachProfession) {
  const ProfessionIndex index = SmallIndex();
  const auto texts = [&index](const std::string& typed, size_t limit) {
    std::vector<std::string> all;
    for (const auto& one : index.Suggest(typed, limit)) all.push_back(one.text);
    return all;
  };
  EXPECT_THAT(texts("boul", 10), ElementsAre("Boulanger / Boulangère"));
  EXPECT_THAT(texts("boulanger vien", 10),
              ElementsAre("Boulanger-viennoisier / Boulangère-viennoisière"));
  EXPECT_THAT(texts("gâteau", 10), ElementsAre("Pâtissier / Pâtissière", "Boulanger / Boulangère"));
  EXPECT_THAT(texts("gâteau", 1), ElementsAre("Pâtissier / Pâtissière"));
  EXPECT_THAT(texts("", 10), IsEmpty());
}

TEST(WorkWords, AreReadLineByLineAndBuiltInOncePerProfession) {
  const WorkWords words = ParseWorkWords("profession;mots\nA1504;soigner chien\nD1102;pain\n");
  EXPECT_EQ(words.size(), 2u);
  EXPECT_EQ(words.at("A1504"), "soigner chien");
  const WorkWords built_in = BuiltInWorkWords();
  size_t lines = 0;
  for (size_t i = 0; i < kWorkWordFileCount; ++i) {
    for (const auto& [profession, line] : ParseWorkWords(kWorkWordFiles[i].text)) {
      EXPECT_EQ(profession.substr(0, 1), kWorkWordFiles[i].name) << profession;
      EXPECT_FALSE(line.empty()) << profession;
      ++lines;
    }
  }
  EXPECT_EQ(built_in.size(), lines);
}

TEST(EverydayWords, AreReadLineByLine) {
  const auto lines = ParseEverydayWords("mots;professions\nvéto;A1504 A1501\npain;D1102\n");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0].words, "véto");
  EXPECT_THAT(lines[0].professions, ElementsAre("A1504", "A1501"));
}

}  // namespace
}  // namespace dm::catalogue::search
