#include "services/booking/domain/rule_checks.h"

#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/measure.h"
#include "services/booking/domain/rule_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dm::booking {
namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

RuleVersion GoodVersion(int number, CivilDay from, std::optional<CivilDay> until) {
  return {.version = number,
          .from = from,
          .until = until,
          .sources = {{"Code du travail, article L3162-1", CivilDay(2019, 1, 1)}},
          .sentences = {.satisfied = "Bien : {value}.", .broken = "{value} au lieu de {limit}."},
          .clauses = {{.below_age = 16, .demand = DailyHours{420}},
                      {.from_age = 16, .demand = DailyHours{480}}}};
}

Rule GoodRule() {
  return {.id = "mini-stage.hours-per-day",
          .schemes = {AllSchemes().begin(), AllSchemes().end()},
          .versions = {GoodVersion(1, CivilDay(2020, 1, 1), CivilDay(2026, 3, 2)),
                       GoodVersion(2, CivilDay(2026, 3, 3), std::nullopt)}};
}

RuleSet GoodSet() {
  RuleSet set;
  for (const Scheme scheme : AllSchemes()) {
    set.schemes.push_back({.scheme = scheme,
                           .agreement_needed = true,
                           .retention_days = 365,
                           .sources = {{"Code civil", CivilDay(2008, 6, 19)}}});
  }
  set.rules.push_back(GoodRule());
  set.academies.push_back({"Normandie", "B", {"14", "27", "50", "61", "76"}});
  return set;
}

template <typename Whole>
struct Fault {
  std::string cause;
  std::function<void(Whole&)> make;
};

TEST(RuleChecksTest, AcceptWhatIsRight) {
  EXPECT_EQ(MistakeIn(GoodRule()).cause, "");
  EXPECT_EQ(MistakeIn(GoodSet()).cause, "");
}

TEST(RuleChecksTest, FindEveryMistakeInARule) {
  const auto clause = [](Rule& rule) -> RuleClause& { return rule.versions[1].clauses[0]; };
  const auto demand = [](Demand demanded) {
    return [demanded](Rule& rule) { rule.versions[1].clauses = {{.demand = demanded}}; };
  };
  const std::vector<Fault<Rule>> faults = {
      {"id", [](Rule& rule) { rule.id = ""; }},
      {"id", [](Rule& rule) { rule.id = "Mini stage"; }},
      {"for no scheme", [](Rule& rule) { rule.schemes.clear(); }},
      {"scheme twice",
       [](Rule& rule) {
         rule.schemes = {Scheme::kMeeting, Scheme::kMeeting};
       }},
      {"no version", [](Rule& rule) { rule.versions.clear(); }},
      {"not positive", [](Rule& rule) { rule.versions[0].version = 0; }},
      {"ascending", [](Rule& rule) { rule.versions[1].version = 1; }},
      {"ends before", [](Rule& rule) { rule.versions[0].until = CivilDay(2019, 1, 1); }},
      {"overlap", [](Rule& rule) { rule.versions[0].until = CivilDay(2026, 3, 3); }},
      {"overlap", [](Rule& rule) { rule.versions[0].until.reset(); }},
      {"gap", [](Rule& rule) { rule.versions[0].until = CivilDay(2026, 3, 1); }},
      {"no source", [](Rule& rule) { rule.versions[1].sources.clear(); }},
      {"without text", [](Rule& rule) { rule.versions[1].sources[0].text = ""; }},
      {"without a date", [](Rule& rule) { rule.versions[1].sources[0].date = {}; }},
      {"`satisfied` is missing", [](Rule& rule) { rule.versions[1].sentences.satisfied = ""; }},
      {"`broken` is missing", [](Rule& rule) { rule.versions[1].sentences.broken = ""; }},
      {"never used", [](Rule& rule) { rule.versions[1].sentences.unknown = "?"; }},
      {"{valeur}", [](Rule& rule) { rule.versions[1].sentences.broken = "{valeur}"; }},
      {"{{}", [](Rule& rule) { rule.versions[1].sentences.broken = "{value"; }},
      {"demands nothing", [](Rule& rule) { rule.versions[1].clauses.clear(); }},
      {"age of 15", [&](Rule& rule) { clause(rule).below_age = 15; }},
      {"two clauses are for the age of 16", [&](Rule& rule) { clause(rule).below_age = 17; }},
      {"two clauses", [&](Rule& rule) { rule.versions[1].clauses[1].from_age.reset(); }},
      {"two clauses are for the age of 0 (ADULT)",
       [&](Rule& rule) {
         rule.versions[1].clauses = {{.levels = {Level::kAdult}, .demand = DailyHours{1}},
                                     {.demand = DailyHours{2}}};
       }},
      {"nobody's age", [&](Rule& rule) { clause(rule).from_age = 16; }},
      {"nobody's age", [&](Rule& rule) { clause(rule).from_age = -1; }},
      {"a level twice",
       [&](Rule& rule) {
         clause(rule).levels = {Level::kAdult, Level::kAdult};
       }},
      {"different kinds", [&](Rule& rule) { clause(rule).demand = WeeklyHours{420}; }},
      {"`unknown` is missing", demand(InSchoolHolidays{})},
      {"`unknown` is missing", demand(OutsideSchoolHolidays{})},
      {"admits nobody", demand(LevelsAdmitted{})},
      {"level twice", demand(LevelsAdmitted{{Level::kLycee, Level::kLycee}})},
      {"age is impossible", demand(MinimumAge{0})},
      {"no limit", demand(PresenceSpan{})},
      {"span is impossible", demand(PresenceSpan{-1, 0, 0})},
      {"more days", demand(PresenceSpan{8, 5, 0})},
      {"hours are impossible", demand(DailyHours{0})},
      {"hours are impossible", demand(DailyHours{24 * 60 + 1})},
      {"hours are impossible", demand(WeeklyHours{0})},
      {"share", demand(ShareOfHoliday{100})},
      {"rest is impossible", demand(DailyRest{0})},
      {"break is impossible", demand(DailyBreak{0, 30})},
      {"break is impossible", demand(DailyBreak{270, 0})},
      {"hours of the day", demand(HoursOfDay{1200, 360})},
      {"hours of the day", demand(HoursOfDay{0, 24 * 60 + 1})},
      {"from 1 to 6 days", demand(WeeklyRest{7})},
  };
  for (const auto& [cause, make] : faults) {
    Rule rule = GoodRule();
    make(rule);
    const RuleMistake mistake = MistakeIn(rule);
    EXPECT_THAT(mistake.cause, HasSubstr(cause));
    EXPECT_EQ(mistake.about, rule.id) << cause;
    RuleSet set = GoodSet();
    set.rules = {rule};
    EXPECT_EQ(RuleBook::Make(set).status().code(), absl::StatusCode::kInvalidArgument) << cause;
  }
}

TEST(RuleChecksTest, FindEveryMistakeInTheWhole) {
  const std::vector<Fault<RuleSet>> faults = {
      {"two rules", [](RuleSet& set) { set.rules.push_back(set.rules[0]); }},
      {"no terms", [](RuleSet& set) { set.schemes.pop_back(); }},
      {"terms twice", [](RuleSet& set) { set.schemes.push_back(set.schemes[0]); }},
      {"retention", [](RuleSet& set) { set.schemes[0].retention_days = 0; }},
      {"no source", [](RuleSet& set) { set.schemes[0].sources.clear(); }},
      {"no rule is for it", [](RuleSet& set) { set.rules[0].schemes.pop_back(); }},
      {"no name", [](RuleSet& set) { set.academies[0].name = ""; }},
      {"neither A, B, C", [](RuleSet& set) { set.academies[0].zone = "D"; }},
      {"neither A, B, C", [](RuleSet& set) { set.academies[0].zone = "Zone B"; }},
      {"no département", [](RuleSet& set) { set.academies[0].departments.clear(); }},
      {"no département 99", [](RuleSet& set) { set.academies[0].departments[0] = "99"; }},
      {"département 14 is in another",
       [](RuleSet& set) {
         set.academies.push_back({"Rennes", "B", {"35", "14"}});
       }},
  };
  for (const auto& [cause, make] : faults) {
    RuleSet set = GoodSet();
    make(set);
    const RuleMistake mistake = MistakeIn(set);
    EXPECT_THAT(mistake.cause, HasSubstr(cause));
    EXPECT_NE(mistake.about, "") << cause;
    EXPECT_EQ(RuleBook::Make(std::move(set)).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST(RuleBookTest, SaysNothingBeforeItsFirstVersionOrOfNoDay) {
  const RuleBook rules = RuleBook::Make(GoodSet()).value();
  EligibilityQuestion question = {
      .stay = {.scheme = Scheme::kMiniStageCci, .days = {{CivilDay(2026, 10, 19), 540, 1020, 60}}},
      .applicant = {.birth_date = CivilDay(2011, 5, 10)},
      .submitted = absl::FromCivil(CivilDay(2019, 12, 31), absl::UTCTimeZone())};
  EXPECT_THAT(rules.Explain(question, SchoolCalendar()), IsEmpty());
  question.submitted += absl::Hours(48);
  EXPECT_EQ(rules.Explain(question, SchoolCalendar()).size(), 1u);
  question.stay.days.clear();
  EXPECT_THAT(rules.Explain(question, SchoolCalendar()), IsEmpty());
}

// A slip in a birth date must not be a way around the rules.
TEST(RuleBookTest, HoldsForWhoIsNotBornYet) {
  const RuleBook rules = RuleBook::Make(GoodSet()).value();
  const EligibilityQuestion question = {
      .stay = {.scheme = Scheme::kMiniStageCci, .days = {{CivilDay(2026, 10, 19), 540, 1080, 60}}},
      .applicant = {.birth_date = CivilDay(2031, 5, 10)},
      .submitted = absl::FromCivil(CivilDay(2026, 9, 1), absl::UTCTimeZone())};
  EXPECT_EQ(rules.Broken(question, SchoolCalendar()).size(), 1u);
}

TEST(RuleBookTest, KnowsWhatIsTrueOfASchemeAsAWhole) {
  RuleSet set = GoodSet();
  set.schemes[static_cast<size_t>(Scheme::kMeeting)].agreement_needed = false;
  std::swap(set.schemes[0], set.schemes[6]);
  const RuleBook rules = RuleBook::Make(std::move(set)).value();
  EXPECT_TRUE(rules.NeedsAgreement(Scheme::kMiniStageCci));
  EXPECT_FALSE(rules.NeedsAgreement(Scheme::kMeeting));
  EXPECT_EQ(rules.Retention(Scheme::kMeeting), absl::Hours(365 * 24));
}

TEST(RuleBookTest, TakesTheZoneOfTheSchoolBeforeThatOfTheHome) {
  RuleSet set = GoodSet();
  set.academies.push_back({"Lyon", "A", {"01", "42", "69"}});
  set.academies.push_back({"Corse", "Corse", {"2A", "2B"}});
  const RuleBook rules = RuleBook::Make(std::move(set)).value();
  EXPECT_EQ(rules.ZoneOf({.department = "61"}), "B");
  EXPECT_EQ(rules.ZoneOf({.school_uai = "0690026D", .department = "61"}), "A");
  EXPECT_EQ(rules.ZoneOf({.school_uai = "6200001A", .department = "61"}), "Corse");
  EXPECT_EQ(rules.ZoneOf({.school_uai = "7200009X", .department = "61"}), "Corse");
  EXPECT_EQ(rules.ZoneOf({.school_uai = "0750001A", .department = "61"}), "B");
  EXPECT_EQ(rules.ZoneOf({.department = "75"}), std::nullopt);
}

TEST(RuleTextTest, WritesDurationsAsPeopleDo) {
  EXPECT_EQ(FrenchMinutes(0), "0 min");
  EXPECT_EQ(FrenchMinutes(45), "45 min");
  EXPECT_EQ(FrenchMinutes(60), "1 h");
  EXPECT_EQ(FrenchMinutes(7 * 60 + 5), "7 h 05");
  EXPECT_EQ(FrenchMinutes(35 * 60), "35 h");
}

TEST(RuleTextTest, FindsTheWordsToFillIn) {
  EXPECT_THAT(WordsToFillIn("{age} : {value} ; {limit}."), ElementsAre("age", "value", "limit"));
  EXPECT_THAT(WordsToFillIn("rien"), IsEmpty());
  EXPECT_THAT(WordsToFillIn("{value} et {"), ElementsAre("value", "{"));
  EXPECT_THAT(WordsToFillIn("value}"), ElementsAre("{"));
}

TEST(MonthsTest, GoFromDateToDate) {
  EXPECT_EQ(LastDayOfMonths(CivilDay(2027, 1, 4), 1), CivilDay(2027, 2, 3));
  EXPECT_EQ(LastDayOfMonths(CivilDay(2027, 1, 1), 1), CivilDay(2027, 1, 31));
  EXPECT_EQ(LastDayOfMonths(CivilDay(2027, 1, 31), 1), CivilDay(2027, 2, 28));
  EXPECT_EQ(LastDayOfMonths(CivilDay(2027, 1, 29), 1), CivilDay(2027, 2, 28));
  EXPECT_EQ(LastDayOfMonths(CivilDay(2028, 1, 31), 1), CivilDay(2028, 2, 29));
  EXPECT_EQ(LastDayOfMonths(CivilDay(2026, 12, 15), 2), CivilDay(2027, 2, 14));
}

}  // namespace
}  // namespace dm::booking
