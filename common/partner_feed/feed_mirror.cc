#include "common/partner_feed/feed_mirror.h"

#include "common/errors/error.h"
#include "common/telemetry/log.h"

#include <algorithm>
#include <utility>

namespace dm::partner_feed {
namespace {

namespace event = destinationmetier::event::v1;

// Events looked at in one go: however little of it a reader wants, others wait no longer.
constexpr int kLookedAt = 5'000;

// What a source's answer is to whoever reads: whether the position is to blame, or the moment.
absl::Status ReadError(const grpc::Status& status, const std::string& source) {
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::OUT_OF_RANGE:
      return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
    default:
      return BackendUnavailableError("the feed of " + source);
  }
}

// Whether the source says that it was never at the position that it was asked to go on from, or is
// no longer: it was restored from a backup, or deleted what it had.
bool PositionIsLost(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::INVALID_ARGUMENT ||
         status.error_code() == grpc::StatusCode::OUT_OF_RANGE;
}

// Fills a portion up to its limits.
class Filling {
 public:
  Filling(const EventFilter& reader, const FeedMirror::Limits& limits, FeedMirror::Portion* portion)
      : reader_(reader), limits_(limits), portion_(*portion) {}

  // False when the event is meant for the reader and does not fit any more.
  bool Add(const ShownEvent& shown) {
    std::optional<destinationmetier::gateway::v1::PartnerEvent> theirs = ShowTo(reader_, shown);
    if (!theirs.has_value()) return true;
    const size_t size = theirs->ByteSizeLong();
    const int count = static_cast<int>(portion_.events.size());
    // The first always fits, however large it is.
    if (count >= limits_.events || (count > 0 && bytes_ + size > limits_.bytes)) return false;
    bytes_ += size;
    portion_.events.push_back(*std::move(theirs));
    portion_.sequences.push_back(shown.sequence);
    return true;
  }

 private:
  const EventFilter& reader_;
  const FeedMirror::Limits& limits_;
  FeedMirror::Portion& portion_;
  size_t bytes_ = 0;
};

}  // namespace

FeedMirror::FeedMirror(Options options, std::function<void()> on_news)
    : options_(std::move(options)),
      on_news_(std::move(on_news)),
      stub_(event::EventFeedService::NewStub(options_.channel)),
      stream_(options_.channel),
      thread_([this] { Run(); }) {}

FeedMirror::~FeedMirror() {
  stream_.Stop();
  thread_.join();
}

std::optional<int64_t> FeedMirror::End() const {
  absl::MutexLock lock(&mutex_);
  if (!start_.has_value()) return std::nullopt;
  return end_;
}

void FeedMirror::Run() {
  int failures = 0;
  while (!stream_.stopped()) {
    event::SubscribeRequest request;
    for (const std::string& type : SharedTypes()) request.add_types(type);
    const std::optional<int64_t> end = End();
    end.has_value() ? request.set_after(*end) : request.set_from_end(true);
    const grpc::Status status = stream_.Read(request, [&](const auto& response) {
      failures = 0;
      return Take(response);
    });
    if (stream_.stopped()) return;
    if (PositionIsLost(status)) Forget();
    telemetry::Log(
        telemetry::Severity::kInfo, "feed_mirror_ended",
        {{"feed", options_.source}, {"code", static_cast<int64_t>(status.error_code())}});
    stream_.Pause(events::FeedBackoff(++failures));
  }
}

bool FeedMirror::Take(const events::FeedStream::Response& response) {
  bool news = false;
  {
    absl::MutexLock lock(&mutex_);
    if (!start_.has_value()) {
      start_ = response.position();
      news = true;
    }
    for (const event::Event& told : response.events()) {
      std::optional<ShownEvent> shown = Show(told);
      if (!shown.has_value()) continue;
      const size_t bytes = shown->event.ByteSizeLong() + shown->erased.ByteSizeLong() + 200;
      events_.push_back({std::make_shared<const ShownEvent>(*std::move(shown)), bytes});
      bytes_ += bytes;
      news = true;
    }
    end_ = response.position();
    Trim();
  }
  if (news) on_news_();
  return true;
}

void FeedMirror::Forget() {
  telemetry::Log(telemetry::Severity::kError, "feed_position_lost", {{"feed", options_.source}});
  absl::MutexLock lock(&mutex_);
  start_.reset();
  events_.clear();
  bytes_ = 0;
}

void FeedMirror::Trim() {
  while (events_.size() > options_.most_events || bytes_ > options_.most_bytes) {
    start_ = events_.front().event->sequence;
    bytes_ -= events_.front().bytes;
    events_.pop_front();
  }
}

std::optional<FeedMirror::Portion> FeedMirror::FromMemory(const EventFilter& reader,
                                                          int64_t position,
                                                          const Limits& limits) const {
  std::vector<std::shared_ptr<const ShownEvent>> looked_at;
  Portion portion;
  {
    absl::MutexLock lock(&mutex_);
    if (!start_.has_value() || position < *start_ || position > end_) return std::nullopt;
    auto next = std::upper_bound(
        events_.begin(), events_.end(), position,
        [](int64_t after, const Kept& kept) { return after < kept.event->sequence; });
    for (; next != events_.end() && looked_at.size() < kLookedAt; ++next) {
      looked_at.push_back(next->event);
    }
    portion.at_end = next == events_.end();
    portion.position = portion.at_end ? end_ : looked_at.back()->sequence;
  }
  Filling filling(reader, limits, &portion);
  for (const auto& shown : looked_at) {
    if (filling.Add(*shown)) continue;
    portion.at_end = false;
    portion.position = shown->sequence - 1;
    break;
  }
  return portion;
}

absl::StatusOr<FeedMirror::Portion> FeedMirror::FromSource(const EventFilter& reader,
                                                           int64_t position, const Limits& limits,
                                                           absl::Time deadline) {
  event::ReadEventsRequest request;
  request.set_after(position);
  for (const std::string& type : reader.types) request.add_types(type);
  event::SubscribeResponse response;
  {
    const auto has_room = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
      return page_readers_ < options_.most_page_readers;
    };
    absl::MutexLock lock(&mutex_);
    if (!mutex_.AwaitWithDeadline(absl::Condition(&has_room), deadline)) {
      return OverloadedError(absl::Seconds(1));
    }
    ++page_readers_;
  }
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(deadline));
  const grpc::Status status = stub_->ReadEvents(&context, request, &response);
  {
    absl::MutexLock lock(&mutex_);
    --page_readers_;
  }
  if (!status.ok()) return ReadError(status, options_.source);
  Portion portion;
  portion.position = response.position();
  portion.at_end = response.position() == position;
  Filling filling(reader, limits, &portion);
  for (const event::Event& told : response.events()) {
    const std::optional<ShownEvent> shown = Show(told);
    if (!shown.has_value() || filling.Add(*shown)) continue;
    portion.position = shown->sequence - 1;
    break;
  }
  return portion;
}

}  // namespace dm::partner_feed
