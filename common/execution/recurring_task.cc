#include "common/execution/recurring_task.h"

namespace dm {

RecurringTask::~RecurringTask() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void RecurringTask::Start() {
  thread_ = std::thread([this] { Run(); });
}

void RecurringTask::Wake() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

void RecurringTask::Run() {
  absl::Duration rest = absl::ZeroDuration();
  while (Rest(rest)) rest = work_();
}

bool RecurringTask::Rest(absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  const auto due = [](RecurringTask* task) ABSL_SHARED_LOCKS_REQUIRED(task->mutex_) {
    return task->woken_ || task->stopping_;
  };
  mutex_.AwaitWithTimeout(absl::Condition(+due, this), duration);
  woken_ = false;
  return !stopping_;
}

}  // namespace dm
