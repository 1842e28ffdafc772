#pragma once

#include "destinationmetier/booking/v1/booking_service.pb.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::bench {

// One call to make.
struct PlannedCall {
  // "/package.Service/Method"; lives as long as the plan.
  const std::string* method = nullptr;
  std::string token;
  std::string request;
  // Which part of a mix it is of.
  size_t part = 0;
};

// Says what is called, one call after the other. Thread-safe.
class CallPlan {
 public:
  virtual ~CallPlan() = default;
  // Absent when there is nothing left to call.
  virtual std::optional<PlannedCall> Next() = 0;
};

// CreateBooking: person after person, for sessions drawn evenly.
class BookingPlan final : public CallPlan {
 public:
  // Each token is a person. With `again` the first comes after the last, else the plan ends there.
  BookingPlan(std::vector<std::string> sessions, std::vector<std::string> tokens, bool again);

  std::optional<PlannedCall> Next() override;

 private:
  const std::string method_ = "/destinationmetier.booking.v1.BookingService/CreateBooking";
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

  std::optional<PlannedCall> Next() override;

 private:
  const std::string method_;
  const std::vector<std::string> requests_;
  std::atomic<uint64_t> next_ = 0;
};

// Calls of several plans, drawn by their shares, in the same order in every run. Ends with the
// first of them that ends.
class MixedPlan final : public CallPlan {
 public:
  struct Part {
    // Of all calls, in thousandths; those of all parts together are 1,000.
    uint64_t share = 0;
    std::unique_ptr<CallPlan> plan;
  };
  explicit MixedPlan(std::vector<Part> parts) : parts_(std::move(parts)) {}

  std::optional<PlannedCall> Next() override;

 private:
  const std::vector<Part> parts_;
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
