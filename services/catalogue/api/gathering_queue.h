#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/execution/executor.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <iterator>
#include <utility>
#include <vector>

namespace dm::catalogue {

// Gathers what many callers ask for while earlier work is under way, so that one statement answers
// them all; a caller who is alone does not wait for others. Thread-safe.
template <typename Item>
class GatheringQueue {
 public:
  // `work` gets what was gathered, in the order of arrival, on the executor's threads, on `lanes`
  // of them at once at most. `executor` and whatever `work` uses outlive everything that is added.
  struct Options {
    int lanes = 2;
    size_t most_at_once = 64;
    // Beyond this nothing more is taken.
    size_t most_waiting = 256;
  };

  GatheringQueue(Options options, std::function<void(std::vector<Item>)> work)
      : options_(options), work_(std::move(work)) {}

  // False when too much waits already; then the item was not taken.
  [[nodiscard]] bool Add(Executor* executor, Item item) {
    const absl::MutexLock lock(&mutex_);
    if (waiting_.size() >= options_.most_waiting) return false;
    waiting_.push_back(std::move(item));
    if (lanes_ == options_.lanes) return true;
    if (executor->TrySubmit([this, executor] { WorkOff(executor); })) {
      ++lanes_;
      return true;
    }
    // A lane that is open takes it in its turn.
    if (lanes_ > 0) return true;
    waiting_.pop_back();
    return false;
  }

 private:
  void WorkOff(Executor* executor) {
    while (true) {
      work_(Take());
      const absl::MutexLock lock(&mutex_);
      if (waiting_.empty()) {
        --lanes_;
        return;
      }
      // Others' tasks have their turn in between, unless that would leave those who wait here
      // alone.
      if (executor->TrySubmit([this, executor] { WorkOff(executor); })) return;
    }
  }

  // May be nothing: another lane was quicker.
  std::vector<Item> Take() {
    const absl::MutexLock lock(&mutex_);
    const auto end = waiting_.begin() +
                     static_cast<std::ptrdiff_t>(std::min(waiting_.size(), options_.most_at_once));
    std::vector<Item> taken(std::make_move_iterator(waiting_.begin()),
                            std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
    return taken;
  }

  const Options options_;
  const std::function<void(std::vector<Item>)> work_;
  absl::Mutex mutex_;
  std::deque<Item> waiting_ ABSL_GUARDED_BY(mutex_);
  int lanes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace dm::catalogue
