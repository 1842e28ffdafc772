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
  // W3C trace context; made anew when the caller sent none.
  std::string traceparent;
  // Of what people read, "fr" or "en": from accept-language, else French.
  std::string language = "fr";
  // The verified token, to pass on to the service that owns the data. Empty for anonymous callers.
  std::string token;
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
