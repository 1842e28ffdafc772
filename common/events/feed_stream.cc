#include "common/events/feed_stream.h"

#include <algorithm>
#include <utility>

namespace dm::events {

namespace pb = destinationmetier::event::v1;

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
  const auto reader = stub_->Subscribe(&context, request);
  Response response;
  bool wanted = true;
  while (reader->Read(&response)) {
    // What had arrived before the cancel is still read, and must not reach a reader that refused
    // what came before it.
    if (!wanted || on_response(response)) continue;
    wanted = false;
    context.TryCancel();
  }
  {
    // Before the context goes.
    absl::MutexLock lock(&mutex_);
    current_ = nullptr;
  }
  return reader->Finish();
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
