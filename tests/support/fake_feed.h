#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/token_verifier.h"
#include "common/execution/executor.h"
#include "common/rpc/service_binding.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace dm::testing {

// Nobody has a token.
class NobodyVerifier final : public auth::TokenVerifier {
 public:
  absl::StatusOr<auth::Caller> Verify(absl::string_view) const override {
    return absl::UnauthenticatedError("nobody");
  }
};

// A service's feed with the events that a test puts in, on a gRPC server of its own. Thread-safe
// but for Stop and Start.
class FakeFeed {
 public:
  explicit FakeFeed(std::string source);
  ~FakeFeed();

  // Appends `count` events with that payload; the last one's number.
  int64_t Append(const std::string& subject, const google::protobuf::Message& payload,
                 int count = 1);
  // Deletes what is not after that number.
  void TrimTo(int64_t sequence);
  // Ends the streams, takes no calls, and takes them again at the same address.
  void Stop();
  void Start();

  std::shared_ptr<grpc::Channel> Channel() const { return channel_; }
  // Streams opened and pages read so far.
  int streams() const { return streams_; }
  int pages() const { return pages_; }

 private:
  absl::Status Stream(const destinationmetier::event::v1::SubscribeRequest& request,
                      rpc::Writer<destinationmetier::event::v1::SubscribeResponse>& writer);
  absl::StatusOr<destinationmetier::event::v1::SubscribeResponse> Page(
      int64_t after, const google::protobuf::RepeatedPtrField<std::string>& types);
  int64_t End() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return trimmed_ + static_cast<int64_t>(events_.size());
  }

  const std::string source_;
  mutable absl::Mutex mutex_;
  // The first has the number after this.
  int64_t trimmed_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<destinationmetier::event::v1::Event> events_ ABSL_GUARDED_BY(mutex_);
  std::atomic<int> streams_ = 0;
  std::atomic<int> pages_ = 0;
  NobodyVerifier verifier_;
  Executor executor_{{.threads = 2, .queue_capacity = 64}};
  std::unique_ptr<rpc::Pipeline> pipeline_;
  std::unique_ptr<rpc::ServiceBinding> binding_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace dm::testing
