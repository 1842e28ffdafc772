// Long polls and streams: who waits is told soon, and where to go on from.
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tests/integration/gateway/partner_events_world.h"

#include <string>
#include <thread>
#include <vector>

namespace dm::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

TEST_F(PartnerEventsTest, WhoWaitsIsAnsweredAtOnceWhenTheGatewayStops) {
  Open({.most_readers = 1});
  pb::ListEventsRequest request;
  request.set_after(EndPosition());
  pb::PartnerEvents page;
  grpc::Status status = grpc::Status::CANCELLED;
  // It is the one reader that there may be, once no other asks at that moment.
  std::thread waiter([&] {
    do {
      status = List(request, &page);
    } while (status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED);
  });
  pb::ListEventsRequest another;
  another.set_wait(0);
  pb::PartnerEvents nothing;
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (List(another, &nothing).ok() && absl::Now() < deadline) {
  }
  const absl::Time start = absl::Now();
  pipeline_->StopStreams();
  waiter.join();
  EXPECT_LT(absl::Now() - start, absl::Seconds(5));
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(page.position().empty());
}

}  // namespace
}  // namespace dm::gateway
