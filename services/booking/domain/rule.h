#pragma once

#include "absl/time/civil_time.h"
#include "services/booking/domain/person.h"
#include "services/booking/domain/scheme.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// A legal rule as data. Ages are whole years on the first day of the stay; minutes are those of the
// clock in Paris.
namespace dm::booking {

// What a rule can demand, one type a kind.

// The scheme is open to these levels.
struct LevelsAdmitted {
  std::vector<Level> levels;
};
struct MinimumAge {
  int years = 0;
};
// At most so many days of presence, and from the first to the last at most so many calendar days or
// months from date to date; 0 for no limit.
struct PresenceSpan {
  int most_days = 0;
  int most_calendar_days = 0;
  int most_months = 0;
};
// Breaks are not counted. All stays of the day together.
struct DailyHours {
  int most_minutes = 0;
};
// The same from Monday to Sunday.
struct WeeklyHours {
  int most_minutes = 0;
};
struct NoSunday {};
struct NoPublicHoliday {};
// Every day lies in a holiday of the pupil's zone; or none does.
struct InSchoolHolidays {};
struct OutsideSchoolHolidays {};
// Of each holiday that the stay touches, the days of presence of all stays are at most this share.
struct ShareOfHoliday {
  int most_percent = 0;
};
// Between the end of a day and the start of the next, whatever the stay.
struct DailyRest {
  int least_minutes = 0;
};
// A day on which more than `after_minutes` are worked has a break of at least `least_minutes`.
struct DailyBreak {
  int after_minutes = 0;
  int least_minutes = 0;
};
// Presence lies within these hours of the day.
struct HoursOfDay {
  int from_minute = 0;
  int until_minute = 0;
};
// Each week from Monday to Sunday has at least so many days without presence, and they, or some of
// them with days of the weeks before and after, are so many in a row.
struct WeeklyRest {
  int least_days = 0;
};
struct GuardianKnown {};
// Another stay under the rule's schemes in the same year is in another profession. A stay of which
// no profession is told is taken to be another one.
struct OtherProfession {
  // From January, or from September.
  enum class Year : uint8_t { kCalendar, kSchool };
  Year year = Year::kSchool;
};
// What hosts ask beyond the law, each where a host asks it: the month's requests are fewer than the
// host takes; the applicant's school is one for which the session is kept; the applicant lives in a
// priority area.
struct WithinHostQuota {};
struct OfReservedSchools {};
struct FromPriorityArea {};

using Demand =
    std::variant<LevelsAdmitted, MinimumAge, PresenceSpan, DailyHours, WeeklyHours, NoSunday,
                 NoPublicHoliday, InSchoolHolidays, OutsideSchoolHolidays, ShareOfHoliday,
                 DailyRest, DailyBreak, HoursOfDay, WeeklyRest, GuardianKnown, OtherProfession,
                 WithinHostQuota, OfReservedSchools, FromPriorityArea>;

// What is demanded of whom.
struct RuleClause {
  // Empty for all.
  std::vector<Level> levels;
  // From this age on, and while younger than that one.
  std::optional<int> from_age;
  std::optional<int> below_age;
  Demand demand;
};

// A text of law, or what an authority says.
struct RuleSource {
  // "Code du travail, article L3164-1".
  std::string text;
  // When what it says took effect, or was published.
  absl::CivilDay date;
};

// French sentences for a young reader ("vous"). Words in braces are filled in: {value} and {limit}
// as in RuleFinding, {age} ("15 ans") on the first day, {day} the first day on which the rule is
// broken, or else the first of the stay.
struct RuleSentences {
  std::string satisfied;
  std::string broken;
  // For when what is known does not tell. Only where that can be.
  std::string unknown;
};

// What a rule said from one day of submission to another, in Paris.
struct RuleVersion {
  int version = 0;
  absl::CivilDay from;
  // The last day; absent for the version in force.
  std::optional<absl::CivilDay> until;
  std::vector<RuleSource> sources;
  RuleSentences sentences;
  // All of one kind; no applicant falls under two of them.
  std::vector<RuleClause> clauses;
};

struct Rule {
  // Stable: "mini-stage.hours-per-day".
  std::string id;
  std::vector<Scheme> schemes;
  // In ascending order, the next from the day after the last of the one before.
  std::vector<RuleVersion> versions;
};

// What is true of a scheme as a whole.
struct SchemeTerms {
  Scheme scheme = Scheme::kMeeting;
  // No stay without a validated agreement.
  bool agreement_needed = false;
  // How long a booking is kept after the end of its session.
  int retention_days = 0;
  std::vector<RuleSource> sources;
};

// Whose holidays hold where.
struct Academy {
  // "Normandie".
  std::string name;
  // As in SchoolHoliday.
  std::string zone;
  // Codes of its départements.
  std::vector<std::string> departments;
};

// Everything that the rule files say.
struct RuleSet {
  std::vector<SchemeTerms> schemes;
  std::vector<Rule> rules;
  std::vector<Academy> academies;
};

}  // namespace dm::booking
