#include "common/database/deadline_watch.h"

#include <algorithm>

namespace dm::database {
namespace {

// A cancellation that comes between two messages of a statement finds nothing to cancel.
constexpr absl::Duration kAgainAfter = absl::Milliseconds(100);

}  // namespace

DeadlineWatch::Guard::Guard(DeadlineWatch* watch, pqxx::connection* link, absl::Time deadline)
    : watch_(watch), watched_{link, deadline} {
  absl::MutexLock lock(&watch_->mutex_);
  watch_->watched_.push_back(&watched_);
  watch_->earliest_ = std::min(watch_->earliest_, deadline);
}

bool DeadlineWatch::Guard::Finish() {
  absl::MutexLock lock(&watch_->mutex_);
  if (!finished_) {
    const auto left_alone = [this] { return !watched_.cancelling; };
    watch_->mutex_.Await(absl::Condition(&left_alone));
    watch_->watched_.erase(std::find(watch_->watched_.begin(), watch_->watched_.end(), &watched_));
    finished_ = true;
  }
  return watched_.cancelled;
}

DeadlineWatch::DeadlineWatch() : thread_([this] { Work(); }) {}

DeadlineWatch::~DeadlineWatch() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

DeadlineWatch::Watched* DeadlineWatch::Overdue() {
  const absl::Time now = absl::Now();
  if (now < earliest_) return nullptr;
  earliest_ = absl::InfiniteFuture();
  for (Watched* watched : watched_) {
    if (watched->cancel_at <= now) {
      earliest_ = watched->cancel_at;
      return watched;
    }
    earliest_ = std::min(earliest_, watched->cancel_at);
  }
  return nullptr;
}

void DeadlineWatch::Work() {
  absl::MutexLock lock(&mutex_);
  while (!stopping_) {
    if (Watched* const overdue = Overdue()) {
      overdue->cancelling = true;
      mutex_.Unlock();
      try {
        overdue->link->cancel_query();
      } catch (const std::exception&) {
        // The server cannot be reached: the statement will end as a lost connection.
      }
      mutex_.Lock();
      overdue->cancelling = false;
      overdue->cancelled = true;
      overdue->cancel_at = absl::Now() + kAgainAfter;
      continue;
    }
    sleeps_until_ = earliest_;
    const auto due = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return stopping_ || earliest_ < sleeps_until_;
    };
    mutex_.AwaitWithDeadline(absl::Condition(&due), sleeps_until_);
  }
}

}  // namespace dm::database
