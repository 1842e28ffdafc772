#include "common/events/feed_stream.h"
#include "common/events/subscriber.h"

#include <thread>
#include <utility>

namespace dm::events {
namespace {

namespace pb = destinationmetier::event::v1;

class ThreadedFeedWatcher final : public FeedWatcher {
 public:
  using OnEvents = std::function<void(absl::Span<const pb::Event>)>;

  ThreadedFeedWatcher(std::shared_ptr<grpc::Channel> channel, const std::vector<std::string>& types,
                      OnEvents on_events, std::function<void()> on_gap)
      : on_events_(std::move(on_events)), on_gap_(std::move(on_gap)), stream_(std::move(channel)) {
    request_.set_from_end(true);
    for (const std::string& type : types) request_.add_types(type);
    thread_ = std::thread([this] { Run(); });
  }

  ~ThreadedFeedWatcher() override {
    stream_.Stop();
    thread_.join();
  }

 private:
  void Run() {
    int failures = 0;
    while (!stream_.stopped()) {
      bool first = true;
      (void)stream_.Read(request_, [&](const FeedStream::Response& response) {
        // What happened before the stream's beginning was missed.
        if (std::exchange(first, false)) on_gap_();
        failures = 0;
        if (response.events_size() > 0) {
          const std::vector<pb::Event> events(response.events().begin(), response.events().end());
          on_events_(events);
        }
        return true;
      });
      on_gap_();
      stream_.Pause(FeedBackoff(++failures));
    }
  }

  pb::SubscribeRequest request_;
  const OnEvents on_events_;
  const std::function<void()> on_gap_;
  FeedStream stream_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<FeedWatcher> FeedWatcher::Start(
    std::shared_ptr<grpc::Channel> channel, const std::vector<std::string>& types,
    std::function<void(absl::Span<const pb::Event>)> on_events, std::function<void()> on_gap) {
  return std::make_unique<ThreadedFeedWatcher>(std::move(channel), types, std::move(on_events),
                                               std::move(on_gap));
}

}  // namespace dm::events
