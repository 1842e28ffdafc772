#include "common/database/deadline_watch.h"

#include <algorithm>

namespace dm::database {

DeadlineWatch::Guard::Guard(DeadlineWatch* watch, pqxx::connection* link, absl::Time deadline)
    : watch_(watch), watched_{link, deadline} {
  absl::MutexLock lock(&watch_->mutex_);
  watch_->watched_.push_back(&watched_);
  watch_->earliest_ = std::min(watch_->earliest_, deadline);
}

bool DeadlineWatch::Guard::Finish() {
  absl::MutexLock lock(&watch_->mutex_);
  if (!finished_) {
    const auto left_alone = [this] { return watched_.state != Watched::kCancelling; };
    watch_->mutex_.Await(absl::Condition(&left_alone));
    watch_->watched_.erase(std::find(watch_->watched_.begin(), watch_->watched_.end(), &watched_));
    finished_ = true;
  }
  return watched_.state == Watched::kCancelled;
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
    if (watched->state != Watched::kRunning) continue;
    if (watched->deadline <= now) {
      earliest_ = watched->deadline;
      return watched;
    }
    earliest_ = std::min(earliest_, watched->deadline);
  }
  return nullptr;
}

void DeadlineWatch::Work() {
  absl::MutexLock lock(&mutex_);
  while (!stopping_) {
    if (Watched* const overdue = Overdue()) {
      overdue->state = Watched::kCancelling;
      mutex_.Unlock();
      try {
        overdue->link->cancel_query();
      } catch (const std::exception&) {
        // The server cannot be reached: the statement will end as a lost connection.
      }
      mutex_.Lock();
      overdue->state = Watched::kCancelled;
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
