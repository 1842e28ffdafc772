// Positions that one cannot go on from.
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "tests/integration/gateway/partner_events_world.h"

#include <string>
#include <vector>

namespace dm::gateway {
namespace {

using ::testing::IsEmpty;

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

}  // namespace
}  // namespace dm::gateway
