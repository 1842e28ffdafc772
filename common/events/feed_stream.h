#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "destinationmetier/event/v1/event_feed_service.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>

namespace dm::events {

// The client side of one feed for a thread that reads it again and again: opens streams, waits
// between them with growing patience, and can be told to stop from any other thread.
class FeedStream {
 public:
  using Response = destinationmetier::event::v1::SubscribeResponse;

  explicit FeedStream(std::shared_ptr<grpc::Channel> channel);

  // Reads a stream until it ends, `on_response` returns false, Interrupt or Stop.
  grpc::Status Read(const destinationmetier::event::v1::SubscribeRequest& request,
                    const std::function<bool(const Response&)>& on_response);

  // Ends the stream that is being read, if any.
  void Interrupt();
  // Ends it, and all that come.
  void Stop();
  bool stopped() const;
  // Waits; returns at once when stopped.
  void Pause(absl::Duration duration);

 private:
  std::unique_ptr<destinationmetier::event::v1::EventFeedService::Stub> stub_;
  mutable absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* current_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

// How long to wait after the n-th failure in a row (n from 1): 50 ms, doubled, at most 2 s.
absl::Duration FeedBackoff(int failures);

}  // namespace dm::events
