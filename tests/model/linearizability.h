#pragma once

#include "absl/container/flat_hash_set.h"
#include "absl/time/time.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

// Whether a concurrent history has a sequential explanation: the search of Wing and Gong ("Testing
// and verifying concurrent objects", 1993) with Lowe's memory of configurations that led nowhere
// ("Testing for linearizability", 2017).
//
// A Model has
//   using Op, using State (copyable);
//   static bool Apply(const Op&, State&)   its effect, or false when it cannot happen in that
//   state,
//                                          which then stays as it is;
//   static bool Reads(const Op&)           it never changes the state;
//   static uint64_t Hash(const State&)     equal for equal states, else different but for an
//                                          accident of 2^-64, which could hide a configuration.
namespace dm::model {

template <typename Op>
struct Call {
  Op op;
  absl::Time invoked;
  // The infinite future for a call without an answer.
  absl::Time answered = absl::InfiniteFuture();
  // It may as well never have happened.
  bool optional = false;
  // Calls of a lower rank are tried first. A guess of the order makes the search quick; it never
  // changes its verdict.
  int64_t rank = 0;
};

enum class Verdict : uint8_t { kLinearizable, kNot, kGaveUp };

template <typename Model>
class LinearizabilitySearch {
 public:
  using Op = typename Model::Op;
  using State = typename Model::State;

  LinearizabilitySearch(std::vector<Call<Op>> calls, State start, size_t most_configurations)
      : calls_(std::move(calls)), most_configurations_(most_configurations) {
    std::stable_sort(calls_.begin(), calls_.end(),
                     [](const Call<Op>& a, const Call<Op>& b) { return a.invoked < b.invoked; });
    done_.resize(calls_.size(), false);
    for (const Call<Op>& call : calls_) open_ += call.optional ? 0 : 1;
    state_ = std::move(start);
  }

  Verdict Run() {
    struct Frame {
      State before;
      // What was taken when this configuration was reached, in that order.
      std::vector<size_t> taken;
      std::vector<size_t> choices;
      size_t next = 0;
    };
    std::vector<Frame> stack;
    stack.push_back({.before = state_, .taken = TakeReads(), .choices = Choices()});
    size_t configurations = 0;
    while (open_ > 0) {
      Frame& top = stack.back();
      if (top.next == top.choices.size()) {
        for (const size_t taken : top.taken) Untake(taken);
        state_ = top.before;
        stack.pop_back();
        if (stack.empty()) return Verdict::kNot;
        continue;
      }
      const size_t choice = top.choices[top.next++];
      State before = state_;
      if (!Model::Apply(calls_[choice].op, state_)) continue;
      if (++configurations > most_configurations_) return Verdict::kGaveUp;
      Take(choice);
      std::vector<size_t> taken = TakeReads();
      taken.push_back(choice);
      RememberBest();
      if (!seen_.insert(Configuration()).second) {
        for (const size_t one : taken) Untake(one);
        state_ = std::move(before);
        continue;
      }
      stack.push_back(
          {.before = std::move(before), .taken = std::move(taken), .choices = Choices()});
    }
    return Verdict::kLinearizable;
  }

  // The calls that were open where the search came furthest: one of them cannot be explained.
  std::vector<Op> Stuck() const {
    std::vector<Op> ops;
    for (const size_t index : stuck_) ops.push_back(calls_[index].op);
    return ops;
  }

 private:
  // Those not taken that may come next: asked for before any other one was answered.
  template <typename Visit>
  void ForEachNext(Visit visit) const {
    absl::Time soonest = absl::InfiniteFuture();
    for (size_t i = first_open_; i < calls_.size() && calls_[i].invoked <= soonest; ++i) {
      if (!done_[i] && !calls_[i].optional) soonest = std::min(soonest, calls_[i].answered);
    }
    for (size_t i = first_open_; i < calls_.size() && calls_[i].invoked <= soonest; ++i) {
      if (!done_[i]) visit(i);
    }
  }

  // A read that fits now may as well be taken now: whatever explains the rest still does.
  std::vector<size_t> TakeReads() {
    std::vector<size_t> taken;
    for (bool more = true; more;) {
      std::vector<size_t> found;
      ForEachNext([&](size_t i) {
        if (Model::Reads(calls_[i].op) && Model::Apply(calls_[i].op, state_)) found.push_back(i);
      });
      for (const size_t i : found) Take(i);
      taken.insert(taken.end(), found.begin(), found.end());
      more = !found.empty();
    }
    return taken;
  }

  std::vector<size_t> Choices() const {
    std::vector<size_t> choices;
    ForEachNext([&](size_t i) {
      if (!Model::Reads(calls_[i].op)) choices.push_back(i);
    });
    std::stable_sort(choices.begin(), choices.end(),
                     [&](size_t a, size_t b) { return calls_[a].rank < calls_[b].rank; });
    return choices;
  }

  void Take(size_t i) {
    done_[i] = true;
    ++done_count_;
    open_ -= calls_[i].optional ? 0 : 1;
    while (first_open_ < calls_.size() && done_[first_open_]) ++first_open_;
  }

  void Untake(size_t i) {
    done_[i] = false;
    --done_count_;
    open_ += calls_[i].optional ? 0 : 1;
    first_open_ = std::min(first_open_, i);
  }

  // Which calls were taken, and the state that they led to: all before the first open one, and
  // which of those after it, up to the last taken.
  std::string Configuration() const {
    std::string key(2 * sizeof(uint64_t), '\0');
    const uint64_t hash = Model::Hash(state_);
    const auto first = static_cast<uint64_t>(first_open_);
    for (size_t i = 0; i < sizeof(uint64_t); ++i) {
      key[i] = static_cast<char>(hash >> (8 * i));
      key[sizeof(uint64_t) + i] = static_cast<char>(first >> (8 * i));
    }
    size_t left = done_count_ - first_open_;
    for (size_t i = first_open_; left > 0; ++i) {
      if ((i - first_open_) % 8 == 0) key.push_back('\0');
      if (!done_[i]) continue;
      key.back() = static_cast<char>(key.back() | (1 << ((i - first_open_) % 8)));
      --left;
    }
    return key;
  }

  void RememberBest() {
    if (done_count_ < best_) return;
    best_ = done_count_;
    stuck_.clear();
    ForEachNext([&](size_t i) { stuck_.push_back(i); });
  }

  std::vector<Call<Op>> calls_;
  const size_t most_configurations_;
  State state_;
  std::vector<bool> done_;
  size_t done_count_ = 0;
  // Calls that have to be taken yet.
  size_t open_ = 0;
  // No call before it is open.
  size_t first_open_ = 0;
  absl::flat_hash_set<std::string> seen_;
  size_t best_ = 0;
  std::vector<size_t> stuck_;
};

}  // namespace dm::model
