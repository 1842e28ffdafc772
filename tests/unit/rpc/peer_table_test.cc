#include "common/rpc/peer_table.h"

#include "common/errors/error.h"
#include "common/rpc/method_table.h"

#include <gtest/gtest.h>

namespace dm::rpc {
namespace {

using Names = std::vector<std::string>;

constexpr char kGetBooking[] = "/destinationmetier.booking.v1.BookingService/GetBooking";
constexpr char kSubscribe[] = "/destinationmetier.event.v1.EventFeedService/Subscribe";
constexpr char kSendLink[] = "/destinationmetier.notification.v1.LinkService/SendLink";

TEST(PeerTable, HasEveryMethodAndNoOther) {
  const absl::Status status = CheckPeerTable();
  EXPECT_TRUE(status.ok()) << status.message();
}

// Who is admitted from outside comes by the one process that stands there, and gets no further than
// the gateway.
TEST(PeerTable, LetsTheEdgeReachTheGatewayAlone) {
  for (const PeerPolicy& line : PeerTable()) {
    EXPECT_EQ(line.callers.count(kEdge), line.server == "gateway" ? 1U : 0U)
        << line.server << line.path;
    EXPECT_EQ(line.callers.count(line.server), 0U) << line.server << line.path;
  }
}

// What people are kept from calling is for services, and the other way round.
TEST(PeerTable, LetsServicesCallWhatIsNotShownOutside) {
  for (const char* const path : {kSubscribe, kSendLink}) {
    EXPECT_FALSE(PeerAllowance("gateway").Check(Names{"edge"}, path).ok()) << path;
  }
  EXPECT_TRUE(PeerAllowance("catalogue").Check(Names{"booking"}, kSubscribe).ok());
  EXPECT_FALSE(PeerAllowance("catalogue").Check(Names{"ambassador"}, kSubscribe).ok());
  EXPECT_TRUE(PeerAllowance("booking").Check(Names{"ambassador"}, kSubscribe).ok());
  EXPECT_TRUE(PeerAllowance("notification").Check(Names{"booking"}, kSendLink).ok());
  EXPECT_FALSE(PeerAllowance("notification").Check(Names{"gateway"}, kSendLink).ok());
}

TEST(PeerTable, KnowsAProcessByTheOneNameOfOurs) {
  const PeerAllowance allowance("booking");
  EXPECT_TRUE(allowance.Check(Names{"gateway"}, kGetBooking).ok());
  EXPECT_TRUE(allowance.Check(Names{"gateway.svc.example", "gateway"}, kGetBooking).ok());
  for (const Names& names : {Names{}, Names{"GATEWAY"}, Names{"gateway.svc.example"}, Names{"*"},
                             Names{"gateway", "catalogue"}, Names{"catalogue"}, Names{""}}) {
    const absl::Status status = allowance.Check(names, kGetBooking);
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
    EXPECT_EQ(ErrorReasonOf(status), "PEER_NOT_ALLOWED");
  }
  EXPECT_FALSE(allowance.Check(Names{"gateway"}, "/grpc.other/Method").ok());
  EXPECT_FALSE(PeerAllowance("nobody").Check(Names{"gateway"}, kGetBooking).ok());
}

}  // namespace
}  // namespace dm::rpc
