#pragma once

#include "destinationmetier/booking/v1/booking_service.pb.h"

#include <atomic>
#include <optional>
#include <string>
#include <vector>

namespace dm::bench {

// One call to make.
struct PlannedCall {
  std::string token;
  std::string request;
};

// Says what is called, one call after the other. Thread-safe.
class CallPlan {
 public:
  virtual ~CallPlan() = default;
  // "/package.Service/Method".
  virtual std::string method() const = 0;
  // Absent when there is nothing left to call.
  virtual std::optional<PlannedCall> Next() = 0;
};

// CreateBooking: person after person, for sessions drawn evenly.
class BookingPlan final : public CallPlan {
 public:
  // Each token is a person. With `again` the first comes after the last, else the plan ends there.
  BookingPlan(std::vector<std::string> sessions, std::vector<std::string> tokens, bool again);

  std::string method() const override {
    return "/destinationmetier.booking.v1.BookingService/CreateBooking";
  }
  std::optional<PlannedCall> Next() override;

 private:
  const std::vector<std::string> sessions_;
  const std::vector<std::string> tokens_;
  const bool again_;
  // Of all request ids of this plan: what it shares with no other run.
  const std::string id_prefix_;
  std::atomic<uint64_t> next_ = 0;
};

}  // namespace dm::bench
