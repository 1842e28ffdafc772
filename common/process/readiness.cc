#include "common/process/readiness.h"

namespace dm::process {

void Readiness::When(std::string what, std::function<bool()> ready) {
  absl::MutexLock lock(&mutex_);
  conditions_.emplace_back(std::move(what), std::move(ready));
}

std::vector<std::string> Readiness::Missing() const {
  // Under the lock, so that Clear() waits for who asks right now.
  absl::MutexLock lock(&mutex_);
  if (draining_) return {"stopping"};
  std::vector<std::string> missing;
  for (const auto& [what, ready] : conditions_) {
    if (!ready()) missing.push_back(what);
  }
  return missing;
}

void Readiness::Drain() {
  absl::MutexLock lock(&mutex_);
  draining_ = true;
}

void Readiness::Clear() {
  absl::MutexLock lock(&mutex_);
  conditions_.clear();
}

}  // namespace dm::process
