#pragma once

#include "tests/model/front.h"

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

namespace dm::model {

// Clients, each of whom asks, waits for the answer and asks again, all at once and spread over the
// fronts.
class Clients {
 public:
  struct Options {
    int clients = 256;
    // Whether who gets no certain answer asks the same again, elsewhere, until there is one.
    bool persistent = false;
  };
  Clients(const Options& options, std::vector<Front*> fronts, Recorder* recorder)
      : options_(options), fronts_(std::move(fronts)), recorder_(recorder) {}

  // What a client asks next; nothing when they are done. Called on one thread.
  using Next = std::function<std::optional<Ask>(size_t client)>;
  // What is heard, on any thread. May be null.
  using Heard = std::function<void(const Ask& ask, const Answer& answer)>;
  // Returns when everybody is done and all is answered.
  void Run(const Next& next, const Heard& heard);

  // So many were asked, and answered for certain, until now.
  int asked() const { return asked_.load(); }
  int answered() const { return answered_.load(); }

 private:
  const Options options_;
  const std::vector<Front*> fronts_;
  Recorder* const recorder_;
  std::atomic<int> asked_ = 0;
  std::atomic<int> answered_ = 0;
};

}  // namespace dm::model
