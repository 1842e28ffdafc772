#include "services/booking/domain/rule_checks.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "services/booking/domain/rule_text.h"

#include <algorithm>
#include <utility>

namespace dm::booking {
namespace {

constexpr int kOldest = 150;
constexpr int kMinutesOfDay = 24 * 60;
constexpr int kLongestRetention = 366 * 100;

bool IsWithin(int value, int least, int most) { return value >= least && value <= most; }

template <typename T>
bool HasTwice(std::vector<T> values) {
  std::sort(values.begin(), values.end());
  return std::adjacent_find(values.begin(), values.end()) != values.end();
}

// What is wrong with the parameters of a demand; empty when nothing is.
struct DemandChecker {
  std::string operator()(const LevelsAdmitted& demand) const {
    if (demand.levels.empty()) return "it admits nobody";
    return HasTwice(demand.levels) ? "it admits a level twice" : "";
  }
  std::string operator()(const MinimumAge& demand) const {
    return IsWithin(demand.years, 1, kOldest) ? "" : "the age is impossible";
  }
  std::string operator()(const PresenceSpan& demand) const {
    if (!IsWithin(demand.most_days, 0, 366) || !IsWithin(demand.most_calendar_days, 0, 366) ||
        !IsWithin(demand.most_months, 0, 12)) {
      return "the span is impossible";
    }
    if (demand.most_days + demand.most_calendar_days + demand.most_months == 0) {
      return "the span has no limit";
    }
    return demand.most_calendar_days > 0 && demand.most_days > demand.most_calendar_days
               ? "more days of presence than calendar days"
               : "";
  }
  std::string operator()(const DailyHours& demand) const {
    return IsWithin(demand.most_minutes, 1, kMinutesOfDay) ? "" : "the hours are impossible";
  }
  std::string operator()(const WeeklyHours& demand) const {
    return IsWithin(demand.most_minutes, 1, 7 * kMinutesOfDay) ? "" : "the hours are impossible";
  }
  std::string operator()(const NoSunday&) const { return ""; }
  std::string operator()(const NoPublicHoliday&) const { return ""; }
  std::string operator()(const InSchoolHolidays&) const { return ""; }
  std::string operator()(const OutsideSchoolHolidays&) const { return ""; }
  std::string operator()(const ShareOfHoliday& demand) const {
    return IsWithin(demand.most_percent, 1, 99) ? "" : "the share is not from 1 to 99 percent";
  }
  std::string operator()(const DailyRest& demand) const {
    return IsWithin(demand.least_minutes, 1, kMinutesOfDay) ? "" : "the rest is impossible";
  }
  std::string operator()(const DailyBreak& demand) const {
    return IsWithin(demand.after_minutes, 1, kMinutesOfDay) &&
                   IsWithin(demand.least_minutes, 1, kMinutesOfDay)
               ? ""
               : "the break is impossible";
  }
  std::string operator()(const HoursOfDay& demand) const {
    return demand.from_minute >= 0 && demand.from_minute < demand.until_minute &&
                   demand.until_minute <= kMinutesOfDay
               ? ""
               : "the hours of the day are impossible";
  }
  std::string operator()(const WeeklyRest& demand) const {
    return IsWithin(demand.least_days, 1, 6) ? "" : "the rest is not from 1 to 6 days";
  }
  std::string operator()(const GuardianKnown&) const { return ""; }
  std::string operator()(const OtherProfession&) const { return ""; }
  std::string operator()(const WithinHostQuota&) const { return ""; }
  std::string operator()(const OfReservedSchools&) const { return ""; }
  std::string operator()(const FromPriorityArea&) const { return ""; }
};

bool CanBeUnknown(const Demand& demand) {
  return std::holds_alternative<InSchoolHolidays>(demand) ||
         std::holds_alternative<OutsideSchoolHolidays>(demand);
}

bool AppliesTo(const RuleClause& clause, Level level) {
  return clause.levels.empty() ||
         std::find(clause.levels.begin(), clause.levels.end(), level) != clause.levels.end();
}

std::string MistakeInClause(const RuleClause& clause) {
  if (HasTwice(clause.levels)) return "a clause names a level twice";
  const int from = clause.from_age.value_or(0);
  const int below = clause.below_age.value_or(kOldest);
  if (!IsWithin(from, 0, kOldest) || !IsWithin(below, 0, kOldest) || from >= below) {
    return "a clause is for nobody's age";
  }
  return std::visit(DemandChecker(), clause.demand);
}

// Whether the ages of the clauses that concern one level follow each other.
std::string MistakeInAges(const std::vector<RuleClause>& clauses, Level level) {
  std::vector<std::pair<int, int>> ages;
  for (const RuleClause& clause : clauses) {
    if (!AppliesTo(clause, level)) continue;
    ages.emplace_back(clause.from_age.value_or(0), clause.below_age.value_or(kOldest));
  }
  std::sort(ages.begin(), ages.end());
  for (size_t i = 1; i < ages.size(); ++i) {
    const int end = ages[i - 1].second;
    const int start = ages[i].first;
    if (start < end) {
      return absl::StrCat("two clauses are for the age of ", start, " (", LevelName(level), ")");
    }
    if (start > end) {
      return absl::StrCat("no clause is for the age of ", end, " (", LevelName(level), ")");
    }
  }
  return "";
}

std::string MistakeInClauses(const std::vector<RuleClause>& clauses) {
  if (clauses.empty()) return "it demands nothing";
  for (const RuleClause& clause : clauses) {
    std::string mistake = MistakeInClause(clause);
    if (!mistake.empty()) return mistake;
    if (clause.demand.index() != clauses.front().demand.index()) {
      return "its clauses are of different kinds";
    }
  }
  for (const Level level : AllLevels()) {
    std::string mistake = MistakeInAges(clauses, level);
    if (!mistake.empty()) return mistake;
  }
  return "";
}

std::string MistakeInSources(const std::vector<RuleSource>& sources) {
  if (sources.empty()) return "it has no source";
  for (const RuleSource& source : sources) {
    if (source.text.empty()) return "a source is without text";
    if (source.date == absl::CivilDay()) return "a source is without a date";
  }
  return "";
}

std::string MistakeInSentences(const RuleSentences& sentences, bool can_be_unknown) {
  if (sentences.satisfied.empty()) return "the sentence `satisfied` is missing";
  if (sentences.broken.empty()) return "the sentence `broken` is missing";
  if (can_be_unknown && sentences.unknown.empty()) return "the sentence `unknown` is missing";
  if (!can_be_unknown && !sentences.unknown.empty()) {
    return "the sentence `unknown` is never used";
  }
  for (const std::string* sentence :
       {&sentences.satisfied, &sentences.broken, &sentences.unknown}) {
    for (const std::string& word : WordsToFillIn(*sentence)) {
      if (!IsWordToFillIn(word))
        return absl::StrCat("a sentence has the unknown word {", word, "}");
    }
  }
  return "";
}

std::string MistakeInVersion(const RuleVersion& version) {
  if (version.version < 1) return "its number is not positive";
  if (version.until.has_value() && *version.until < version.from) return "it ends before it begins";
  for (std::string mistake :
       {MistakeInSources(version.sources), MistakeInClauses(version.clauses)}) {
    if (!mistake.empty()) return mistake;
  }
  return MistakeInSentences(version.sentences, CanBeUnknown(version.clauses.front().demand));
}

std::string MistakeBetween(const RuleVersion& earlier, const RuleVersion& later) {
  if (later.version <= earlier.version) return "versions are not in ascending order";
  if (!earlier.until.has_value() || later.from <= *earlier.until) {
    return absl::StrCat("versions ", earlier.version, " and ", later.version, " overlap");
  }
  if (later.from != *earlier.until + 1) {
    return absl::StrCat("there is a gap between versions ", earlier.version, " and ",
                        later.version);
  }
  return "";
}

bool IsRuleId(absl::string_view id) {
  return !id.empty() && absl::ascii_islower(id.front()) &&
         std::all_of(id.begin(), id.end(), [](char c) {
           return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-' || c == '.';
         });
}

std::string CauseIn(const Rule& rule) {
  if (!IsRuleId(rule.id)) return "its id is not of lower-case letters, digits, dashes and dots";
  if (rule.schemes.empty()) return "it is for no scheme";
  if (HasTwice(rule.schemes)) return "it names a scheme twice";
  if (rule.versions.empty()) return "it has no version";
  for (const RuleVersion& version : rule.versions) {
    std::string mistake = MistakeInVersion(version);
    if (!mistake.empty()) return absl::StrCat("version ", version.version, ": ", mistake);
  }
  for (size_t i = 1; i < rule.versions.size(); ++i) {
    std::string mistake = MistakeBetween(rule.versions[i - 1], rule.versions[i]);
    if (!mistake.empty()) return mistake;
  }
  return "";
}

RuleMistake About(absl::string_view about, std::string cause) {
  if (cause.empty()) return {};
  return {std::string(about), std::move(cause)};
}

// The first mistake in any of the parts.
template <typename Part>
RuleMistake FirstMistake(const std::vector<Part>& parts) {
  for (const Part& part : parts) {
    RuleMistake mistake = MistakeIn(part);
    if (!mistake.cause.empty()) return mistake;
  }
  return {};
}

RuleMistake MistakeInSchemes(const RuleSet& set) {
  for (const Scheme scheme : AllSchemes()) {
    const auto terms =
        std::count_if(set.schemes.begin(), set.schemes.end(),
                      [scheme](const SchemeTerms& one) { return one.scheme == scheme; });
    if (terms != 1) {
      return About(SchemeName(scheme), terms == 0 ? "it has no terms" : "it has terms twice");
    }
    const bool has_rule =
        std::any_of(set.rules.begin(), set.rules.end(), [scheme](const Rule& rule) {
          return std::find(rule.schemes.begin(), rule.schemes.end(), scheme) != rule.schemes.end();
        });
    if (!has_rule) return About(SchemeName(scheme), "no rule is for it");
  }
  return {};
}

}  // namespace

RuleMistake MistakeIn(const Rule& rule) { return About(rule.id, CauseIn(rule)); }

RuleMistake MistakeIn(const SchemeTerms& terms) {
  const absl::string_view name = SchemeName(terms.scheme);
  if (!IsWithin(terms.retention_days, 1, kLongestRetention)) {
    return About(name, "its retention is impossible");
  }
  return About(name, MistakeInSources(terms.sources));
}

RuleMistake MistakeIn(const Academy& academy) {
  if (academy.name.empty()) return {"academy", "it has no name"};
  // The mainland's zones have letters; Corse and what lies overseas are zones of their own.
  const bool is_letter = academy.zone == "A" || academy.zone == "B" || academy.zone == "C";
  if (!is_letter && academy.zone != academy.name) {
    return About(academy.name, "its zone is neither A, B, C nor its own name");
  }
  if (academy.departments.empty()) return About(academy.name, "it has no département");
  for (const std::string& department : academy.departments) {
    if (!IsDepartment(department)) {
      return About(academy.name, absl::StrCat("there is no département ", department));
    }
  }
  return {};
}

RuleMistake MistakeIn(const RuleSet& set) {
  for (RuleMistake mistake :
       {FirstMistake(set.schemes), FirstMistake(set.rules), FirstMistake(set.academies)}) {
    if (!mistake.cause.empty()) return mistake;
  }
  absl::flat_hash_set<std::string> ids;
  for (const Rule& rule : set.rules) {
    if (!ids.insert(rule.id).second) return About(rule.id, "there are two rules of this id");
  }
  absl::flat_hash_set<std::string> departments;
  for (const Academy& academy : set.academies) {
    for (const std::string& department : academy.departments) {
      if (departments.insert(department).second) continue;
      return About(academy.name,
                   absl::StrCat("the département ", department, " is in another académie too"));
    }
  }
  return MistakeInSchemes(set);
}

}  // namespace dm::booking
