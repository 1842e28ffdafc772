#pragma once

#include "absl/time/civil_time.h"
#include "services/booking/domain/eligibility.h"
#include "services/booking/domain/presence.h"
#include "services/booking/domain/rule.h"
#include "services/booking/domain/school_calendar.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What a stay comes to, in the numbers that rules limit.
namespace dm::booking {

// Another stay of the same person that the rules look at.
struct OtherStay {
  Scheme scheme = Scheme::kMeeting;
  absl::CivilDay first_day;
  std::string profession;
};

// A stay and who wants it, seen by the rules.
struct StayFacts {
  // Whole years on the first day.
  int age = 0;
  Level level = Level::kTroisieme;
  bool guardian_known = false;
  absl::CivilDay first_day;
  std::string profession;
  // In ascending order; never empty.
  std::vector<PresenceDay> days;
  // Those and the days of other stays, in ascending order.
  std::vector<PresenceDay> days_of_all;
  std::vector<OtherStay> others;
  // Absent when nobody knows whose holidays hold.
  std::optional<std::string> zone;
  const SchoolCalendar* calendar = nullptr;
  // What the host asks beyond the law, and what of the applicant it is about.
  HostTerms host_terms;
  std::string school_uai;
  bool priority_area = false;
  // The first day of the month after the one in which it is asked for.
  absl::CivilDay next_month;
};

enum class Verdict : uint8_t { kSatisfied, kBroken, kUnknown };

// What a demand found.
struct Measured {
  Verdict verdict = Verdict::kSatisfied;
  // In the unit of the demand: years, days, minutes.
  int found = 0;
  // The second number of a demand that has two: calendar days of a span, days of a holiday.
  int found_too = 0;
  // Where it is broken, or is nearest to it.
  absl::CivilDay day;
};

// Whether anything is asked of the stay: hosts ask by what they set, the law always.
bool IsAskedOf(const Demand& demand, const StayFacts& facts);

// `schemes` are those of the rule.
Measured Measure(const Demand& demand, const std::vector<Scheme>& schemes, const StayFacts& facts);

// The last day of a span of so many months from date to date: the same day of the month does not
// belong to it; a month that is too short ends the span with its last day.
absl::CivilDay LastDayOfMonths(absl::CivilDay first_day, int months);

}  // namespace dm::booking
