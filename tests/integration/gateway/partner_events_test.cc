// What partners follow: several feeds as one, with one position to go on from.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "destinationmetier/event/v1/booking_events.pb.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "destinationmetier/event/v1/person_events.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "destinationmetier/gateway/v1/partner_event_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "services/gateway/api/partner_event_api.h"
#include "tests/support/fake_feed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace dm::gateway {
namespace {

namespace event = destinationmetier::event::v1;
namespace pb = destinationmetier::gateway::v1;

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// "role:scope:61+14" is somebody of that role, scope and territory, whose subject is all of that.
class PlainVerifier final : public auth::TokenVerifier {
 public:
  absl::StatusOr<auth::Caller> Verify(absl::string_view token) const override {
    const std::vector<std::string> parts = absl::StrSplit(token, ':');
    auth::Caller caller;
    caller.subject = std::string(token);
    caller.roles.Add(parts[0] == "partner"    ? auth::Role::kPartner
                     : parts[0] == "agency"   ? auth::Role::kAgency
                     : parts[0] == "operator" ? auth::Role::kOperator
                                              : auth::Role::kHost);
    caller.scopes = {parts[1]};
    caller.territory = absl::StrSplit(parts[2], '+', absl::SkipEmpty());
    return caller;
  }
};

constexpr char kPartnerOf61[] = "partner:events.read:61";

std::string ReasonOf(const grpc::Status& status, std::string* position = nullptr) {
  google::rpc::Status error;
  error.ParseFromString(status.error_details());
  google::rpc::ErrorInfo info;
  for (const auto& detail : error.details()) {
    if (!detail.UnpackTo(&info)) continue;
    if (position != nullptr) *position = info.metadata().at("position");
    return info.reason();
  }
  return "";
}

event::SeatsChanged Seats(const std::string& department, int held = 1) {
  event::SeatsChanged seats;
  seats.set_session("offers/1/sessions/1");
  seats.set_held(held);
  seats.set_department(department);
  return seats;
}

event::SessionClosed Closed(const std::string& department) {
  event::SessionClosed closed;
  closed.set_session("offers/1/sessions/1");
  closed.set_department(department);
  return closed;
}

class PartnerEventsTest : public ::testing::Test {
 protected:
  void Open(PartnerEventApi::Options options = {}) {
    options.sources = {{"catalogue", catalogue_.Channel()},
                       {"ambassador", ambassador_.Channel()},
                       {"booking", booking_.Channel()}};
    pipeline_ = std::make_unique<rpc::Pipeline>(rpc::Pipeline::Options{
        .executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()});
    api_ = std::make_unique<PartnerEventApi>(std::move(options), pipeline_.get(), &tokens_);
    binding_ = api_->Bind();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(binding_.get());
    server_ = builder.BuildAndStart();
    stub_ = pb::PartnerEventService::NewStub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", port), grpc::InsecureChannelCredentials()));
  }

  void TearDown() override {
    if (server_ == nullptr) return;
    pipeline_->StopStreams();
    server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(10));
    server_->Wait();
    api_.reset();
  }

  static void Prepare(grpc::ClientContext& context, const std::string& token) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(40));
    context.AddMetadata("authorization", "Bearer " + token);
  }

  grpc::Status List(const pb::ListEventsRequest& request, pb::PartnerEvents* page,
                    const std::string& token = kPartnerOf61) {
    grpc::ClientContext context;
    Prepare(context, token);
    return stub_->ListEvents(&context, request, page);
  }

  // What is there after a position, without waiting.
  pb::PartnerEvents Read(const std::string& after, const std::string& token = kPartnerOf61) {
    pb::ListEventsRequest request;
    request.set_after(after);
    request.set_wait(0);
    pb::PartnerEvents page;
    const grpc::Status status = List(request, &page, token);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return page;
  }

  std::string EndPosition(const std::string& token = kPartnerOf61) {
    pb::ListEventsRequest request;
    request.set_from_end(true);
    pb::PartnerEvents page;
    const absl::Time deadline = absl::Now() + absl::Seconds(20);
    while (!List(request, &page, token).ok()) {
      if (absl::Now() > deadline) {
        ADD_FAILURE() << "the feeds cannot be reached";
        break;
      }
    }
    return page.position();
  }

  // Follows until so many events have come; their subjects by source.
  std::map<std::string, std::vector<std::string>> FollowUntil(size_t count, std::string after,
                                                              std::string* position = nullptr) {
    std::map<std::string, std::vector<std::string>> subjects;
    size_t seen = 0;
    while (seen < count && !HasFailure()) {
      pb::ListEventsRequest request;
      request.set_after(after);
      request.set_wait(20);
      pb::PartnerEvents page;
      const grpc::Status status = List(request, &page);
      EXPECT_TRUE(status.ok()) << status.error_message();
      EXPECT_GT(page.events_size(), 0);
      for (const pb::PartnerEvent& one : page.events()) {
        subjects[one.source()].push_back(one.subject());
        ++seen;
      }
      after = page.position();
    }
    if (position != nullptr) *position = after;
    return subjects;
  }

  testing::FakeFeed catalogue_{"catalogue"};
  testing::FakeFeed ambassador_{"ambassador"};
  testing::FakeFeed booking_{"booking"};
  PlainVerifier verifier_;
  const rpc::PageTokens tokens_{std::string(32, 'k'), &Clock::System()};
  Executor executor_{{.threads = 1, .queue_capacity = 64}};
  std::unique_ptr<rpc::Pipeline> pipeline_;
  std::unique_ptr<PartnerEventApi> api_;
  std::unique_ptr<rpc::ServiceBinding> binding_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<pb::PartnerEventService::Stub> stub_;
};

TEST_F(PartnerEventsTest, WhatWasThereBeforeComesFromTheSourcesInTheOrderOfEach) {
  for (int i = 0; i < 3; ++i) {
    catalogue_.Append(absl::StrCat("c", i), Closed("61"));
    booking_.Append(absl::StrCat("b", i), Seats("61"));
  }
  Open();
  const auto seen = FollowUntil(6, "");
  EXPECT_THAT(seen.at("catalogue"), ElementsAre("c0", "c1", "c2"));
  EXPECT_THAT(seen.at("booking"), ElementsAre("b0", "b1", "b2"));
}

TEST_F(PartnerEventsTest, AReaderSeesItsTerritoryAndTheTypesItAskedFor) {
  booking_.Append("here", Seats("61"));
  booking_.Append("elsewhere", Seats("14"));
  booking_.Append("of old", Seats(""));
  catalogue_.Append("closed", Closed("61"));
  Open();
  pb::ListEventsRequest request;
  request.set_wait(0);
  request.add_types("SeatsChanged");
  pb::PartnerEvents page;
  ASSERT_TRUE(List(request, &page).ok());
  ASSERT_EQ(page.events_size(), 1);
  EXPECT_EQ(page.events(0).subject(), "here");
  EXPECT_EQ(page.events(0).department(), "61");
  EXPECT_EQ(page.events(0).specversion(), "1.0");
  EXPECT_EQ(page.events(0).type(), "destinationmetier.event.v1.SeatsChanged");
  ASSERT_TRUE(List(request, &page, "operator::").ok());
  EXPECT_EQ(page.events_size(), 2);
  ASSERT_TRUE(List(request, &page, "agency::14").ok());
  ASSERT_EQ(page.events_size(), 1);
  EXPECT_EQ(page.events(0).subject(), "elsewhere");
}

TEST_F(PartnerEventsTest, ALongPollAnswersWithinMomentsOfTheEvent) {
  Open();
  pb::ListEventsRequest request;
  request.set_after(EndPosition());
  absl::Notification answered;
  pb::PartnerEvents page;
  std::thread waiter([&] {
    EXPECT_TRUE(List(request, &page).ok());
    answered.Notify();
  });
  EXPECT_FALSE(answered.WaitForNotificationWithTimeout(absl::Milliseconds(300)));
  booking_.Append("now", Seats("61"));
  EXPECT_TRUE(answered.WaitForNotificationWithTimeout(absl::Seconds(5)));
  waiter.join();
  ASSERT_EQ(page.events_size(), 1);
  EXPECT_EQ(page.events(0).subject(), "now");
}

TEST_F(PartnerEventsTest, ALongPollThatMeetsNothingEndsWithAPositionBehindWhatOthersGot) {
  Open();
  pb::ListEventsRequest request;
  request.set_after(EndPosition());
  request.set_wait(1);
  booking_.Append("elsewhere", Seats("14"), 3);
  pb::PartnerEvents page;
  ASSERT_TRUE(List(request, &page).ok());
  EXPECT_THAT(page.events(), IsEmpty());
  EXPECT_NE(page.position(), request.after());
  booking_.Append("here", Seats("61"));
  EXPECT_THAT(FollowUntil(1, page.position()).at("booking"), ElementsAre("here"));
}

TEST_F(PartnerEventsTest, AStreamAndALongPollShareTheirPositions) {
  Open();
  const std::string start = EndPosition();
  booking_.Append("first", Seats("61"));
  std::string position;
  FollowUntil(1, start, &position);
  catalogue_.Append("second", Closed("61"));
  grpc::ClientContext context;
  Prepare(context, kPartnerOf61);
  pb::SubscribeRequest request;
  request.set_after(position);
  const auto stream = stub_->Subscribe(&context, request);
  pb::PartnerEvents message;
  std::vector<std::string> subjects;
  while (subjects.empty() && stream->Read(&message)) {
    for (const pb::PartnerEvent& one : message.events()) subjects.push_back(one.subject());
  }
  EXPECT_THAT(subjects, ElementsAre("second"));
  booking_.Append("third", Seats("61"));
  EXPECT_THAT(FollowUntil(1, message.position()).at("booking"), ElementsAre("third"));
  context.TryCancel();
}

TEST_F(PartnerEventsTest, AStreamSpeaksUpAtOnceAndWhenNothingHappens) {
  Open({.heartbeat = absl::Milliseconds(100)});
  grpc::ClientContext context;
  Prepare(context, kPartnerOf61);
  const auto stream = stub_->Subscribe(&context, pb::SubscribeRequest());
  pb::PartnerEvents message;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(stream->Read(&message));
    EXPECT_THAT(message.events(), IsEmpty());
    EXPECT_FALSE(message.position().empty());
  }
  context.TryCancel();
}

TEST_F(PartnerEventsTest, WhoIsFurtherBehindThanMemoryCatchesUpFromTheSource) {
  PartnerEventApi::Options options;
  options.mirrors.most_events = 10;
  Open(std::move(options));
  std::string position = EndPosition();
  for (int i = 0; i < 2'000; ++i) booking_.Append(absl::StrCat(i), Seats("61"));
  const auto seen = FollowUntil(2'000, position, &position);
  ASSERT_EQ(seen.at("booking").size(), 2'000u);
  for (int i = 0; i < 2'000; ++i)
    ASSERT_EQ(seen.at("booking")[static_cast<size_t>(i)], absl::StrCat(i));
  EXPECT_THAT(Read(position).events(), IsEmpty());
}

TEST_F(PartnerEventsTest, ManyReadersCostASourceOneStreamAndNoPages) {
  Open();
  const std::string start = EndPosition();
  const int pages = booking_.pages();
  std::vector<std::thread> readers;
  for (int i = 0; i < 12; ++i) {
    readers.emplace_back([&] {
      pb::ListEventsRequest request;
      request.set_after(start);
      pb::PartnerEvents page;
      EXPECT_TRUE(List(request, &page).ok());
      EXPECT_EQ(page.events_size(), 1);
    });
  }
  booking_.Append("one", Seats("61"));
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(booking_.streams(), 1);
  EXPECT_EQ(booking_.pages(), pages);
}

TEST_F(PartnerEventsTest, NothingIsLostWhileASourceIsAway) {
  Open();
  std::string position = EndPosition();
  booking_.Append("before", Seats("61"));
  FollowUntil(1, position, &position);
  booking_.Stop();
  catalogue_.Append("meanwhile", Closed("61"));
  EXPECT_THAT(FollowUntil(1, position, &position).at("catalogue"), ElementsAre("meanwhile"));
  booking_.Append("after", Seats("61"), 2);
  booking_.Start();
  EXPECT_THAT(FollowUntil(2, position).at("booking"), ElementsAre("after", "after"));
}

TEST_F(PartnerEventsTest, WhoseEventsWereDeletedIsToldToStartAnew) {
  PartnerEventApi::Options options;
  options.mirrors.most_events = 10;
  Open(std::move(options));
  const std::string start = EndPosition();
  booking_.Append("one", Seats("61"));
  std::string first;
  FollowUntil(1, start, &first);
  booking_.Append("many", Seats("61"), 100);
  std::string position;
  FollowUntil(100, first, &position);
  booking_.TrimTo(50);
  pb::ListEventsRequest request;
  request.set_after(first);
  pb::PartnerEvents page;
  const grpc::Status status = List(request, &page);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(ReasonOf(status), "EVENTS_EXPIRED");
  // Who is not that far behind, and who starts anew, are not concerned.
  EXPECT_THAT(Read(position).events(), IsEmpty());
  EXPECT_EQ(Read("").events_size(), 51);
}

TEST_F(PartnerEventsTest, APositionIsGoodForItsOwnFilterTerritoryAndFeedAlone) {
  Open();
  booking_.Append("one", Seats("61"), 5);
  pb::PartnerEvents mine = Read("");
  const std::string foreign = tokens_.Make("another query", {"0", "0", "0"});
  std::string changed = mine.position();
  changed[changed.size() / 2] = changed[changed.size() / 2] == 'A' ? 'B' : 'A';
  struct Case {
    std::string after;
    std::string token;
    std::vector<std::string> types;
  };
  for (const Case& wrong :
       {Case{changed, kPartnerOf61, {}}, Case{foreign, kPartnerOf61, {}},
        Case{"nonsense", kPartnerOf61, {}}, Case{mine.position(), kPartnerOf61, {"SeatsChanged"}},
        Case{mine.position(), "partner:events.read:61+14", {}},
        Case{mine.position(), "operator::", {}}}) {
    pb::ListEventsRequest request;
    request.set_after(wrong.after);
    for (const std::string& type : wrong.types) request.add_types(type);
    pb::PartnerEvents page;
    const grpc::Status status = List(request, &page, wrong.token);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << wrong.after;
    EXPECT_EQ(ReasonOf(status), "POSITION_INVALID") << wrong.after;
  }
}

TEST_F(PartnerEventsTest, APositionThatASourceHasNeverReachedIsRefused) {
  // As after a restore from a backup.
  Open();
  std::string position = EndPosition();
  booking_.Append("one", Seats("61"), 5);
  FollowUntil(5, position, &position);
  TearDown();
  testing::FakeFeed restored("booking");
  PartnerEventApi::Options options;
  options.sources = {{"catalogue", catalogue_.Channel()},
                     {"ambassador", ambassador_.Channel()},
                     {"booking", restored.Channel()}};
  PartnerEventApi again(options, pipeline_.get(), &tokens_);
  absl::Notification answered;
  grpc::Status outcome;
  pb::ListEventsRequest request;
  request.set_after(position);
  again.local()->Call("/destinationmetier.gateway.v1.PartnerEventService/ListEvents",
                      {.authorization = absl::StrCat("Bearer ", kPartnerOf61),
                       .traceparent = "",
                       .accept_language = "",
                       .start = absl::Now(),
                       .deadline = absl::InfiniteFuture()},
                      ToBytes(request), [&](UnaryAnswer answer) {
                        outcome = answer.status;
                        answered.Notify();
                      });
  ASSERT_TRUE(answered.WaitForNotificationWithTimeout(absl::Seconds(20)));
  EXPECT_EQ(ReasonOf(outcome), "POSITION_INVALID");
}

TEST_F(PartnerEventsTest, WhoMayNotFollowIsToldSo) {
  Open();
  struct Case {
    const char* token;
    grpc::StatusCode code;
  };
  for (const Case& one : {Case{"host:events.read:61", grpc::StatusCode::PERMISSION_DENIED},
                          Case{"partner:offers.read:61", grpc::StatusCode::PERMISSION_DENIED},
                          Case{"partner:events.read:61", grpc::StatusCode::OK},
                          Case{"agency::61", grpc::StatusCode::OK}}) {
    pb::ListEventsRequest request;
    request.set_wait(0);
    pb::PartnerEvents page;
    const grpc::Status status = List(request, &page, one.token);
    EXPECT_EQ(status.error_code(), one.code) << one.token;
    if (!status.ok()) {
      EXPECT_EQ(ReasonOf(status), "ROLE_MISSING");
    }
  }
  grpc::ClientContext context;
  pb::PartnerEvents page;
  const grpc::Status anonymous = stub_->ListEvents(&context, {}, &page);
  EXPECT_EQ(anonymous.error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(PartnerEventsTest, AWrongRequestIsRefusedWithAllThatIsWrong) {
  Open();
  pb::ListEventsRequest request;
  request.set_after("x");
  request.set_from_end(true);
  request.add_types("AgreementChanged");
  request.add_departments("Orne");
  request.set_wait(26);
  request.set_page_size(-1);
  pb::PartnerEvents page;
  const grpc::Status status = List(request, &page);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  google::rpc::Status error;
  ASSERT_TRUE(error.ParseFromString(status.error_details()));
  std::set<std::string> fields;
  google::rpc::BadRequest bad;
  for (const auto& detail : error.details()) {
    if (!detail.UnpackTo(&bad)) continue;
    for (const auto& violation : bad.field_violations()) fields.insert(violation.field());
  }
  EXPECT_THAT(fields,
              UnorderedElementsAre("after", "types[0]", "departments[0]", "wait", "page_size"));
  pb::ListEventsRequest outside;
  outside.add_departments("14");
  EXPECT_EQ(List(outside, &page).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(PartnerEventsTest, AReaderThatTakesNothingIsToldWhereToGoOn) {
  Open({.patience = absl::Milliseconds(300)});
  const std::string start = EndPosition();
  // More than fits into the windows of HTTP/2 and the buffers of the sockets.
  booking_.Append(std::string(1'000, 's'), Seats("61"), 30'000);
  grpc::ClientContext context;
  Prepare(context, kPartnerOf61);
  pb::SubscribeRequest request;
  request.set_after(start);
  const auto stream = stub_->Subscribe(&context, request);
  pb::PartnerEvents message;
  ASSERT_TRUE(stream->Read(&message));
  auto& sent = telemetry::CounterOf("partner_events_sent_total", "Events handed to partners",
                                    {{"face", "stream"}});
  // Until it has filled what it can fill.
  double before = -1;
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (sent.Value() != before && absl::Now() < deadline) {
    before = sent.Value();
    absl::SleepFor(absl::Milliseconds(500));
  }
  int taken = message.events_size();
  std::string last = message.position();
  while (stream->Read(&message)) {
    taken += message.events_size();
    last = message.position();
  }
  const grpc::Status status = stream->Finish();
  ASSERT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
  std::string position;
  EXPECT_EQ(ReasonOf(status, &position), "READER_TOO_SLOW");
  EXPECT_LT(taken, 30'000);
  // From what was taken last on, the rest comes; from the position that was told, at least that.
  EXPECT_EQ(FollowUntil(static_cast<size_t>(30'000 - taken), last).at("booking").size(),
            static_cast<size_t>(30'000 - taken));
  EXPECT_GT(Read(position).events_size(), 0);
}

TEST_F(PartnerEventsTest, OneCallerFollowsSoManyFeedsAndNoMore) {
  Open({.most_readers = 1});
  grpc::ClientContext context;
  Prepare(context, kPartnerOf61);
  const auto stream = stub_->Subscribe(&context, pb::SubscribeRequest());
  pb::PartnerEvents message;
  ASSERT_TRUE(stream->Read(&message));
  pb::ListEventsRequest request;
  request.set_wait(0);
  const grpc::Status status = List(request, &message);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ReasonOf(status), "TOO_MANY_READERS");
  EXPECT_TRUE(List(request, &message, "partner:events.read:14").ok());
  context.TryCancel();
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (!List(request, &message).ok()) ASSERT_LT(absl::Now(), deadline);
}

TEST_F(PartnerEventsTest, WhoWaitsIsAnsweredAtOnceWhenTheGatewayStops) {
  Open();
  pb::ListEventsRequest request;
  request.set_after(EndPosition());
  pb::PartnerEvents page;
  grpc::Status status = grpc::Status::CANCELLED;
  std::thread waiter([&] { status = List(request, &page); });
  absl::SleepFor(absl::Milliseconds(100));
  const absl::Time start = absl::Now();
  pipeline_->StopStreams();
  waiter.join();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(page.position().empty());
}

}  // namespace
}  // namespace dm::gateway
