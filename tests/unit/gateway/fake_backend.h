#pragma once

#include "common/time/clock.h"
#include "services/gateway/api/backend.h"

#include <string>
#include <utility>

namespace dm::gateway {

// Answers at once with what a test has set, and keeps what it was asked.
class FakeBackend final : public Backend {
 public:
  void Call(const std::string& method, const CallContext& call, grpc::ByteBuffer request,
            Done done) override {
    last_method = method;
    last_call = call;
    last_request = std::move(request);
    std::move(done)(answer);
  }

  UnaryAnswer answer{.status = grpc::Status::OK, .message = {}};
  // Empty: nothing was asked.
  std::string last_method;
  CallContext last_call;
  grpc::ByteBuffer last_request;
};

class FixedClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixSeconds(1'800'000'000); }
};

}  // namespace dm::gateway
