#include "services/catalogue/jobs/statistics_jobs.h"

#include "common/telemetry/log.h"
#include "services/catalogue/store/search_counts.h"
#include "services/catalogue/store/statistics.h"

#include <algorithm>
#include <vector>

namespace dm::catalogue {
namespace {

constexpr absl::Duration kBetweenFlushes = absl::Minutes(1);
constexpr absl::Duration kBetweenForgettings = absl::Hours(1);
constexpr absl::Duration kLongestWrite = absl::Seconds(10);
constexpr size_t kSearchesAtOnce = 500;
constexpr int kDaysKept = 400;
// What sums up the days before is a little behind; nobody decides by the minute. A refresh is
// followed by a rest of many times its length, so that it never takes more than a twentieth of a
// connection, and a catalogue that was just filled has its figures seconds later.
constexpr int kRestsOfARefresh = 20;
constexpr absl::Duration kShortestRest = absl::Seconds(10);
constexpr absl::Duration kLongestRest = absl::Minutes(10);
constexpr absl::Duration kLongestRefresh = absl::Minutes(5);

void LogFailure(absl::string_view event, const absl::Status& status) {
  if (status.ok()) return;
  telemetry::Log(telemetry::Severity::kWarning, event,
                 {{"code", absl::StatusCodeToString(status.code())}});
}

}  // namespace

SearchCountsJob::SearchCountsJob(database::Database* database, SearchTally* tally,
                                 const Clock* clock)
    : database_(database), tally_(tally), clock_(clock), task_([this] { return Work(); }) {}

absl::Status SearchCountsJob::Flush(absl::Time deadline) {
  const absl::CivilDay today = absl::ToCivilDay(clock_->Now(), ParisTimeZone());
  const std::vector<CountedSearch> counted = tally_->Take();
  absl::Status first_failure;
  for (size_t first = 0; first < counted.size(); first += kSearchesAtOnce) {
    const size_t last = std::min(first + kSearchesAtOnce, counted.size());
    const std::vector<CountedSearch> some(counted.begin() + static_cast<std::ptrdiff_t>(first),
                                          counted.begin() + static_cast<std::ptrdiff_t>(last));
    first_failure.Update(AddSearches(*database_, deadline, today, some));
  }
  return first_failure;
}

absl::Status SearchCountsJob::Forget(absl::Time deadline) {
  // Other replicas may still write what they counted before midnight.
  const absl::Time over = clock_->Now() - 2 * kBetweenFlushes;
  const absl::CivilDay today = absl::ToCivilDay(over, ParisTimeZone());
  return ForgetSearches(*database_, deadline, today, today - kDaysKept);
}

absl::Duration SearchCountsJob::Work() {
  LogFailure("searches_not_counted", Flush(absl::Now() + kLongestWrite));
  const absl::Time now = clock_->Now();
  if (now >= next_forgetting_) {
    LogFailure("searches_not_forgotten", Forget(absl::Now() + kLongestWrite));
    next_forgetting_ = now + kBetweenForgettings;
  }
  return kBetweenFlushes;
}

MonthlyFiguresJob::MonthlyFiguresJob(database::Database* database, const Clock* clock)
    : database_(database), clock_(clock), task_([this] { return Work(); }) {}

absl::Duration MonthlyFiguresJob::Work() {
  const absl::Time start = absl::Now();
  LogFailure(
      "monthly_figures_not_refreshed",
      RefreshMonthlyFigures(*database_, absl::Now() + kLongestRefresh, clock_->Now()).status());
  return std::clamp(kRestsOfARefresh * (absl::Now() - start), kShortestRest, kLongestRest);
}

}  // namespace dm::catalogue
