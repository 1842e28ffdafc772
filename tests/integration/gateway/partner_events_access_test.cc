// Who may follow, what they may ask for, and which events they see.
#include "tests/integration/gateway/partner_events_world.h"

#include <set>
#include <string>

namespace dm::gateway {
namespace {

using ::testing::UnorderedElementsAre;

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

}  // namespace
}  // namespace dm::gateway
