// The ledger under many callers at once, on a real PostgreSQL.
#include "tests/integration/booking/booking_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <thread>

namespace dm::booking {
namespace {

using destinationmetier::booking::v1::AcceptBookingRequest;
using destinationmetier::booking::v1::CancelBookingRequest;
using destinationmetier::booking::v1::DeclineBookingRequest;

// Runs `work(i)` for every i below `count` on `threads` threads.
template <typename Work>
void InParallel(int threads, int count, Work work) {
  std::atomic<int> next = 0;
  std::vector<std::thread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      for (int i = next++; i < count; i = next++) work(i);
    });
  }
  for (std::thread& worker : workers) worker.join();
}

TEST(LedgerTest, ARushOnAFewSeatsFillsThemAllAndNotOneMore) {
  BookingWorld world;
  const std::string session = world.AddSession(5);
  std::atomic<int> booked = 0;
  std::atomic<int> full = 0;
  InParallel(32, 200, [&](int i) {
    const auto answer = world.Book(absl::StrCat("eleve-", i), session);
    if (answer.ok()) ++booked;
    if (ErrorReasonOf(answer.status()) == "SESSION_FULL") ++full;
  });
  EXPECT_EQ(booked, 5);
  EXPECT_EQ(full, 195);
  world.ExpectSoundLedger();
}

TEST(LedgerTest, OnePersonInARushOnEverythingHoldsOneSeatPerMoment) {
  BookingWorld world({.lanes = 4});
  // Twenty sessions at one moment: whichever lane comes first wins, and only one.
  std::vector<std::string> sessions;
  for (int i = 0; i < 20; ++i) sessions.push_back(world.AddSession(10, absl::Hours(72)));
  std::map<std::string, int> reasons;
  absl::Mutex mutex;
  InParallel(20, 20, [&](int i) {
    const auto answer = world.Book("eleve-1", sessions[i]);
    absl::MutexLock lock(&mutex);
    ++reasons[answer.ok() ? "OK" : ErrorReasonOf(answer.status())];
  });
  EXPECT_EQ(reasons["OK"], 1);
  EXPECT_EQ(reasons["BOOKING_OVERLAP"], 19);
  world.ExpectSoundLedger();
}

TEST(LedgerTest, TheSameRequestFromManyCallersHasOneEffectAndOneAnswer) {
  BookingWorld world({.lanes = 4});
  const std::string session = world.AddSession(50);
  const std::string request_id = NewUuid(absl::Now());
  std::set<std::string> names;
  absl::Mutex mutex;
  InParallel(16, 64, [&](int) {
    const auto answer = world.Book("eleve-1", session, request_id);
    ASSERT_TRUE(answer.ok()) << answer.status();
    absl::MutexLock lock(&mutex);
    names.insert(answer->SerializeAsString());
  });
  EXPECT_EQ(names.size(), 1u);
  EXPECT_EQ(world.Count("SELECT count(*) FROM bookings"), 1);
  world.ExpectSoundLedger();
}

TEST(LedgerTest, OneRequestIdOnTwoSessionsAtOnceHasOneEffect) {
  BookingWorld world({.lanes = 4});
  for (int round = 0; round < 10; ++round) {
    const std::string sessions[] = {world.AddSession(5, absl::Hours(24 + round * 10)),
                                    world.AddSession(5, absl::Hours(29 + round * 10))};
    const std::string request_id = NewUuid(absl::Now());
    std::atomic<int> booked = 0;
    std::atomic<int> reused = 0;
    InParallel(2, 2, [&](int i) {
      const auto answer = world.Book("eleve-1", sessions[i], request_id);
      if (answer.ok()) ++booked;
      if (ErrorReasonOf(answer.status()) == "REQUEST_ID_REUSED") ++reused;
    });
    EXPECT_EQ(booked, 1);
    EXPECT_EQ(reused, 1);
  }
  world.ExpectSoundLedger();
}

TEST(LedgerTest, MixedCommandsOfManyPeopleLeaveASoundLedger) {
  BookingWorld world({.lanes = 3, .batch = 8});
  std::vector<std::string> sessions;
  for (int i = 0; i < 6; ++i) sessions.push_back(world.AddSession(4, absl::Hours(24 + i)));
  InParallel(24, 600, [&](int i) {
    std::mt19937 random(static_cast<unsigned>(i));
    const std::string subject = absl::StrCat("eleve-", random() % 30);
    const auto booked = world.Book(subject, sessions[random() % sessions.size()]);
    if (!booked.ok()) return;
    switch (random() % 4) {
      case 0:
        (void)world.Step(BookingWorld::Host(), booked->name(), booked->etag(),
                         &BookingService::Accept);
        break;
      case 1:
        (void)world.Step(BookingWorld::Host(), booked->name(), "", &BookingService::Decline);
        break;
      case 2:
        (void)world.Step(BookingWorld::Pupil(subject), booked->name(), "", &BookingService::Cancel);
        break;
      default:
        break;
    }
  });
  EXPECT_GT(world.Count("SELECT count(*) FROM bookings"), 20);
  world.ExpectSoundLedger();
}

TEST(LedgerTest, AcceptAndCancelAtOnceEndInOneOfBothOrders) {
  BookingWorld world({.lanes = 4});
  const std::string session = world.AddSession(100);
  for (int i = 0; i < 20; ++i) {
    const std::string subject = absl::StrCat("eleve-", i);
    const auto booked = world.Book(subject, session);
    ASSERT_TRUE(booked.ok()) << booked.status();
    absl::StatusOr<BookingWorld::Message> answers[2];
    InParallel(2, 2, [&](int which) {
      // Both saw the same etag: one of them is too late.
      answers[which] = which == 0 ? world.Step(BookingWorld::Host(), booked->name(), booked->etag(),
                                               &BookingService::Accept)
                                  : world.Step(BookingWorld::Pupil(subject), booked->name(),
                                               booked->etag(), &BookingService::Cancel);
    });
    EXPECT_NE(answers[0].ok(), answers[1].ok());
    const absl::Status& late = answers[0].ok() ? answers[1].status() : answers[0].status();
    EXPECT_EQ(ErrorReasonOf(late), "ETAG_MISMATCH");
  }
  world.ExpectSoundLedger();
}

TEST(LedgerTest, AFullSessionRefusesWithoutWritingAnything) {
  BookingWorld world;
  const std::string session = world.AddSession(1);
  ASSERT_TRUE(world.Book("eleve-0", session).ok());
  // Locks of rows leave a mark in the row too, so xmax tells also what was locked only.
  const char* const kMarks = "SELECT xmax::text::bigint FROM sessions";
  const int64_t before = world.Count(kMarks);
  for (int i = 1; i < 20; ++i) {
    EXPECT_EQ(ErrorReasonOf(world.Book(absl::StrCat("eleve-", i), session).status()),
              "SESSION_FULL");
  }
  EXPECT_EQ(world.Count(kMarks), before);
  EXPECT_EQ(world.Count("SELECT count(*) FROM answered_requests"), 1);
}

TEST(LedgerTest, ACommandThatTheDatabaseRefusesFailsAlone) {
  BookingWorld world({.lanes = 1});
  const std::string session = world.AddSession(100);
  // A booking that only the constraint sees, as if another replica had just made it.
  const auto poisoned = world.Book("eleve-7", session);
  ASSERT_TRUE(poisoned.ok());
  world.Execute(
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
      "'BEGIN RAISE EXCEPTION ''no'' USING ERRCODE = ''23514''; END';"
      "CREATE TRIGGER refuse BEFORE INSERT ON bookings FOR EACH ROW "
      "WHEN (new.applicant = 'people/eleve-13') EXECUTE FUNCTION refuse()");
  std::atomic<int> booked = 0;
  std::atomic<int> failed = 0;
  InParallel(20, 20, [&](int i) {
    const auto answer = world.Book(absl::StrCat("eleve-", i + 10), session);
    if (answer.ok()) ++booked;
    if (!answer.ok() && i == 3) ++failed;
  });
  EXPECT_EQ(booked, 19);
  EXPECT_EQ(failed, 1);
  world.ExpectSoundLedger();
}

TEST(LedgerTest, SeatsTakenAwayByTheHostCostNobodyASeatAndAdmitNobodyUntilEnoughAreFree) {
  BookingWorld world;
  const std::string session = world.AddSession(3);
  std::vector<BookingWorld::Message> booked;
  for (int i = 0; i < 3; ++i) booked.push_back(*world.Book(absl::StrCat("eleve-", i), session));
  world.Reschedule(session, 1);
  EXPECT_EQ(world.Count("SELECT held FROM sessions"), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ErrorReasonOf(world.Book("eleve-9", session).status()), "SESSION_FULL");
    ASSERT_TRUE(world
                    .Step(BookingWorld::Pupil(absl::StrCat("eleve-", i)), booked[i].name(), "",
                          &BookingService::Cancel)
                    .ok());
  }
  EXPECT_TRUE(world.Book("eleve-9", session).ok());
  world.ExpectSoundLedger();
}

}  // namespace
}  // namespace dm::booking
