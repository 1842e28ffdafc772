#pragma once

#include "absl/time/time.h"
#include "common/auth/caller.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
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
};

// Makes `context` carry the call's deadline, token and trace context to another service.
void PassOn(const Call& call, grpc::ClientContext& context);

}  // namespace dm::rpc
