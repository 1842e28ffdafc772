#include "services/booking/domain/measure.h"

#include "services/booking/domain/host_terms.h"
#include "services/booking/domain/public_holidays.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace dm::booking {
namespace {

constexpr int kMinutesOfDay = 24 * 60;

absl::CivilDay MondayOf(absl::CivilDay day) {
  return absl::PrevWeekday(day + 1, absl::Weekday::monday);
}

absl::CivilYear YearOf(absl::CivilDay day, OtherProfession::Year year) {
  const bool of_last_year = year == OtherProfession::Year::kSchool && day.month() < 9;
  return absl::CivilYear(day) - (of_last_year ? 1 : 0);
}

Measured Judged(bool satisfied, int found, absl::CivilDay day) {
  return {
      .verdict = satisfied ? Verdict::kSatisfied : Verdict::kBroken, .found = found, .day = day};
}

// Of several amounts by day, the greatest and its first day.
Measured AtMost(const std::map<absl::CivilDay, int>& amounts, int most) {
  const auto worst =
      std::max_element(amounts.begin(), amounts.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return Judged(worst->second <= most, worst->second, worst->first);
}

// Measures one demand of one stay.
class Measurer {
 public:
  Measurer(const std::vector<Scheme>& schemes, const StayFacts& facts)
      : schemes_(schemes), facts_(facts) {}

  Measured operator()(const LevelsAdmitted& demand) const {
    const bool admitted =
        std::find(demand.levels.begin(), demand.levels.end(), facts_.level) != demand.levels.end();
    return Judged(admitted, 0, facts_.first_day);
  }

  Measured operator()(const MinimumAge& demand) const {
    return Judged(facts_.age >= demand.years, facts_.age, facts_.first_day);
  }

  Measured operator()(const PresenceSpan& demand) const {
    std::set<absl::CivilDay> present;
    for (const PresenceDay& day : facts_.days) present.insert(day.day);
    const absl::CivilDay last = *present.rbegin();
    const int days = static_cast<int>(present.size());
    const int calendar_days = static_cast<int>(last - facts_.first_day) + 1;
    const bool fits =
        (demand.most_days == 0 || days <= demand.most_days) &&
        (demand.most_calendar_days == 0 || calendar_days <= demand.most_calendar_days) &&
        (demand.most_months == 0 || last <= LastDayOfMonths(facts_.first_day, demand.most_months));
    Measured measured = Judged(fits, days, last);
    measured.found_too = calendar_days;
    return measured;
  }

  Measured operator()(const DailyHours& demand) const {
    std::map<absl::CivilDay, int> minutes;
    for (const PresenceDay& day : facts_.days) minutes[day.day] = 0;
    AddWorked(minutes, [](absl::CivilDay day) { return day; });
    return AtMost(minutes, demand.most_minutes);
  }

  Measured operator()(const WeeklyHours& demand) const {
    std::map<absl::CivilDay, int> minutes;
    for (const PresenceDay& day : facts_.days) minutes[MondayOf(day.day)] = 0;
    AddWorked(minutes, MondayOf);
    return AtMost(minutes, demand.most_minutes);
  }

  Measured operator()(const NoSunday&) const {
    return FirstDayThat(
        [](absl::CivilDay day) { return absl::GetWeekday(day) == absl::Weekday::sunday; });
  }

  Measured operator()(const NoPublicHoliday&) const {
    return FirstDayThat([](absl::CivilDay day) { return PublicHolidayOn(day).has_value(); });
  }

  Measured operator()(const InSchoolHolidays&) const { return Holidays(/*wanted=*/true); }

  Measured operator()(const OutsideSchoolHolidays&) const { return Holidays(/*wanted=*/false); }

  // What the calendar does not know is for InSchoolHolidays to say.
  Measured operator()(const ShareOfHoliday& demand) const {
    Measured worst;
    worst.day = facts_.first_day;
    for (const PresenceDay& day : facts_.days) {
      const SchoolHoliday* const holiday = HolidayOn(day.day);
      if (holiday == nullptr) continue;
      const int present = DaysPresentIn(*holiday);
      // present / days is greater than what was found so far.
      if (worst.found_too != 0 && present * worst.found_too <= worst.found * holiday->days()) {
        continue;
      }
      worst.found = present;
      worst.found_too = holiday->days();
      worst.day = day.day;
    }
    const bool fits = worst.found * 100 <= demand.most_percent * worst.found_too;
    worst.verdict = fits ? Verdict::kSatisfied : Verdict::kBroken;
    return worst;
  }

  Measured operator()(const DailyRest& demand) const {
    Measured least;
    least.found = kMinutesOfDay;
    least.day = facts_.first_day;
    for (size_t i = 1; i < facts_.days_of_all.size(); ++i) {
      const PresenceDay& before = facts_.days_of_all[i - 1];
      const PresenceDay& after = facts_.days_of_all[i];
      if (!IsOfStay(before.day) && !IsOfStay(after.day)) continue;
      const auto rest =
          (after.day - before.day) * kMinutesOfDay + after.start_minute - before.end_minute;
      // Who stays beyond midnight, or comes back the same day, has not ended the day's work.
      if (rest <= 0 || after.day == before.day || rest >= least.found) continue;
      least.found = static_cast<int>(rest);
      least.day = after.day;
    }
    least.verdict = least.found < demand.least_minutes ? Verdict::kBroken : Verdict::kSatisfied;
    return least;
  }

  Measured operator()(const DailyBreak& demand) const {
    Measured least;
    least.found = std::numeric_limits<int>::max();
    for (const PresenceDay& day : facts_.days) {
      if (WorkedMinutes(day) <= demand.after_minutes || day.break_minutes >= least.found) continue;
      least.found = day.break_minutes;
      least.day = day.day;
    }
    if (least.found == std::numeric_limits<int>::max()) {
      // No day is long enough to need one.
      least.found = demand.least_minutes;
      least.day = facts_.first_day;
    }
    least.verdict = least.found < demand.least_minutes ? Verdict::kBroken : Verdict::kSatisfied;
    return least;
  }

  // Found is the first minute of the day, and the last.
  Measured operator()(const HoursOfDay& demand) const {
    const PresenceDay* worst = &facts_.days.front();
    int most_outside = -1;
    for (const PresenceDay& day : facts_.days) {
      const int outside = std::max(demand.from_minute - day.start_minute, 0) +
                          std::max(day.end_minute - demand.until_minute, 0);
      if (outside <= most_outside) continue;
      most_outside = outside;
      worst = &day;
    }
    Measured measured = Judged(most_outside == 0, worst->start_minute, worst->day);
    measured.found_too = worst->end_minute;
    return measured;
  }

  Measured operator()(const WeeklyRest& demand) const {
    std::set<absl::CivilDay> present;
    std::set<absl::CivilDay> weeks;
    for (const PresenceDay& day : facts_.days_of_all) present.insert(day.day);
    for (const PresenceDay& day : facts_.days) weeks.insert(MondayOf(day.day));
    Measured least;
    least.found = 7;
    least.day = facts_.first_day;
    for (const absl::CivilDay monday : weeks) {
      const int rest = RestOfWeek(present, monday);
      if (rest >= least.found) continue;
      least.found = rest;
      least.day = monday;
    }
    least.verdict = least.found < demand.least_days ? Verdict::kBroken : Verdict::kSatisfied;
    return least;
  }

  Measured operator()(const GuardianKnown&) const {
    return Judged(facts_.guardian_known, 0, facts_.first_day);
  }

  Measured operator()(const OtherProfession& demand) const {
    for (const OtherStay& other : facts_.others) {
      if (facts_.profession.empty() || other.profession != facts_.profession) continue;
      if (YearOf(other.first_day, demand.year) != YearOf(facts_.first_day, demand.year)) continue;
      if (std::find(schemes_.begin(), schemes_.end(), other.scheme) == schemes_.end()) continue;
      return Judged(false, 0, other.first_day);
    }
    return Judged(true, 0, facts_.first_day);
  }

  // Found is what was asked for already.
  Measured operator()(const WithinHostQuota&) const {
    const HostTerms& terms = facts_.host_terms;
    return Judged(terms.requests < terms.monthly_quota, terms.requests, facts_.next_month);
  }

  Measured operator()(const OfReservedSchools&) const {
    return Judged(IsOneOf(facts_.host_terms.reserved_schools, facts_.school_uai), 0,
                  facts_.first_day);
  }

  Measured operator()(const FromPriorityArea&) const {
    return Judged(facts_.priority_area, 0, facts_.first_day);
  }

 private:
  template <typename Predicate>
  Measured FirstDayThat(Predicate is_barred) const {
    for (const PresenceDay& day : facts_.days) {
      if (is_barred(day.day)) return Judged(false, 0, day.day);
    }
    return Judged(true, 0, facts_.first_day);
  }

  // Adds what is worked on days of all stays to those periods that are there already.
  template <typename Period>
  void AddWorked(std::map<absl::CivilDay, int>& minutes, Period period_of) const {
    for (const PresenceDay& day : facts_.days_of_all) {
      const auto period = minutes.find(period_of(day.day));
      if (period != minutes.end()) period->second += WorkedMinutes(day);
    }
  }

  const SchoolHoliday* HolidayOn(absl::CivilDay day) const {
    if (!facts_.zone.has_value()) return nullptr;
    return facts_.calendar->HolidayOn(*facts_.zone, facts_.level, day);
  }

  Measured Holidays(bool wanted) const {
    for (const PresenceDay& day : facts_.days) {
      const bool is_holiday = HolidayOn(day.day) != nullptr;
      if (!is_holiday && !IsKnown(day.day)) return {.verdict = Verdict::kUnknown, .day = day.day};
      if (is_holiday != wanted) return Judged(false, 0, day.day);
    }
    return Judged(true, 0, facts_.first_day);
  }

  bool IsKnown(absl::CivilDay day) const {
    return facts_.zone.has_value() && facts_.calendar->Knows(*facts_.zone, day);
  }

  bool IsOfStay(absl::CivilDay day) const {
    return std::any_of(facts_.days.begin(), facts_.days.end(),
                       [day](const PresenceDay& own) { return own.day == day; });
  }

  int DaysPresentIn(const SchoolHoliday& holiday) const {
    std::set<absl::CivilDay> present;
    for (const PresenceDay& day : facts_.days_of_all) {
      if (day.day >= holiday.first_day && day.day <= holiday.last_day) present.insert(day.day);
    }
    return static_cast<int>(present.size());
  }

  // The longest rest that has a day in the week, but no more than the week has days of rest.
  static int RestOfWeek(const std::set<absl::CivilDay>& present, absl::CivilDay monday) {
    int in_week = 0;
    int longest = 0;
    int run = 0;
    bool touches = false;
    // A week before and after are enough for the rests that reach over the borders.
    for (absl::CivilDay day = monday - 7; day < monday + 14; ++day) {
      if (present.contains(day)) {
        run = 0;
        touches = false;
        continue;
      }
      const bool of_week = day >= monday && day < monday + 7;
      in_week += of_week ? 1 : 0;
      touches |= of_week;
      ++run;
      if (touches) longest = std::max(longest, run);
    }
    return std::min(in_week, longest);
  }

  const std::vector<Scheme>& schemes_;
  const StayFacts& facts_;
};

}  // namespace

bool IsAskedOf(const Demand& demand, const StayFacts& facts) {
  const HostTerms& terms = facts.host_terms;
  if (std::holds_alternative<WithinHostQuota>(demand)) return terms.monthly_quota > 0;
  if (std::holds_alternative<OfReservedSchools>(demand)) return !terms.reserved_schools.empty();
  if (std::holds_alternative<FromPriorityArea>(demand)) return terms.priority_areas_only;
  return true;
}

Measured Measure(const Demand& demand, const std::vector<Scheme>& schemes, const StayFacts& facts) {
  return std::visit(Measurer(schemes, facts), demand);
}

absl::CivilDay LastDayOfMonths(absl::CivilDay first_day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(first_day) + months;
  const absl::CivilDay last_of_month = absl::CivilDay(month + 1) - 1;
  const absl::CivilDay same_day = absl::CivilDay(month) + (first_day.day() - 1);
  return same_day > last_of_month ? last_of_month : same_day - 1;
}

}  // namespace dm::booking
