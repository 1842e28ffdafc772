#include "services/booking/calendar/current_calendar.h"

#include "absl/time/clock.h"
#include "common/telemetry/log.h"
#include "services/booking/store/calendar_store.h"

#include <utility>
#include <vector>

namespace dm::booking {
namespace {

constexpr absl::Duration kPoll = absl::Seconds(20);
constexpr absl::Duration kPause = absl::Seconds(2);
constexpr absl::Duration kPatience = absl::Seconds(5);

}  // namespace

CurrentCalendar::CurrentCalendar(database::Database* database)
    : database_(database),
      calendar_(std::make_shared<const SchoolCalendar>()),
      task_([this] { return RunOnce(); }) {}

std::shared_ptr<const SchoolCalendar> CurrentCalendar::Get() const {
  absl::ReaderMutexLock lock(&mutex_);
  return calendar_;
}

bool CurrentCalendar::is_loaded() const {
  absl::ReaderMutexLock lock(&mutex_);
  return version_.has_value();
}

absl::Status CurrentCalendar::Refresh(absl::Time deadline) {
  std::optional<int64_t> known;
  {
    absl::ReaderMutexLock lock(&mutex_);
    known = version_;
  }
  int64_t version = 0;
  std::vector<SchoolHoliday> holidays;
  const absl::Status read = database_->Read(deadline, [&](database::Transaction& transaction) {
    version = ReadCalendarVersion(transaction);
    if (version != known) holidays = ReadCalendarHolidays(transaction);
    return absl::OkStatus();
  });
  if (!read.ok() || version == known) return read;
  auto calendar = std::make_shared<const SchoolCalendar>(holidays);
  absl::MutexLock lock(&mutex_);
  // Another refresh may have read a later one in the meantime.
  if (version_.has_value() && *version_ >= version) return absl::OkStatus();
  version_ = version;
  calendar_ = std::move(calendar);
  telemetry::Log(telemetry::Severity::kInfo, "school_calendar_loaded",
                 {{"version", version}, {"holidays", static_cast<int64_t>(holidays.size())}});
  return absl::OkStatus();
}

absl::Duration CurrentCalendar::RunOnce() {
  const absl::Status status = Refresh(absl::Now() + kPatience);
  if (status.ok()) return kPoll;
  telemetry::Log(telemetry::Severity::kWarning, "school_calendar_not_read",
                 {{"code", static_cast<int64_t>(status.code())}});
  return kPause;
}

}  // namespace dm::booking
