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

// Any method that asks for no token: requests drawn evenly, the same ones in every run.
class RequestPlan final : public CallPlan {
 public:
  // `requests` are serialized.
  RequestPlan(std::string method, std::vector<std::string> requests);

  std::string method() const override { return method_; }
  std::optional<PlannedCall> Next() override;

 private:
  const std::string method_;
  const std::vector<std::string> requests_;
  std::atomic<uint64_t> next_ = 0;
};

// The requests of a file, one a line in JSON, serialized. Nothing when the method is none that is
// known here, or a line is no request of it.
std::optional<std::vector<std::string>> ReadRequests(const std::string& method,
                                                     const std::string& path);

// A serialized request of a list's next page, in JSON, from that of a page and its serialized
// answer; empty when that was the last page.
std::string NextPageRequest(const std::string& method, const std::string& request,
                            const std::string& answer);

}  // namespace dm::bench
