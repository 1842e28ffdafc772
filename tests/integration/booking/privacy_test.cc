// What booking keeps of people, for how long, and how they get it back or out.
#include "services/booking/api/privacy_service.h"
#include "services/booking/privacy/erasures.h"
#include "services/booking/privacy/retention.h"
#include "services/booking/store/personal_data.h"
#include "tests/integration/booking/booking_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

class PrivacyTest : public ::testing::Test {
 protected:
  PrivacyTest()
      : service_(&world_.pool(), &world_.clock(), nullptr),
        erasures_(&world_.pool(), &world_.clock(), nullptr) {}

  absl::StatusOr<pb::Erasure> Erase(const auth::Caller& caller, const std::string& name) {
    pb::ErasePersonRequest request;
    request.set_name(name);
    request.set_request_id(NewUuid(absl::Now()));
    return service_.Erase(*BookingWorld::CallOf(caller), request);
  }
  absl::StatusOr<pb::PersonExport> Export(const auth::Caller& caller, const std::string& name) {
    pb::ExportPersonRequest request;
    request.set_name(name);
    return service_.Export(*BookingWorld::CallOf(caller), request);
  }
  // How many rows of the schema, of whatever table, hold the text anywhere; the feed's ids and the
  // receipt left out.
  int64_t RowsThatHold(const std::string& text) {
    int64_t rows = 0;
    for (const PersonalTable& table : PersonalTables()) {
      rows += world_.Count(absl::StrCat("SELECT count(*) FROM ", table.table,
                                        " AS t WHERE to_jsonb(t)::text LIKE '%", text, "%'")
                               .c_str());
    }
    return rows;
  }

  BookingWorld world_;
  PrivacyService service_;
  Erasures erasures_;
};

TEST_F(PrivacyTest, EveryTableIsInTheRegister) {
  std::set<std::string> registered(ImpersonalTables().begin(), ImpersonalTables().end());
  for (const PersonalTable& table : PersonalTables()) registered.insert(table.table);
  std::set<std::string> there;
  ASSERT_TRUE(world_.pool()
                  .Read(absl::Now() + absl::Seconds(10),
                        [&](database::Transaction& transaction) {
                          for (const pqxx::row& row : transaction.raw().exec(
                                   "SELECT table_name FROM information_schema.tables "
                                   "WHERE table_schema = 'booking'")) {
                            there.insert(row[0].c_str());
                          }
                          return absl::OkStatus();
                        })
                  .ok());
  EXPECT_THAT(there, ::testing::ContainerEq(registered));
}

TEST_F(PrivacyTest, AnErasureFreesTheSeatsTakesTheNameAwayAndKeepsTheCounts) {
  const std::string session = world_.AddSession(1);
  const auto booked = world_.Book("zoe-canari", session);
  ASSERT_TRUE(booked.ok()) << booked.status();
  const auto waiting = world_.Join("bob", session);
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  const auto asked = Erase(BookingWorld::Pupil("zoe-canari"), "people/me");
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->state(), pb::Erasure::STATE_PENDING);
  EXPECT_EQ(asked->name(), "people/zoe-canari/erasure");
  // Nothing new is made for somebody who is on the way out.
  EXPECT_EQ(
      ErrorReasonOf(world_.Book("zoe-canari", world_.AddSession(1, absl::Hours(99))).status()),
      "PROFILE_REQUIRED");
  world_.ReviewDue();
  EXPECT_EQ(world_.Get(BookingWorld::Pupil("bob"), waiting->name()).state(),
            pb::Booking::STATE_OFFERED);
  ASSERT_EQ(erasures_.RunOnce().value_or(-1), 1);
  EXPECT_EQ(erasures_.RunOnce().value_or(-1), 0);
  EXPECT_EQ(RowsThatHold("zoe-canari"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM bookings"), 2);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM outbox WHERE type LIKE '%PersonErased'"), 1);
  pb::GetErasureRequest get;
  get.set_name("people/me/erasure");
  const auto receipt = service_.Get(*BookingWorld::CallOf(BookingWorld::Pupil("zoe-canari")), get);
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->state(), pb::Erasure::STATE_DONE);
  world_.ExpectSoundLedger();
}

TEST_F(PrivacyTest, AnExportHoldsEveryTableThatNamesThePerson) {
  ASSERT_TRUE(world_.Book("ana", world_.AddSession(1)).ok());
  const auto exported = Export(BookingWorld::Pupil("ana"), "people/me");
  ASSERT_TRUE(exported.ok()) << exported.status();
  std::vector<std::string> tables;
  for (const pb::ExportedTable& table : exported->tables()) {
    tables.push_back(table.table());
    EXPECT_FALSE(table.purpose().empty());
    EXPECT_GT(table.rows_size(), 0);
  }
  EXPECT_THAT(tables, ::testing::UnorderedElementsAre("applicants", "bookings", "transitions",
                                                      "answered_requests"));
}

TEST_F(PrivacyTest, OthersAreToldThatThereIsNobody) {
  ASSERT_TRUE(world_.Book("ana", world_.AddSession(1)).ok());
  for (const auth::Caller& caller :
       {BookingWorld::Pupil("bob"), BookingWorld::Agency("76"), BookingWorld::Host()}) {
    EXPECT_EQ(ErrorReasonOf(Export(caller, "people/ana").status()), "RESOURCE_NOT_FOUND");
    EXPECT_EQ(ErrorReasonOf(Erase(caller, "people/ana").status()), "RESOURCE_NOT_FOUND");
  }
  EXPECT_TRUE(Export(BookingWorld::Agency("61"), "people/ana").ok());
  EXPECT_EQ(world_.Count("SELECT count(*) FROM person_history WHERE action = 'EXPORTED'"), 1);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM erasures"), 0);
}

TEST_F(PrivacyTest, BookingsLoseTheirNameWhenTheTimeOfTheirSchemeIsOver) {
  const auto booked = world_.Book("ana", world_.AddSession(1));
  ASSERT_TRUE(booked.ok());
  Retention retention(&world_.pool(), &world_.clock(), world_.terms().rules);
  const absl::Duration kept = world_.terms().rules->Retention(Scheme::kMiniStageCci);
  // It starts in two days and lasts two hours.
  world_.clock().Advance(absl::Hours(50) + kept - absl::Hours(1));
  auto report = retention.RunOnce();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->bookings, 0);
  EXPECT_EQ(report->answers, 1);
  world_.clock().Advance(absl::Hours(2));
  report = retention.RunOnce();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->bookings, 1);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM bookings WHERE applicant = 'people/ana'"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM transitions WHERE person = 'people/ana'"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM bookings"), 1);
}

}  // namespace
}  // namespace dm::booking
