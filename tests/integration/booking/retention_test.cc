// How long what is kept of people says whose it is.
#include "services/booking/privacy/retention.h"

#include "services/booking/privacy/erasures.h"
#include "services/booking/store/personal_data.h"
#include "tests/integration/booking/people_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

constexpr absl::Duration kPeopleKept = absl::Hours(24 * 100);
constexpr absl::Duration kProofsKept = absl::Hours(24 * 4000);

class RetentionTest : public PeopleTest {
 protected:
  RetentionTest()
      : retention_(&world_.pool(), &world_.clock(), world_.terms().rules, kPeopleKept, kProofsKept),
        erasures_(&world_.pool(), &world_.clock(), nullptr) {}

  Retention::Report RunRetention() {
    const auto report = retention_.RunOnce();
    EXPECT_TRUE(report.ok()) << report.status();
    return report.value_or(Retention::Report());
  }
  absl::Duration BookingsKept() { return world_.terms().rules->Retention(Scheme::kMiniStageCci); }

  // Rows of all tables that hold both texts.
  int64_t RowsThatHold(const std::string& text, const std::string& and_text) {
    int64_t rows = 0;
    for (const PersonalTable& table : PersonalTables()) {
      rows += world_.Count(absl::StrCat("SELECT count(*) FROM ", table.table,
                                        " AS t WHERE to_jsonb(t)::text LIKE '%", text,
                                        "%' AND to_jsonb(t)::text LIKE '%", and_text, "%'")
                               .c_str());
    }
    return rows;
  }

  bool IsKnown(const std::string& subject) {
    return RowsThatHold(absl::StrCat("people/", subject, "\""), "") > 0;
  }

  // The events about the booking whose payload holds the text.
  int64_t EventsThatHold(const std::string& booking, const std::string& text) {
    return world_.Count(absl::StrCat("SELECT count(*) FROM outbox WHERE subject = '", booking,
                                     "' AND position('", text, "'::bytea in payload) > 0")
                            .c_str());
  }

  Retention retention_;
  Erasures erasures_;
};

TEST_F(RetentionTest, BookingsLoseTheirNameWhenTheTimeOfTheirSchemeIsOver) {
  const auto booked = world_.Book("ana", world_.AddSession(1));
  ASSERT_TRUE(booked.ok());
  // It starts in two days and lasts two hours.
  world_.clock().Advance(absl::Hours(50) + BookingsKept() - absl::Hours(1));
  Retention::Report report = RunRetention();
  EXPECT_EQ(report.bookings, 0);
  EXPECT_EQ(report.answers, 1);
  world_.clock().Advance(absl::Hours(2));
  report = RunRetention();
  EXPECT_EQ(report.bookings, 1);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM bookings WHERE applicant = 'people/ana'"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM transitions WHERE person = 'people/ana'"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM bookings"), 1);
}

TEST_F(RetentionTest, NothingLeadsFromAnAgedBookingToWhoseItWas) {
  AddMinor("ana");
  std::string moved, agreed;
  const std::string one = BookAndAsk("ana", &moved);
  ASSERT_TRUE(Give(GiveRequest(one)).ok());
  const std::string all = BookAndAsk("ana", &agreed);
  ASSERT_TRUE(Give(GiveRequest(all, pb::Consent::SCOPE_ALL)).ok());
  // What she has later keeps its name, and came from the one that ages.
  const auto later = world_.Move("ana", moved, world_.AddSession(1, BookingsKept()));
  ASSERT_TRUE(later.ok()) << later.status();
  world_.clock().Advance(absl::Hours(72) + BookingsKept());
  EXPECT_EQ(RunRetention().bookings, 2);
  for (const std::string& name : {agreed, moved}) {
    EXPECT_EQ(RowsThatHold(*ParseBookingName(name), "people/ana"), 0);
    // What the feed has told of it stays, and says neither whose it was nor what came of it.
    EXPECT_EQ(EventsThatHold(name, "people/ana"), 0);
    EXPECT_GT(EventsThatHold(name, "people/erased-"), 0);
  }
  EXPECT_EQ(EventsThatHold(moved, later->name()), 0);
  EXPECT_EQ(EventsThatHold(later->name(), moved), 0);
  EXPECT_GT(EventsThatHold(later->name(), "people/ana"), 0);
  EXPECT_EQ(world_.Count("SELECT max(seq) - count(*) FROM outbox"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consents WHERE person LIKE 'people/erased-%'"), 2);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consents c JOIN consent_requests r "
                         "ON r.id = c.request_id WHERE r.person <> c.person"),
            0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consents WHERE guardian_id IS NOT NULL"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consent_requests "
                         "WHERE guardian_id IS NOT NULL OR state <> 'CLOSED'"),
            0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM bookings WHERE applicant = 'people/ana'"), 1);
  EXPECT_EQ(ErrorReasonOf(LookUp(one).status()), "LINK_UNKNOWN");
}

TEST_F(RetentionTest, ProofsOfNobodyGoWhenNobodyCanDisputeThem) {
  AddMinor("ana");
  AddMinor("bob");
  for (const char* subject : {"ana", "bob"}) {
    std::string booking;
    ASSERT_TRUE(Give(GiveRequest(BookAndAsk(subject, &booking), pb::Consent::SCOPE_ALL)).ok());
    // The booking has moved on before anybody is asked about it again.
    EXPECT_EQ(StateOf(booking, subject), "PENDING_HOST GUARDIAN_CONSENTED");
  }
  world_.Execute(
      "INSERT INTO erasures (person, requested, requested_by, request_ids) "
      "VALUES ('people/ana', now(), 'system', '{}')");
  world_.Execute("UPDATE bookings SET state = 'COMPLETED' WHERE applicant = 'people/ana'");
  ASSERT_EQ(erasures_.RunOnce().value_or(-1), 1);
  const auto proofs = [&] {
    return std::vector<int64_t>{
        world_.Count("SELECT count(*) FROM consents WHERE person LIKE 'people/erased-%'"),
        world_.Count("SELECT count(*) FROM consent_requests WHERE person LIKE 'people/erased-%'"),
        world_.Count("SELECT count(*) FROM erasures WHERE done IS NOT NULL"),
        world_.Count("SELECT count(*) FROM erasure_receipts")};
  };
  world_.clock().Advance(kProofsKept - absl::Hours(1));
  world_.Execute("UPDATE consents SET until = '2099-01-01'");
  RunRetention();
  EXPECT_THAT(proofs(), ::testing::ElementsAre(1, 1, 1, 1));
  world_.clock().Advance(absl::Hours(26));
  EXPECT_GT(RunRetention().proofs, 0);
  EXPECT_THAT(proofs(), ::testing::ElementsAre(0, 0, 0, 0));
  // What is somebody's is not a proof of nobody.
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consents WHERE person = 'people/bob'"), 1);
}

TEST_F(RetentionTest, ABookingWaitsForTheConsentThatItsLinkTakesBack) {
  AddMinor("ana");
  std::string booking;
  const std::string token = BookAndAsk("ana", &booking);
  ASSERT_TRUE(Give(GiveRequest(token, pb::Consent::SCOPE_ALL)).ok());
  world_.clock().Advance(absl::Hours(72) + BookingsKept());
  world_.Execute(
      absl::StrCat("UPDATE consents SET until = '", absl::FormatCivilTime(Today()), "'"));
  EXPECT_EQ(RunRetention().bookings, 0);
  ASSERT_TRUE(Revoke(token).ok());
  EXPECT_EQ(RunRetention().bookings, 1);
}

TEST_F(RetentionTest, PeopleWhomNobodyTouchesAreErased) {
  const std::string guardian_alone =
      "INSERT INTO guardians (id, person, display_name, email, version, create_time) "
      "VALUES (gen_random_uuid(), 'people/dan', 'Parent Canari', 'p@x.example', 1, now())";
  const struct {
    const char* subject;
    std::function<void()> before;
    std::function<void()> later;
    bool is_kept;
  } kCases[] = {
      {"registered", [&] { AddMinor("registered"); }, [] {}, false},
      {"dan", [&] { world_.Execute(guardian_alone); }, [] {}, false},
      {"seen", [&] { world_.Know("seen"); },
       [&] { EXPECT_TRUE(GetProfile(Bookings::Agency("61"), "people/seen").ok()); }, false},
      {"changed", [&] { world_.Know("changed"); },
       [&] {
         EXPECT_TRUE(
             Set(Bookings::Pupil("changed"), ProfileOf("people/me", BornYearsAgo(20))).ok());
       },
       true},
      {"guarded", [&] { world_.Know("guarded", BornYearsAgo(15)); },
       [&] {
         EXPECT_TRUE(Set(Bookings::Pupil("guarded"), GuardianOf("people/me", "g@x.example")).ok());
       },
       true},
      {"booked", [&] { EXPECT_TRUE(world_.Book("booked", world_.AddSession(1)).ok()); }, [] {},
       true},
      {"allowed",
       [&] {
         world_.Know("allowed", BornYearsAgo(15));
         EXPECT_TRUE(Record(Bookings::Agency("61"), Paper("people/allowed", 150)).ok());
       },
       [] {}, true},
      {"allowed-once",
       [&] {
         world_.Know("allowed-once", BornYearsAgo(15));
         EXPECT_TRUE(Record(Bookings::Agency("61"), Paper("people/allowed-once", 50)).ok());
       },
       [] {}, false},
  };
  for (const auto& c : kCases) c.before();
  world_.clock().Advance(kPeopleKept - absl::Hours(1));
  EXPECT_EQ(RunRetention().people, 0);
  for (const auto& c : kCases) c.later();
  world_.clock().Advance(absl::Hours(2));
  EXPECT_EQ(RunRetention().people, 4);
  // Asked for once, and done by what does all erasures.
  EXPECT_EQ(RunRetention().people, 0);
  EXPECT_EQ(erasures_.RunOnce().value_or(-1), 4);
  for (const auto& c : kCases) EXPECT_EQ(IsKnown(c.subject), c.is_kept) << c.subject;
  EXPECT_EQ(world_.Count("SELECT count(*) FROM outbox WHERE type LIKE '%PersonErased'"), 4);
  // Who comes back is somebody new, of whatever age.
  EXPECT_TRUE(Set(Bookings::Pupil("registered"), ProfileOf("people/me", BornYearsAgo(18))).ok());
}

TEST_F(RetentionTest, AGuardianOfBeforeGoesWithTheLastProofThatNamesThem) {
  AddMinor("ana");
  std::string booking;
  BookAndAsk("ana", &booking);
  ASSERT_TRUE(Set(Bookings::Pupil("ana"), GuardianOf("people/me", "other@x.example")).ok());
  world_.clock().Advance(kPeopleKept + absl::Hours(1));
  EXPECT_EQ(RunRetention().guardians, 0);
  world_.clock().Advance(BookingsKept());
  EXPECT_EQ(RunRetention().guardians, 1);
}

}  // namespace
}  // namespace dm::booking
