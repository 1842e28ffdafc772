#pragma once

#include "absl/time/time.h"
#include "common/time/clock.h"

#include <cstddef>
#include <iterator>
#include <list>
#include <map>
#include <string>
#include <utility>

namespace dm::gateway {

// Keeps each value for a while under its key. Bounded: beyond `most` the oldest goes before its
// time. Not thread-safe.
template <typename Value>
class ShortMemory {
 public:
  // `clock` outlives this.
  ShortMemory(absl::Duration time, size_t most, const Clock* clock)
      : time_(time), most_(most), clock_(clock) {}

  // Null for what is not kept; good until the next call.
  const Value* Find(const std::string& key) {
    while (!kept_.empty() && kept_.front().ends <= clock_->Now()) ForgetOldest();
    const auto found = places_.find(key);
    return found == places_.end() ? nullptr : &found->second->value;
  }

  // In place of what was kept under that key.
  void Keep(const std::string& key, Value value) {
    if (const auto before = places_.find(key); before != places_.end()) {
      kept_.erase(before->second);
      places_.erase(before);
    }
    kept_.push_back({key, std::move(value), clock_->Now() + time_});
    places_.emplace(key, std::prev(kept_.end()));
    if (kept_.size() > most_) ForgetOldest();
  }

  size_t size() const { return kept_.size(); }

 private:
  struct Kept {
    std::string key;
    Value value;
    absl::Time ends;
  };

  void ForgetOldest() {
    places_.erase(kept_.front().key);
    kept_.pop_front();
  }

  const absl::Duration time_;
  const size_t most_;
  const Clock* const clock_;
  // The oldest first.
  std::list<Kept> kept_;
  std::map<std::string, typename std::list<Kept>::iterator> places_;
};

}  // namespace dm::gateway
