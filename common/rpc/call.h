#pragma once

#include "absl/time/time.h"
#include "common/auth/caller.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace dm::rpc {

// What a method may know of the call that it answers. Lives as long as the call.
struct Call {
  auth::Caller caller;
  // When it began.
  absl::Time start;
  // When the caller stops waiting, or the method's own limit, whichever is sooner.
  absl::Time deadline;
  // A good answer that took longer is worth a line in the log.
  absl::Duration slow = absl::InfiniteDuration();
  // "/destinationmetier.booking.v1.BookingService/CreateBooking".
  std::string method;
  // The span of this call, in the caller's trace or in a new one, and what the caller sent: its own
  // span, if it has one, and what it passes along.
  std::string traceparent;
  std::string caller_traceparent;
  std::string tracestate;
  // Of what people read, "fr" or "en": from accept-language, else French.
  std::string language = "fr";
  // The verified token, to pass on to the service that owns the data. Empty for anonymous callers.
  std::string token;
  // Whether it came over gRPC, and not from within the process.
  bool over_grpc = false;
  // Set when the caller has gone: what has not started need not start.
  std::atomic<bool> cancelled = false;

  // Says how old what the answer tells may be, where it was not read for this call: whoever keeps
  // it is told by trailing metadata. Before the answer is given; the greatest counts.
  void TellAge(absl::Duration age) const;
  // Zero where nobody told.
  absl::Duration age() const;

 private:
  mutable std::atomic<int64_t> age_micros_ = 0;
};

// Trailing metadata of an answer: its age in microseconds.
inline constexpr char kAgeMetadata[] = "dm-age-us";

// The age that came with an answer; zero for what was read for the call.
absl::Duration AgeOf(const grpc::ClientContext& context);

// Makes `context` carry the call's deadline, token and trace context to another service.
void PassOn(const Call& call, grpc::ClientContext& context);

}  // namespace dm::rpc
