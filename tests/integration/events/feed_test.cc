// A producer's outbox, its feed over a real gRPC connection, and consumers with their cursors.
#include "common/events/feed.h"

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/auth/jwt_verifier.h"
#include "common/database/migrations.h"
#include "common/events/outbox.h"
#include "common/events/subscriber.h"
#include "common/telemetry/metrics.h"
#include "destinationmetier/event/v1/event_feed_service.grpc.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "tests/support/postgres.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
}  // namespace dm::database

namespace dm::events {
namespace {

namespace pb = destinationmetier::event::v1;

const std::string kResourceChanged = pb::ResourceChanged::descriptor()->full_name();

class FeedTest : public ::testing::Test {
 protected:
  FeedTest()
      : database_(dm::testing::TestDatabase::Create()),
        producer_(database_.OpenAs("catalogue")),
        consumer_(database_.OpenAs("booking", 6)),
        verifier_("issuer", "audience", &Clock::System()),
        pipeline_({.executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()}),
        feed_(EventFeed::Create("catalogue", producer_.get())),
        binding_(feed_->Bind(&pipeline_)) {
    for (const char* service : {"catalogue", "booking"}) {
      const absl::Status migrated = database::Migrate(
          *database_.OpenAsOwner(service),
          {{"database", &database::kDatabaseMigrations}, {"events", &database::kEventsMigrations}});
      EXPECT_TRUE(migrated.ok()) << migrated;
    }
    database_.AllowCreate("booking");
    Exec(*consumer_, "CREATE TABLE effects (nth bigserial, sequence bigint, subject text)");
    Serve(0);
  }

  ~FeedTest() override { StopServing(); }

  void Serve(int port) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", port), grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(binding_.get());
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
  }

  void StopServing() {
    pipeline_.StopStreams();
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }

  std::shared_ptr<grpc::Channel> Channel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
    return grpc::CreateCustomChannel(absl::StrCat("127.0.0.1:", port_),
                                     grpc::InsecureChannelCredentials(), arguments);
  }

  static void Exec(database::Database& pool, const std::string& sql) {
    const absl::Status status =
        pool.Write(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          transaction.raw().exec(sql);
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
  }

  int64_t Count(const std::string& sql) {
    int64_t number = -1;
    const absl::Status status =
        consumer_->Read(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          number = transaction.raw().exec(sql)[0][0].as<int64_t>();
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return number;
  }

  void Emit(const std::string& subject, int count = 1) {
    const absl::Status status =
        producer_->Write(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          std::vector<NewEvent> events;
          for (int i = 0; i < count; ++i) {
            pb::ResourceChanged changed;
            changed.set_name(subject);
            events.push_back(MakeEvent(subject, changed));
          }
          AppendToOutbox(transaction, events, "", absl::Now());
          return absl::OkStatus();
        });
    ASSERT_TRUE(status.ok()) << status;
  }

  // Writes one row an event.
  static absl::Status WriteEffects(database::Transaction& transaction,
                                   absl::Span<const pb::Event> events) {
    for (const pb::Event& event : events) {
      transaction.raw().exec(absl::StrCat("INSERT INTO effects (sequence, subject) VALUES (",
                                          event.sequence(), ", '", event.subject(), "')"));
    }
    return absl::OkStatus();
  }

  std::unique_ptr<FeedSubscriber> Subscribe(FeedSubscriber::Apply apply = WriteEffects,
                                            std::vector<std::string> types = {}, int batch = 200) {
    return FeedSubscriber::Start(
        {.feed = "catalogue", .types = std::move(types), .channel = Channel(), .batch = batch},
        consumer_.get(), std::move(apply), nullptr);
  }

  static void WaitUntil(const std::function<bool()>& holds, const char* what) {
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (!holds()) {
      ASSERT_LT(absl::Now(), deadline) << "waited in vain: " << what;
      absl::SleepFor(absl::Milliseconds(5));
    }
  }

  void WaitForEffects(int64_t count) {
    WaitUntil([&] { return Count("SELECT count(*) FROM effects") >= count; }, "effects");
  }

  void ExpectEachOnceInOrder(int64_t count) {
    EXPECT_EQ(Count("SELECT count(*) FROM effects"), count);
    EXPECT_EQ(
        Count("SELECT count(*) FROM (SELECT sequence, row_number() OVER (ORDER BY nth) AS row "
              "FROM effects) AS e WHERE sequence <> row"),
        0)
        << "an event is missing, repeated or out of order";
  }

  dm::testing::TestDatabase database_;
  std::unique_ptr<database::Database> producer_;
  std::unique_ptr<database::Database> consumer_;
  Executor executor_{{}};
  auth::JwtVerifier verifier_;
  rpc::Pipeline pipeline_;
  std::unique_ptr<EventFeed> feed_;
  std::unique_ptr<rpc::ServiceBinding> binding_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

TEST_F(FeedTest, EventsOfConcurrentTransactionsArriveOnceAndInOrder) {
  auto subscriber = Subscribe(WriteEffects, {}, 7);
  std::vector<std::thread> writers;
  for (int w = 0; w < 4; ++w) {
    writers.emplace_back([&] {
      for (int i = 0; i < 50; ++i) Emit("offers/-", 1 + i % 3);
    });
  }
  for (std::thread& writer : writers) writer.join();
  const int64_t sent = Count("SELECT 4 * (17 * 1 + 17 * 2 + 16 * 3)");
  WaitForEffects(sent);
  ExpectEachOnceInOrder(sent);
}

TEST_F(FeedTest, ATransactionThatRollsBackLeavesNeitherEventNorGap) {
  auto subscriber = Subscribe();
  Emit("offers/1");
  const absl::Status refused =
      producer_->Write(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
        AppendToOutbox(transaction, {MakeEvent("offers/2", pb::ResourceChanged())}, "",
                       absl::Now());
        return absl::AbortedError("changed its mind");
      });
  EXPECT_EQ(refused.code(), absl::StatusCode::kAborted);
  Emit("offers/3");
  WaitForEffects(2);
  ExpectEachOnceInOrder(2);
}

TEST_F(FeedTest, AnEventWhoseEffectFailsIsTriedAgainAndNotSkipped) {
  std::atomic<int> failures = 3;
  auto subscriber = Subscribe(
      [&](database::Transaction& transaction, absl::Span<const pb::Event> events) -> absl::Status {
        const absl::Status status = WriteEffects(transaction, events);
        return failures-- > 0 ? absl::InternalError("not yet") : status;
      });
  Emit("offers/1", 5);
  WaitForEffects(5);
  ExpectEachOnceInOrder(5);
}

TEST_F(FeedTest, WhatHadArrivedBehindAFailureWaitsForIt) {
  // More than one response, so that the next is there while the first fails.
  constexpr int kEvents = 3000;
  Emit("offers/1", kEvents);
  std::atomic<int> applied = 0;
  auto subscriber = Subscribe(
      [&](database::Transaction& transaction, absl::Span<const pb::Event> events) -> absl::Status {
        const absl::Status status = WriteEffects(transaction, events);
        return ++applied % 4 == 1 ? absl::InternalError("not yet") : status;
      });
  WaitForEffects(kEvents);
  ExpectEachOnceInOrder(kEvents);
}

TEST_F(FeedTest, ReplicasOfAConsumerShareTheWorkWithoutRepeatingIt) {
  auto first = Subscribe();
  auto second = Subscribe();
  Emit("offers/1", 20);
  WaitForEffects(20);
  WaitUntil([&] { return first->CaughtUp() && second->CaughtUp(); }, "both are caught up");
  // Whichever reads now goes; the other takes over where it stopped.
  first.reset();
  Emit("offers/2", 20);
  WaitForEffects(40);
  second.reset();
  ExpectEachOnceInOrder(40);
}

TEST_F(FeedTest, AConsumerWithoutALeaseThatWasStolenWritesNothing) {
  auto subscriber = Subscribe();
  Emit("offers/1", 3);
  WaitForEffects(3);
  const auto& failures =
      telemetry::CounterOf("dm_feed_failures_total", "Events that could not be applied at once",
                           {{"feed", "catalogue"}});
  const double before = failures.Value();
  // Another replica took the cursor over and is ahead.
  Exec(*consumer_,
       "UPDATE feed_cursors SET holder = 'other', position = 5, "
       "lease_until = clock_timestamp() + interval '1 hour'");
  Emit("offers/2", 4);
  // The stale reader notices: it can no longer move the cursor, and asks for the lease in vain.
  WaitUntil([&] { return failures.Value() > before; }, "the stale reader was refused");
  EXPECT_EQ(Count("SELECT count(*) FROM effects"), 3);
  EXPECT_EQ(Count("SELECT position FROM feed_cursors"), 5);
}

TEST_F(FeedTest, OnlyTheTypesAskedForComeAndTheCursorStillMovesOn) {
  auto subscriber = Subscribe(WriteEffects, {pb::SeatsChanged::descriptor()->full_name()});
  Emit("offers/1", 10);
  WaitUntil([&] { return Count("SELECT coalesce(max(position), 0) FROM feed_cursors") == 10; },
            "the cursor is at the end");
  EXPECT_EQ(Count("SELECT count(*) FROM effects"), 0);
}

TEST_F(FeedTest, AWatcherHearsWhatIsNewAndIsToldOfGaps) {
  Emit("offers/old", 3);
  std::atomic<int> heard = 0;
  std::atomic<int> gaps = 0;
  auto watcher = FeedWatcher::Start(
      Channel(), {},
      [&](absl::Span<const pb::Event> events) { heard += static_cast<int>(events.size()); },
      [&] { ++gaps; });
  WaitUntil([&] { return gaps >= 1; }, "the watcher is connected");
  Emit("offers/new", 2);
  WaitUntil([&] { return heard >= 2; }, "the new events");
  EXPECT_EQ(heard, 2);
}

TEST_F(FeedTest, APageTellsWhatIsThereAndHowFarItReaches) {
  Emit("offers/1", 3);
  const auto stub = pb::EventFeedService::NewStub(Channel());
  const auto read = [&](int64_t after, std::vector<std::string> types,
                        pb::SubscribeResponse* page) {
    grpc::ClientContext context;
    pb::ReadEventsRequest request;
    request.set_after(after);
    for (const std::string& type : types) request.add_types(type);
    return stub->ReadEvents(&context, request, page).error_code();
  };
  pb::SubscribeResponse page;
  ASSERT_EQ(read(1, {}, &page), grpc::StatusCode::OK);
  ASSERT_EQ(page.events_size(), 2);
  EXPECT_EQ(page.events(0).sequence(), 2);
  EXPECT_EQ(page.position(), 3);
  ASSERT_EQ(read(0, {pb::SeatsChanged::descriptor()->full_name()}, &page), grpc::StatusCode::OK);
  EXPECT_EQ(page.events_size(), 0);
  EXPECT_EQ(page.position(), 3);
  EXPECT_EQ(read(4, {}, &page), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(read(-1, {}, &page), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(FeedTest, WhoAsksForEventsThatWereDeletedIsToldSo) {
  Emit("offers/1", 5);
  Exec(*database_.OpenAsOwner("catalogue"), "DELETE FROM outbox WHERE seq <= 3");
  const auto stub = pb::EventFeedService::NewStub(Channel());
  const auto read = [&](int64_t after, int* events) {
    grpc::ClientContext context;
    pb::ReadEventsRequest request;
    request.set_after(after);
    pb::SubscribeResponse page;
    const grpc::Status status = stub->ReadEvents(&context, request, &page);
    *events = page.events_size();
    return status.error_code();
  };
  int events = 0;
  EXPECT_EQ(read(2, &events), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(read(3, &events), grpc::StatusCode::OK);
  EXPECT_EQ(events, 2);
  EXPECT_EQ(read(0, &events), grpc::StatusCode::OK);
  EXPECT_EQ(events, 2);
  Exec(*database_.OpenAsOwner("catalogue"), "DELETE FROM outbox");
  EXPECT_EQ(read(3, &events), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(read(5, &events), grpc::StatusCode::OK);
  EXPECT_EQ(events, 0);
  grpc::ClientContext context;
  pb::SubscribeRequest request;
  request.set_after(1);
  pb::SubscribeResponse response;
  const auto stream = stub->Subscribe(&context, request);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::OUT_OF_RANGE);
}

}  // namespace
}  // namespace dm::events
