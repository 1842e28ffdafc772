#include "services/booking/domain/presence.h"

#include "common/time/clock.h"

namespace dm::booking {
namespace {

constexpr int kMinutesOfDay = 24 * 60;

// The law's least break for the young, who are most of those who come (code du travail, L3162-3).
constexpr int kLongestWithoutBreak = 4 * 60 + 30;
constexpr int kShortBreak = 30;
constexpr int kLongestWithShortBreak = 6 * 60;
constexpr int kLunchBreak = 60;

int MinuteOfDay(absl::CivilSecond time) { return time.hour() * 60 + time.minute(); }

bool IsWeekend(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

int UsualBreak(int minutes) {
  if (minutes <= kLongestWithoutBreak) return 0;
  return minutes <= kLongestWithShortBreak ? kShortBreak : kLunchBreak;
}

PresenceDay Present(absl::CivilDay day, int start_minute, int end_minute) {
  return {.day = day,
          .start_minute = start_minute,
          .end_minute = end_minute,
          .break_minutes = UsualBreak(end_minute - start_minute)};
}

// Who is there day and night has no break that anybody could count on.
std::vector<PresenceDay> WithoutAPause(absl::CivilDay first, int start_minute, absl::CivilDay last,
                                       int end_minute) {
  std::vector<PresenceDay> days;
  for (absl::CivilDay day = first; day <= last; ++day) {
    days.push_back({.day = day,
                    .start_minute = day == first ? start_minute : 0,
                    .end_minute = day == last ? end_minute : kMinutesOfDay});
  }
  return days;
}

}  // namespace

int WorkedMinutes(const PresenceDay& day) {
  return day.end_minute - day.start_minute - day.break_minutes;
}

absl::CivilDay ParisDayOf(absl::Time time) { return absl::ToCivilDay(time, ParisTimeZone()); }

std::vector<PresenceDay> PresenceDaysOf(absl::Time start, absl::Time end) {
  if (end <= start) return {};
  const absl::CivilSecond from = absl::ToCivilSecond(start, ParisTimeZone());
  const absl::CivilSecond until = absl::ToCivilSecond(end, ParisTimeZone());
  const absl::CivilDay first(from);
  const int start_minute = MinuteOfDay(from);
  absl::CivilDay last(until);
  int end_minute = MinuteOfDay(until);
  if (end_minute == 0 && last > first) {
    // Midnight belongs to the day that it ends.
    --last;
    end_minute = kMinutesOfDay;
  }
  if (first < last && end_minute <= start_minute) {
    return WithoutAPause(first, start_minute, last, end_minute);
  }
  std::vector<PresenceDay> days;
  for (absl::CivilDay day = first; day <= last; ++day) {
    if (IsWeekend(day) && day != first && day != last) continue;
    days.push_back(Present(day, start_minute, end_minute));
  }
  return days;
}

}  // namespace dm::booking
