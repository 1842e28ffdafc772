#include "common/events/feed.h"

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace dm::events {
namespace {

namespace pb = destinationmetier::event::v1;

constexpr int kLargestBatch = 500;
constexpr absl::Duration kPoll = absl::Milliseconds(20);
constexpr absl::Duration kPollWhenLost = absl::Milliseconds(500);
constexpr absl::Duration kSignOfLife = absl::Seconds(10);
// How soon a waiting subscriber notices that its reader has gone.
constexpr absl::Duration kCheckReader = absl::Milliseconds(200);
constexpr absl::Duration kQueryTime = absl::Seconds(10);

constexpr database::Statement kFeedEnd{"feed_end", "SELECT seq FROM outbox_counter"};

// Numbers are gapless, so what is missing below the first was deleted.
constexpr database::Statement kFeedExtent{"feed_extent", R"sql(
  SELECT c.seq AS last, coalesce((SELECT min(o.seq) FROM outbox o), c.seq + 1) AS first
  FROM outbox_counter c
)sql"};

constexpr database::Statement kReadFeed{"read_feed", R"sql(
  SELECT seq, id, type, subject, dm_micros(recorded) AS recorded, traceparent, payload
  FROM outbox
  WHERE seq > $1 AND seq <= $2 AND (cardinality($3::text[]) = 0 OR type = ANY ($3::text[]))
  ORDER BY seq LIMIT $4
)sql"};

pb::Event ToEvent(const pqxx::row& row, const std::string& source) {
  pb::Event event;
  event.set_sequence(row["seq"].as<int64_t>());
  event.set_id(row["id"].c_str());
  event.set_source(source);
  event.set_type(row["type"].c_str());
  event.set_subject(row["subject"].c_str());
  const auto micros = row["recorded"].as<int64_t>();
  event.mutable_time()->set_seconds(micros / 1'000'000);
  event.mutable_time()->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
  event.set_traceparent(row["traceparent"].c_str());
  event.mutable_data()->set_type_url(absl::StrCat("type.googleapis.com/", event.type()));
  event.mutable_data()->set_value(database::FromBytea(row["payload"]));
  return event;
}

absl::Status EventsExpired(int64_t first) {
  return MakeError(absl::StatusCode::kOutOfRange, "events after this position were deleted since",
                   {.reason = "EVENTS_EXPIRED", .metadata = {{"first", absl::StrCat(first)}}});
}

void CheckAfter(int64_t after, Violations& violations) {
  if (after < 0) violations.Add("after", "must not be negative");
}

class OutboxFeed final : public EventFeed {
 public:
  OutboxFeed(std::string source, database::Database* database)
      : source_(std::move(source)), database_(database), follower_([this] { FollowEnd(); }) {}

  ~OutboxFeed() override {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    follower_.join();
  }

  void Wake() override {
    absl::MutexLock lock(&mutex_);
    woken_ = true;
  }

  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline) override {
    auto binding = std::make_unique<rpc::ServiceBinding>(
        pb::Event::descriptor()->file()->FindServiceByName("EventFeedService"), pipeline);
    binding->Stream<pb::SubscribeRequest, pb::SubscribeResponse>(
        "Subscribe", {.roles = {auth::Role::kAnonymous}, .max_time = absl::InfiniteDuration()},
        [](const pb::SubscribeRequest& request, Violations& violations) {
          CheckAfter(request.after(), violations);
          if (request.from_end() && request.after() != 0) {
            violations.Add("after", "must be 0 together with from_end");
          }
        },
        [this](const rpc::Call&, const pb::SubscribeRequest& request,
               rpc::Writer<pb::SubscribeResponse>& writer) { return Stream(request, writer); });
    binding->Blocking<pb::ReadEventsRequest, pb::SubscribeResponse>(
        "ReadEvents", {.roles = {auth::Role::kAnonymous}, .max_time = kQueryTime},
        [](const pb::ReadEventsRequest& request, Violations& violations) {
          CheckAfter(request.after(), violations);
        },
        [this](const rpc::Call& call, const pb::ReadEventsRequest& request) {
          return Read(call, request);
        });
    return binding;
  }

 private:
  // Keeps end_ at the last number that is committed, for all subscribers: they cost no query while
  // nothing happens.
  void FollowEnd() {
    bool lost = false;
    absl::MutexLock lock(&mutex_);
    while (!stopping_) {
      woken_ = false;
      mutex_.Unlock();
      const auto end = database_->Query(absl::Now() + kQueryTime, kFeedEnd);
      mutex_.Lock();
      if (end.ok() == lost) {
        lost = !end.ok();
        telemetry::Log(lost ? telemetry::Severity::kError : telemetry::Severity::kInfo,
                       lost ? "feed_end_unknown" : "feed_end_known_again", {{"feed", source_}});
      }
      if (end.ok() && end->size() == 1) end_ = (*end)[0][0].as<int64_t>();
      mutex_.AwaitWithTimeout(absl::Condition(
                                  +[](OutboxFeed* self) { return self->StopOrWoken(); }, this),
                              lost ? kPollWhenLost : kPoll);
    }
  }

  bool StopOrWoken() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return stopping_ || woken_; }

  // Waits until the feed's end is beyond `position`, at most `patience`; the end.
  int64_t WaitBeyond(int64_t position, absl::Duration patience) {
    struct Goal {
      OutboxFeed* feed;
      int64_t position;
    } goal{this, position};
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(
                                +[](Goal* g) ABSL_NO_THREAD_SAFETY_ANALYSIS {
                                  return g->feed->stopping_ || g->feed->end_ > g->position;
                                },
                                &goal),
                            patience);
    return end_;
  }

  absl::Status Stream(const pb::SubscribeRequest& request,
                      rpc::Writer<pb::SubscribeResponse>& writer) {
    const auto end = EndFor(request.after(), absl::Now() + kQueryTime);
    if (!end.ok()) return end.status();
    const int64_t committed = *end;
    const std::vector<std::string> types(request.types().begin(), request.types().end());
    int64_t position = request.from_end() ? committed : request.after();
    {
      absl::MutexLock lock(&mutex_);
      end_ = std::max(end_, committed);
    }
    pb::SubscribeResponse response;
    // The first response goes out at once, so that a reader knows that it is connected and where it
    // stands: what is there, or nothing.
    absl::Time last_sent = absl::InfinitePast();
    while (!writer.Cancelled()) {
      const int64_t known_end = WaitBeyond(position, kCheckReader);
      if (known_end <= position && absl::Now() < last_sent + kSignOfLife) continue;
      if (known_end > position) {
        absl::Status status = Fill(position, known_end, types, &response);
        if (!status.ok()) return status;
      } else {
        response.Clear();
        response.set_position(position);
      }
      response.set_end(std::max(known_end, response.position()));
      position = response.position();
      if (!writer.Write(response)) break;
      last_sent = absl::Now();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<pb::SubscribeResponse> Read(const rpc::Call& call,
                                             const pb::ReadEventsRequest& request) {
    const auto end = EndFor(request.after(), call.deadline);
    if (!end.ok()) return end.status();
    const std::vector<std::string> types(request.types().begin(), request.types().end());
    pb::SubscribeResponse response;
    absl::Status status = Fill(request.after(), *end, types, &response);
    if (!status.ok()) return status;
    response.set_end(*end);
    return response;
  }

  // The feed's end, for who wants everything after `after`.
  absl::StatusOr<int64_t> EndFor(int64_t after, absl::Time deadline) {
    const auto extent = database_->Query(deadline, kFeedExtent);
    if (!extent.ok()) return extent.status();
    const auto first = (*extent)[0]["first"].as<int64_t>();
    const auto last = (*extent)[0]["last"].as<int64_t>();
    if (after > last) {
      Violations violations;
      violations.Add("after", "is beyond the feed's end");
      return violations.ToStatus();
    }
    if (after > 0 && after < first - 1) return EventsExpired(first);
    return last;
  }

  absl::Status Fill(int64_t position, int64_t known_end, const std::vector<std::string>& types,
                    pb::SubscribeResponse* response) {
    const auto rows = database_->Query(absl::Now() + kQueryTime, kReadFeed, position, known_end,
                                       types, kLargestBatch);
    if (!rows.ok()) return rows.status();
    response->Clear();
    for (const pqxx::row& row : *rows) *response->add_events() = ToEvent(row, source_);
    response->set_position(response->events_size() == kLargestBatch
                               ? response->events(kLargestBatch - 1).sequence()
                               : known_end);
    return absl::OkStatus();
  }

  const std::string source_;
  database::Database* const database_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
  int64_t end_ ABSL_GUARDED_BY(mutex_) = 0;
  // Last, so that it starts when all else is there.
  std::thread follower_;
};

}  // namespace

std::unique_ptr<EventFeed> EventFeed::Create(std::string source, database::Database* database) {
  return std::make_unique<OutboxFeed>(std::move(source), database);
}

}  // namespace dm::events
