#include "services/booking/domain/eligibility.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/booking/domain/host_terms.h"
#include "services/booking/domain/measure.h"
#include "services/booking/domain/rule_checks.h"
#include "services/booking/domain/rule_text.h"

#include <algorithm>
#include <utility>

namespace dm::booking {
namespace {

// The code of the département that a school's number begins with: "61" of "0610021S". Corse and
// what lies overseas have numbers that are their own.
std::string DepartmentOfSchool(absl::string_view uai) {
  if (uai.size() != 8) return "";
  const absl::string_view prefix = uai.substr(0, 3);
  if (prefix == "620") return "2A";
  if (prefix == "720") return "2B";
  return std::string(prefix[0] == '0' ? prefix.substr(1) : prefix);
}

bool IsInForce(const RuleVersion& version, absl::CivilDay submitted) {
  return version.from <= submitted && (!version.until.has_value() || submitted <= *version.until);
}

const RuleVersion* VersionOn(const Rule& rule, absl::CivilDay submitted) {
  for (const RuleVersion& version : rule.versions) {
    if (IsInForce(version, submitted)) return &version;
  }
  return nullptr;
}

const RuleClause* ClauseFor(const RuleVersion& version, const StayFacts& facts) {
  for (const RuleClause& clause : version.clauses) {
    const bool is_level =
        clause.levels.empty() ||
        std::find(clause.levels.begin(), clause.levels.end(), facts.level) != clause.levels.end();
    if (is_level && (!clause.from_age.has_value() || facts.age >= *clause.from_age) &&
        (!clause.below_age.has_value() || facts.age < *clause.below_age)) {
      return &clause;
    }
  }
  return nullptr;
}

bool Earlier(const PresenceDay& a, const PresenceDay& b) {
  return std::pair(a.day, a.start_minute) < std::pair(b.day, b.start_minute);
}

}  // namespace

RuleBook::RuleBook(RuleSet set) : set_(std::move(set)) {
  for (const Scheme scheme : AllSchemes()) {
    std::vector<size_t>& rules = rules_of_scheme_.emplace_back();
    for (size_t i = 0; i < set_.rules.size(); ++i) {
      const std::vector<Scheme>& schemes = set_.rules[i].schemes;
      if (std::find(schemes.begin(), schemes.end(), scheme) != schemes.end()) rules.push_back(i);
    }
    terms_of_scheme_.push_back(
        *std::find_if(set_.schemes.begin(), set_.schemes.end(),
                      [scheme](const SchemeTerms& terms) { return terms.scheme == scheme; }));
  }
  for (const Academy& academy : set_.academies) {
    for (const std::string& department : academy.departments) {
      zone_of_department_[department] = academy.zone;
    }
  }
}

absl::StatusOr<RuleBook> RuleBook::Make(RuleSet set) {
  const RuleMistake mistake = MistakeIn(set);
  if (!mistake.cause.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(mistake.about, ": ", mistake.cause));
  }
  return RuleBook(std::move(set));
}

std::vector<RuleFinding> RuleBook::Explain(const EligibilityQuestion& question,
                                           const SchoolCalendar& calendar) const {
  return Find(question, calendar, /*only_broken=*/false);
}

std::vector<RuleFinding> RuleBook::Broken(const EligibilityQuestion& question,
                                          const SchoolCalendar& calendar) const {
  return Find(question, calendar, /*only_broken=*/true);
}

bool RuleBook::NeedsAgreement(Scheme scheme) const {
  return terms_of_scheme_[static_cast<size_t>(scheme)].agreement_needed;
}

absl::Duration RuleBook::Retention(Scheme scheme) const {
  return absl::Hours(24) * terms_of_scheme_[static_cast<size_t>(scheme)].retention_days;
}

std::optional<std::string> RuleBook::ZoneOf(const Applicant& applicant) const {
  for (const std::string& department :
       {DepartmentOfSchool(applicant.school_uai), applicant.department}) {
    const auto zone = zone_of_department_.find(department);
    if (zone != zone_of_department_.end()) return zone->second;
  }
  return std::nullopt;
}

std::vector<RuleFinding> RuleBook::Find(const EligibilityQuestion& question,
                                        const SchoolCalendar& calendar, bool only_broken) const {
  std::vector<RuleFinding> findings;
  if (question.stay.days.empty()) return findings;
  const StayFacts facts = FactsOf(question, calendar);
  const absl::CivilDay submitted = ParisDayOf(question.submitted);
  for (const size_t index : rules_of_scheme_[static_cast<size_t>(question.stay.scheme)]) {
    const Rule& rule = set_.rules[index];
    const RuleVersion* const version = VersionOn(rule, submitted);
    const RuleClause* const clause = version != nullptr ? ClauseFor(*version, facts) : nullptr;
    if (clause == nullptr || !IsAskedOf(clause->demand, facts)) continue;
    const Measured measured = Measure(clause->demand, rule.schemes, facts);
    const bool satisfied = measured.verdict == Verdict::kSatisfied;
    if (satisfied && only_broken) continue;
    findings.push_back(
        {.rule = rule.id,
         .version = version->version,
         .satisfied = satisfied,
         .value = ValueText(clause->demand, measured, facts),
         .limit = LimitText(clause->demand, measured, facts),
         .sentence_fr = SentenceText(version->sentences, clause->demand, measured, facts),
         .source = SourceText(version->sources)});
  }
  return findings;
}

StayFacts RuleBook::FactsOf(const EligibilityQuestion& question,
                            const SchoolCalendar& calendar) const {
  const Applicant& applicant = question.applicant;
  StayFacts facts = {.age = 0,
                     .level = applicant.level,
                     .guardian_known = question.guardian_known,
                     .profession = question.stay.profession,
                     .days = question.stay.days,
                     .zone = ZoneOf(applicant),
                     .calendar = &calendar,
                     .host_terms = question.host_terms,
                     .school_uai = applicant.school_uai,
                     .priority_area = applicant.priority_area,
                     .next_month = NextMonthAfter(question.submitted)};
  std::sort(facts.days.begin(), facts.days.end(), Earlier);
  facts.first_day = facts.days.front().day;
  facts.age = AgeOn(applicant.birth_date, facts.first_day);
  facts.days_of_all = facts.days;
  for (const PriorStay& prior : question.prior) {
    facts.others.push_back({prior.scheme, prior.first_day, prior.profession});
    // Who visits a company, or talks with somebody, does no work.
    if (!NeedsAgreement(prior.scheme)) continue;
    facts.days_of_all.insert(facts.days_of_all.end(), prior.days.begin(), prior.days.end());
  }
  std::sort(facts.days_of_all.begin(), facts.days_of_all.end(), Earlier);
  return facts;
}

}  // namespace dm::booking
