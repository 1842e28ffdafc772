#include "common/time/clock.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include <cstdlib>

namespace dm {
namespace {

class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

}  // namespace

const Clock& Clock::System() {
  static const SystemClock clock;
  return clock;
}

const absl::TimeZone& ParisTimeZone() {
  static const absl::TimeZone zone = [] {
    absl::TimeZone loaded;
    // Without the zone's data every date shown to people would be an hour or two wrong.
    if (!absl::LoadTimeZone("Europe/Paris", &loaded)) std::abort();
    return loaded;
  }();
  return zone;
}

absl::StatusOr<absl::CivilDay> ParseCivilDay(absl::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  const bool shaped = text.size() == 10 && text[4] == '-' && text[7] == '-' &&
                      text.find_first_not_of("0123456789-") == absl::string_view::npos &&
                      absl::SimpleAtoi(text.substr(0, 4), &year) &&
                      absl::SimpleAtoi(text.substr(5, 2), &month) &&
                      absl::SimpleAtoi(text.substr(8, 2), &day);
  const absl::CivilDay civil(year, month, day);
  // CivilDay normalizes 30 February into March: what changed was impossible.
  if (!shaped || civil.year() != year || civil.month() != month || civil.day() != day) {
    return absl::InvalidArgumentError("not a date of the form YYYY-MM-DD");
  }
  return civil;
}

absl::Time StartOfParisDay(absl::CivilDay day) { return absl::FromCivil(day, ParisTimeZone()); }

}  // namespace dm
