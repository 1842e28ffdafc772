#include "common/events/feed_stream.h"

#include <algorithm>
#include <utility>

namespace dm::events {

namespace pb = destinationmetier::event::v1;

namespace {

// One stream for a thread that waits for what it brings. Of gRPC's two ways the one with callbacks:
// a thread that waits in gRPC itself takes its turn in listening to all connections of the process,
// is woken by whatever arrives for others, and has to wake these in its turn.
class Incoming final : public grpc::ClientReadReactor<FeedStream::Response> {
 public:
  // All outlive it.
  Incoming(pb::EventFeedService::Stub* stub, grpc::ClientContext* context,
           const pb::SubscribeRequest* request) {
    stub->async()->Subscribe(context, request, this);
    // Reads are asked for outside of reactions.
    AddHold();
    StartRead(&response_);
    StartCall();
  }

  // The next response, which is there until Next is called again; null at the stream's end.
  const FeedStream::Response* Next() {
    if (std::exchange(taken_, true)) StartRead(&response_);
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&arrived_));
    arrived_ = false;
    return ok_ ? &response_ : nullptr;
  }

  // After Next has returned null, and before this goes.
  grpc::Status Finish() {
    RemoveHold();
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&done_));
    return status_;
  }

 private:
  void OnReadDone(bool ok) override {
    absl::MutexLock lock(&mutex_);
    ok_ = ok;
    arrived_ = true;
  }
  void OnDone(const grpc::Status& status) override {
    absl::MutexLock lock(&mutex_);
    status_ = status;
    done_ = true;
  }

  // Of the reader, but while a read is under way.
  FeedStream::Response response_;
  bool taken_ = false;
  absl::Mutex mutex_;
  bool arrived_ ABSL_GUARDED_BY(mutex_) = false;
  bool ok_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::Status status_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

FeedStream::FeedStream(std::shared_ptr<grpc::Channel> channel)
    : stub_(pb::EventFeedService::NewStub(std::move(channel))) {}

grpc::Status FeedStream::Read(const pb::SubscribeRequest& request,
                              const std::function<bool(const Response&)>& on_response) {
  grpc::ClientContext context;
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return grpc::Status::CANCELLED;
    current_ = &context;
  }
  Incoming incoming(stub_.get(), &context, &request);
  bool wanted = true;
  while (const Response* const response = incoming.Next()) {
    // What had arrived before the cancel is still read, and must not reach a reader that refused
    // what came before it.
    if (!wanted || on_response(*response)) continue;
    wanted = false;
    context.TryCancel();
  }
  {
    // Before the context goes.
    absl::MutexLock lock(&mutex_);
    current_ = nullptr;
  }
  return incoming.Finish();
}

void FeedStream::Interrupt() {
  absl::MutexLock lock(&mutex_);
  if (current_ != nullptr) current_->TryCancel();
}

void FeedStream::Stop() {
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
  if (current_ != nullptr) current_->TryCancel();
}

bool FeedStream::stopped() const {
  absl::MutexLock lock(&mutex_);
  return stopped_;
}

void FeedStream::Pause(absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&stopped_), duration);
}

absl::Duration FeedBackoff(int failures) {
  const int doublings = std::clamp(failures - 1, 0, 6);
  return std::min(absl::Milliseconds(50) * (1 << doublings), absl::Seconds(2));
}

}  // namespace dm::events
