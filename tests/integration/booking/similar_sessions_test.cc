// What who lost a booking is offered instead: in the event, and over the API.
#include "tests/integration/booking/booking_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kBaker[] = "companies/90000001900019";
constexpr char kOtherBaker[] = "companies/90000002700010";
constexpr absl::Duration kDay = absl::Hours(24);

// A session to be; unlike others by what a test says.
struct Sketch {
  absl::Duration from_now;
  std::string host = kOtherBaker;
  std::string department = "61";
  std::string profession = "D1102";
  SessionKind kind = SessionKind::kMiniStage;
  int capacity = 2;
};

class SimilarSessionsTest : public ::testing::Test {
 protected:
  SimilarSessionsTest() { lost_ = Add({.from_now = 30 * kDay, .host = kBaker}); }

  std::string Add(const Sketch& sketch) {
    const absl::Time start = start_ + sketch.from_now;
    ScheduledSession told;
    told.version = 1;
    told.session = {.id = NewUuid(start_),
                    .name = "",
                    .host = sketch.host,
                    .title = "Découvrir la boulangerie",
                    .department = sketch.department,
                    .start_time = start,
                    .end_time = start + absl::Hours(2),
                    .announced_capacity = sketch.capacity,
                    .instant_confirmation = false};
    told.session.kind = sketch.kind;
    told.session.profession = sketch.profession;
    told.session.name = absl::StrCat("offers/", NewUuid(start_), "/sessions/", told.session.id);
    world_.Add(told);
    return told.session.name;
  }

  std::string Book(const std::string& subject, const std::string& session) {
    const auto booked = world_.Book(subject, session);
    EXPECT_TRUE(booked.ok()) << booked.status();
    return booked.ok() ? booked->name() : "";
  }

  // What the feed offers with the last step of a booking.
  std::vector<std::string> Offered(const std::string& booking) {
    const auto events = world_.EventsOf(booking);
    if (events.empty()) return {"no event"};
    return {events.back().similar_sessions().begin(), events.back().similar_sessions().end()};
  }

  absl::StatusOr<pb::ListSimilarSessionsResponse> Ask(const auth::Caller& caller,
                                                      const std::string& booking) {
    pb::ListSimilarSessionsRequest request;
    request.set_name(booking);
    return world_.service().Similar(*BookingWorld::CallOf(caller), request);
  }
  std::vector<std::string> Shown(const auth::Caller& caller, const std::string& booking) {
    const auto answer = Ask(caller, booking);
    EXPECT_TRUE(answer.ok()) << answer.status();
    std::vector<std::string> names;
    if (!answer.ok()) return names;
    for (const pb::SimilarSession& session : answer->sessions()) names.push_back(session.session());
    return names;
  }

  void LetTheHostBeSilent() {
    world_.clock().Advance(8 * kDay);
    world_.ReviewDue();
  }

  BookingWorld world_;
  const absl::Time start_ = world_.clock().Now();
  std::string lost_;
};

TEST_F(SimilarSessionsTest, WhoseHostIsSilentIsOfferedTheNearestThatCanBeBooked) {
  const std::string far_away = Add({.from_now = 30 * kDay, .department = "76"});
  const std::string near = Add({.from_now = 33 * kDay});
  const std::string nearer = Add({.from_now = 28 * kDay});
  // More than three fit: the same host last, though in the very next hours.
  Add({.from_now = 30 * kDay + absl::Hours(3), .host = kBaker});
  // And these do not.
  Add({.from_now = 30 * kDay, .profession = "D1101"});
  Add({.from_now = 30 * kDay, .kind = SessionKind::kMeeting});
  Add({.from_now = 5 * kDay});
  const std::string full = Add({.from_now = 29 * kDay, .capacity = 1});
  // A seat is free there, and the ledger has yet to offer it to who waits.
  const std::string waited_for = Add({.from_now = 29 * kDay});
  world_.Execute(
      absl::StrCat("UPDATE sessions SET waitlisted = 1 WHERE name = '", waited_for, "'"));
  world_.Close(Add({.from_now = 29 * kDay}));
  world_.Close(Add({.from_now = 29 * kDay}), true);
  const std::string elsewhere = Add({.from_now = 31 * kDay});
  const std::string overlapping = Add({.from_now = 31 * kDay + absl::Hours(1)});
  const std::string ana = Book("ana", lost_);
  const std::string bob = Book("bob", lost_);
  world_.clock().Advance(2 * kDay);
  Book("ana", elsewhere);
  Book("dan", full);

  world_.clock().Advance(absl::Hours(5 * 24 + 1));
  world_.ReviewDue();
  EXPECT_EQ(world_.EventsOf(ana).back().reason(), "HOST_DID_NOT_ANSWER");
  EXPECT_THAT(Offered(ana), ElementsAre(nearer, near, far_away));
  // Ana's other booking is nothing to Bob.
  EXPECT_THAT(Offered(bob), ElementsAre(elsewhere, overlapping, nearer));
}

TEST_F(SimilarSessionsTest, TheSameHostIsAsGoodAsAnyWhereItWasNotTheReason) {
  const std::string of_another = Add({.from_now = 32 * kDay});
  const std::string of_the_same = Add({.from_now = 31 * kDay, .host = kBaker});
  const std::string single = Add({.from_now = 30 * kDay, .host = kBaker, .capacity = 1});
  const std::string ana = Book("ana", single);
  const std::string bob = world_.Join("bob", single)->name();
  ASSERT_TRUE(world_.Step(BookingWorld::Pupil("ana"), ana, "", &BookingService::Cancel).ok());
  world_.clock().Advance(absl::Hours(25));
  world_.ReviewDue();
  EXPECT_EQ(world_.EventsOf(bob).back().reason(), "OFFER_EXPIRED");
  EXPECT_THAT(Offered(bob), ElementsAre(lost_, of_the_same, of_another));
  // Who gave a place back is offered none.
  EXPECT_THAT(Offered(ana), IsEmpty());
}

TEST_F(SimilarSessionsTest, ACancelledSessionAndAHostThatSaysNoOfferOthers) {
  const std::string other = Add({.from_now = 31 * kDay});
  const std::string ana = Book("ana", lost_);
  const std::string bob = Book("bob", lost_);
  ASSERT_TRUE(world_.Step(BookingWorld::Host(), ana, "", &BookingService::Decline).ok());
  EXPECT_THAT(Offered(ana), ElementsAre(other));
  // Several who lose their place in one batch.
  const std::string cleo = Book("cleo", lost_);
  world_.Close(lost_, true);
  world_.ReviewDue();
  EXPECT_THAT(Offered(bob), ElementsAre(other));
  EXPECT_THAT(Offered(cleo), ElementsAre(other));
}

TEST_F(SimilarSessionsTest, NothingIsLikeASessionThatTellsNoProfession) {
  const std::string plain = Add({.from_now = 30 * kDay, .profession = ""});
  Add({.from_now = 31 * kDay, .profession = ""});
  const std::string ana = Book("ana", plain);
  LetTheHostBeSilent();
  EXPECT_EQ(world_.EventsOf(ana).back().reason(), "HOST_DID_NOT_ANSWER");
  EXPECT_THAT(Offered(ana), IsEmpty());
}

TEST_F(SimilarSessionsTest, WhoMaySeeABookingSeesWhatIsLikeIt) {
  const std::string other = Add({.from_now = 31 * kDay, .capacity = 3});
  const std::string ana = Book("ana", lost_);
  Book("bob", other);
  const auto answer = Ask(BookingWorld::Pupil("ana"), ana);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_THAT(answer->sessions(), SizeIs(1));
  const pb::SimilarSession& shown = answer->sessions(0);
  EXPECT_EQ(shown.session(), other);
  EXPECT_EQ(shown.title(), "Découvrir la boulangerie");
  EXPECT_EQ(shown.host(), kOtherBaker);
  EXPECT_EQ(shown.department(), "61");
  EXPECT_EQ(shown.start_time().seconds(), absl::ToUnixSeconds(start_ + 31 * kDay));
  EXPECT_EQ(shown.end_time().seconds() - shown.start_time().seconds(), 2 * 3600);
  EXPECT_EQ(shown.seats_left(), 2);

  EXPECT_THAT(Shown(BookingWorld::Host(), ana), ElementsAre(other));
  EXPECT_THAT(Shown(BookingWorld::Agency("61"), ana), ElementsAre(other));
  EXPECT_EQ(world_.Count("SELECT count(*) FROM foreign_reads"), 1);
  for (const auth::Caller& stranger :
       {BookingWorld::Pupil("bob"), BookingWorld::Host("90000002700010"),
        BookingWorld::Agency("76")}) {
    EXPECT_EQ(Ask(stranger, ana).status().code(), absl::StatusCode::kNotFound);
  }
  EXPECT_EQ(Ask(BookingWorld::Agency("61"), "bookings/" + NewUuid(start_)).status().code(),
            absl::StatusCode::kNotFound);
}

TEST_F(SimilarSessionsTest, OnlyTheApplicantIsSparedWhatOverlapsTheirOwnBookings) {
  const std::string elsewhere = Add({.from_now = 31 * kDay});
  const std::string ana = Book("ana", lost_);
  Book("ana", elsewhere);
  EXPECT_THAT(Shown(BookingWorld::Pupil("ana"), ana), IsEmpty());
  // A host that was shown less would know when Ana is taken.
  EXPECT_THAT(Shown(BookingWorld::Host(), ana), ElementsAre(elsewhere));
}

TEST(SimilarSessionsRequestTest, NamesABooking) {
  pb::ListSimilarSessionsRequest request;
  request.set_name("bookings/7");
  Violations violations;
  ValidateSimilar(request, violations);
  EXPECT_FALSE(violations.empty());
}

}  // namespace
}  // namespace dm::booking
