#include "common/execution/executor.h"

#include <algorithm>
#include <utility>

namespace dm {
namespace {

// The part that the latest task has in what is taken for usual. A clock that was set meanwhile says
// nothing of a task.
constexpr double kLatest = 1.0 / 16;
constexpr absl::Duration kLongest = absl::Minutes(1);

}  // namespace

Executor::Executor(Options options) : options_(std::move(options)) {
  threads_.reserve(static_cast<size_t>(options_.threads));
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

Executor::~Executor() { Stop(); }

bool Executor::TrySubmit(Task task, absl::Time deadline) {
  const absl::Time now = options_.clock->Now();
  absl::MutexLock lock(&mutex_);
  if (stopping_ || queue_.size() >= options_.queue_capacity) return false;
  if (now + WaitBehindQueue() > deadline) return false;
  queue_.push_back({std::move(task), now});
  return true;
}

void Executor::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

size_t Executor::queued() const {
  absl::MutexLock lock(&mutex_);
  return queue_.size();
}

absl::Duration Executor::ExpectedWait() const {
  absl::MutexLock lock(&mutex_);
  return WaitBehindQueue();
}

absl::Duration Executor::WaitBehindQueue() const {
  return usual_time_ * static_cast<double>(queue_.size()) / std::max(options_.threads, 1);
}

void Executor::Learn(absl::Duration took) {
  took = std::clamp(took, absl::ZeroDuration(), kLongest);
  absl::MutexLock lock(&mutex_);
  usual_time_ += (took - usual_time_) * kLatest;
}

void Executor::Work() {
  while (true) {
    Queued next;
    {
      absl::MutexLock lock(&mutex_);
      const auto ready = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
        return stopping_ || !queue_.empty();
      };
      mutex_.Await(absl::Condition(&ready));
      if (queue_.empty()) return;
      next = std::move(queue_.front());
      queue_.pop_front();
    }
    const absl::Time begun = options_.clock->Now();
    if (options_.waited) options_.waited(begun - next.since);
    std::move(next.task)();
    Learn(options_.clock->Now() - begun);
  }
}

}  // namespace dm
