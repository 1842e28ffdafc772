#include "common/events/subscriber.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/events/consumer_spans.h"
#include "common/events/feed_lag.h"
#include "common/events/feed_stream.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "common/text/uuid.h"

#include <atomic>
#include <optional>
#include <thread>
#include <utility>

namespace dm::events {
namespace {

namespace pb = destinationmetier::event::v1;

constexpr absl::Duration kLeaseSeconds = absl::Seconds(10);
constexpr absl::Duration kRenewEvery = absl::Seconds(3);
constexpr absl::Duration kAskAgain = absl::Seconds(1);
constexpr absl::Duration kWriteTime = absl::Seconds(30);
constexpr int kFullResponse = 500;

constexpr database::Statement kAddCursor{
    "add_cursor", "INSERT INTO feed_cursors (feed) VALUES ($1) ON CONFLICT DO NOTHING"};

constexpr database::Statement kTakeLease{"take_lease", R"sql(
  UPDATE feed_cursors
  SET holder = $2, lease_until = clock_timestamp() + make_interval(secs => $3)
  WHERE feed = $1 AND (holder = $2 OR lease_until < clock_timestamp())
  RETURNING position
)sql"};

// Free for the next replica at once.
constexpr database::Statement kGiveLeaseBack{"give_lease_back", R"sql(
  UPDATE feed_cursors SET lease_until = '-infinity' WHERE feed = $1 AND holder = $2
)sql"};

// The fence: a reader that lost its lease without noticing finds another position or holder.
constexpr database::Statement kMoveCursor{"move_cursor", R"sql(
  UPDATE feed_cursors SET position = $4
  WHERE feed = $1 AND holder = $2 AND position = $3
)sql"};

class LeasedFeedSubscriber final : public FeedSubscriber {
 public:
  LeasedFeedSubscriber(Options options, database::Database* database, Apply apply,
                       std::function<void()> after_commit)
      : options_(std::move(options)),
        database_(database),
        apply_(std::move(apply)),
        after_commit_(std::move(after_commit)),
        holder_(NewUuid(absl::Now())),
        lag_(options_.feed, absl::Now()),
        failures_counter_(telemetry::CounterOf("dm_feed_failures_total",
                                               "Events that could not be applied at once",
                                               {{"feed", options_.feed}})),
        stream_(options_.channel) {
    reader_ = std::thread([this] { ReadForEver(); });
    renewer_ = std::thread([this] { RenewForEver(); });
  }

  ~LeasedFeedSubscriber() override {
    stream_.Stop();
    reader_.join();
    renewer_.join();
    (void)database_->Write(absl::Now() + absl::Seconds(2), [this](database::Transaction& t) {
      t.Exec(kGiveLeaseBack, options_.feed, holder_);
      return absl::OkStatus();
    });
  }

  bool CaughtUp() const override { return caught_up_; }

 private:
  // The position when this replica may read now, absent when another one does.
  absl::StatusOr<std::optional<int64_t>> TakeLease() {
    using Position = std::optional<int64_t>;
    return database_->Write(
        absl::Now() + kRenewEvery, [this](database::Transaction& t) -> absl::StatusOr<Position> {
          const double seconds = absl::ToDoubleSeconds(kLeaseSeconds);
          pqxx::result rows = t.Exec(kTakeLease, options_.feed, holder_, seconds);
          if (rows.empty()) {
            t.Exec(kAddCursor, options_.feed);
            rows = t.Exec(kTakeLease, options_.feed, holder_, seconds);
          }
          if (rows.empty()) return Position();
          return Position(rows[0][0].as<int64_t>());
        });
  }

  void ReadForEver() {
    int failures = 0;
    while (!stream_.stopped()) {
      const auto lease = TakeLease();
      if (!lease.ok()) {
        Complain("feed_lease_failed", lease.status());
        stream_.Pause(FeedBackoff(++failures));
        continue;
      }
      if (!lease->has_value()) {
        caught_up_ = true;
        failures = 0;
        stream_.Pause(kAskAgain);
        continue;
      }
      SetReading(true);
      failures = ReadFrom(**lease) ? 0 : failures + 1;
      SetReading(false);
      stream_.Pause(FeedBackoff(failures + 1));
    }
  }

  void SetReading(bool reading) {
    reading_ = reading;
    lag_.SetReading(reading, absl::Now());
  }

  // Reads on from a position until the stream breaks; whether anything was read.
  bool ReadFrom(int64_t position) {
    pb::SubscribeRequest request;
    request.set_after(position);
    for (const std::string& type : options_.types) request.add_types(type);
    bool any = false;
    const grpc::Status status = stream_.Read(request, [&](const FeedStream::Response& response) {
      const absl::Status applied = Store(response, &position);
      if (!applied.ok()) {
        failures_counter_.Increment();
        Complain("feed_events_not_applied", applied);
        return false;
      }
      any = true;
      // Less than a full response is all there is.
      if (response.events_size() < kFullResponse) caught_up_ = true;
      return true;
    });
    if (!status.ok() && !stream_.stopped() && status.error_code() != grpc::StatusCode::CANCELLED) {
      telemetry::Log(telemetry::Severity::kWarning, "feed_lost",
                     {{"feed", options_.feed}, {"code", static_cast<int>(status.error_code())}});
    }
    return any;
  }

  absl::Status Store(const FeedStream::Response& response, int64_t* position) {
    std::vector<pb::Event> events(response.events().begin(), response.events().end());
    const auto batch = static_cast<size_t>(options_.batch);
    absl::Span<pb::Event> rest = absl::MakeSpan(events);
    while (!rest.empty() || *position < response.position()) {
      const absl::Span<pb::Event> some = rest.subspan(0, batch);
      rest.remove_prefix(some.size());
      const int64_t next = rest.empty() ? response.position() : some.back().sequence();
      absl::Status status = StoreSome(some, *position, next);
      if (!status.ok()) return status;
      *position = next;
      lag_.At(next, response.end(), absl::Now());
      if (after_commit_ && !some.empty()) after_commit_();
    }
    lag_.At(*position, response.end(), absl::Now());
    return absl::OkStatus();
  }

  absl::Status StoreSome(absl::Span<pb::Event> events, int64_t from, int64_t to) {
    ConsumerSpans spans(options_.feed, events);
    const telemetry::TraceScope scope(spans.first());
    absl::Status status = WriteEffect(events, from, to);
    spans.End(status.code());
    return status;
  }

  absl::Status WriteEffect(absl::Span<const pb::Event> events, int64_t from, int64_t to) {
    return database_->Write(absl::Now() + kWriteTime, [&](database::Transaction& t) {
      const pqxx::result moved = t.Exec(kMoveCursor, options_.feed, holder_, from, to);
      if (moved.affected_rows() != 1) {
        return absl::AbortedError("another replica reads the feed");
      }
      return events.empty() ? absl::OkStatus() : apply_(t, events);
    });
  }

  void RenewForEver() {
    while (!stream_.stopped()) {
      stream_.Pause(kRenewEvery);
      lag_.Refresh(absl::Now());
      if (!reading_ || stream_.stopped()) continue;
      const auto lease = TakeLease();
      if (lease.ok() && !lease->has_value()) stream_.Interrupt();
    }
  }

  void Complain(absl::string_view event, const absl::Status& status) {
    telemetry::Log(telemetry::Severity::kError, event,
                   {{"feed", options_.feed},
                    {"code", absl::StatusCodeToString(status.code())},
                    {"cause", status.message()}});
  }

  const Options options_;
  database::Database* const database_;
  const Apply apply_;
  const std::function<void()> after_commit_;
  // Tells this replica's lease from others'.
  const std::string holder_;
  FeedLag lag_;
  prometheus::Counter& failures_counter_;
  FeedStream stream_;
  std::atomic<bool> caught_up_ = false;
  std::atomic<bool> reading_ = false;
  std::thread reader_;
  std::thread renewer_;
};

}  // namespace

std::unique_ptr<FeedSubscriber> FeedSubscriber::Start(Options options, database::Database* database,
                                                      Apply apply,
                                                      std::function<void()> after_commit) {
  return std::make_unique<LeasedFeedSubscriber>(std::move(options), database, std::move(apply),
                                                std::move(after_commit));
}

}  // namespace dm::events
