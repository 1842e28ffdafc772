// What one reader may cost the gateway: time to take what it asked for, and feeds at once.
#include "absl/time/clock.h"
#include "common/telemetry/metrics.h"
#include "tests/integration/gateway/partner_events_world.h"

#include <string>

namespace dm::gateway {
namespace {

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

}  // namespace
}  // namespace dm::gateway
