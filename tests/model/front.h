#pragma once

#include "tests/model/history.h"

#include <functional>

namespace dm::model {

// Where clients send their requests: a replica of the service, over whatever lies between.
class Front {
 public:
  virtual ~Front() = default;

  // `done` is called exactly once, on any thread. Thread-safe.
  virtual void Submit(const Ask& ask, std::function<void(Answer)> done) = 0;
};

}  // namespace dm::model
