#include "common/process/database_watch.h"

#include "absl/time/clock.h"

namespace dm::process {
namespace {

constexpr database::Statement kPing{"ping", "SELECT 1"};
constexpr absl::Duration kPatience = absl::Seconds(1);
constexpr absl::Duration kRest = absl::Seconds(2);
constexpr absl::Duration kRestWithoutAnswer = absl::Milliseconds(100);
// One slow answer keeps nobody from serving: a load that slows all replicas would take them out one
// after another, and the last ones would get what the first ones cannot bear.
constexpr int kMostSlowLooks = 3;

}  // namespace

DatabaseWatch::DatabaseWatch(database::Database* database)
    : database_(database), task_([this] { return Look(); }) {
  task_.Start();
}

absl::Duration DatabaseWatch::Look() {
  const absl::Status status = database_->Query(absl::Now() + kPatience, kPing).status();
  slow_looks_ = absl::IsDeadlineExceeded(status) ? slow_looks_ + 1 : 0;
  const bool merely_slow = slow_looks_ > 0 && slow_looks_ < kMostSlowLooks;
  if (!merely_slow) answers_ = status.ok();
  return answers_ ? kRest : kRestWithoutAnswer;
}

}  // namespace dm::process
