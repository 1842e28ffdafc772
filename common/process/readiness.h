#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace dm::process {

// What has to hold before the process may be sent calls. Thread-safe; a condition answers at
// once and asks nothing of the readiness itself.
class Readiness {
 public:
  void When(std::string what, std::function<bool()> ready);
  // The names of the conditions that do not hold now.
  std::vector<std::string> Missing() const;
  // Never ready again: the process is going.
  void Drain();
  // Forgets the conditions, whose parts are about to go.
  void Clear();

 private:
  mutable absl::Mutex mutex_;
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::pair<std::string, std::function<bool()>>> conditions_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::process
