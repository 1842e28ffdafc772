// kill -9 of the booking service under load: what was acknowledged is there, once.
#include "absl/synchronization/mutex.h"
#include "common/text/uuid.h"
#include "tests/support/suite.h"
#include "tests/system/ledger/booking_client.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

namespace dm {
namespace {

using destinationmetier::booking::v1::Booking;
using testing::Suite;

struct Acknowledged {
  std::string token;
  std::string session;
  std::string request_id;
  std::string answer;
};

TEST(CrashTest, AnAcknowledgedBookingSurvivesKillAndReplaysReturnTheFirstAnswers) {
  constexpr int kPupils = 24;
  constexpr int kKills = 3;
  Suite suite(Suite::LenientBooking());
  suite.LoadDemonstration();
  const std::vector<std::string> sessions =
      PublishSessions(suite, "crash", std::vector<int>(40, 20));
  ASSERT_EQ(sessions.size(), 40u);
  std::vector<std::string> subjects;
  for (int i = 0; i < kPupils; ++i) subjects.push_back(absl::StrCat("eleve-crash-", i));
  suite.RegisterPupils(subjects);

  absl::Mutex mutex;
  std::vector<Acknowledged> acknowledged;
  std::atomic<bool> stop = false;
  std::vector<std::thread> pupils;
  for (int i = 0; i < kPupils; ++i) {
    pupils.emplace_back([&, i] {
      BookingClient client(suite);
      const std::string token = suite.PupilToken(subjects[i]);
      // Each goes through the sessions from a place of their own; a request without an answer is
      // sent again under the same id, as a phone does.
      for (size_t n = 0; n < sessions.size() && !stop; ++n) {
        const std::string& session = sessions[(n + i) % sessions.size()];
        const std::string request_id = NewUuid(absl::Now());
        Booking booking;
        grpc::Status status;
        do {
          status = client.Book(token, session, request_id, &booking, absl::Seconds(5));
        } while (!stop && (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                           status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED));
        if (!status.ok()) continue;
        absl::MutexLock lock(&mutex);
        acknowledged.push_back({token, session, request_id, booking.SerializeAsString()});
      }
    });
  }
  const auto count = [&] {
    absl::MutexLock lock(&mutex);
    return acknowledged.size();
  };
  for (int kill = 0; kill < kKills; ++kill) {
    const size_t before = count();
    Suite::WaitUntil("bookings are coming in", [&] { return count() >= before + 20; });
    suite.process("booking").Signal(SIGKILL);
    EXPECT_EQ(suite.process("booking").Wait(absl::Seconds(20)), 128 + SIGKILL);
    suite.Restart("booking");
  }
  Suite::WaitUntil("it goes on after the last restart",
                   [&, before = count()] { return count() >= before + 20; });
  stop = true;
  for (std::thread& pupil : pupils) pupil.join();

  // Every acknowledged booking is there, and its request returns the first answer.
  BookingClient client(suite);
  for (const Acknowledged& one : acknowledged) {
    Booking again;
    const grpc::Status status = client.Book(one.token, one.session, one.request_id, &again);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(again.SerializeAsString(), one.answer);
  }
  EXPECT_GE(suite.Count("SELECT count(*) FROM booking.bookings"),
            static_cast<int64_t>(acknowledged.size()));
  EXPECT_EQ(suite.Count("SELECT count(*) - count(DISTINCT (applicant, session_id)) "
                        "FROM booking.bookings"),
            0)
      << "a booking is there twice";
  EXPECT_EQ(suite.Count("SELECT count(*) FROM booking.sessions WHERE held <> (SELECT count(*) FROM "
                        "booking.bookings WHERE session_id = sessions.id)"),
            0);
  EXPECT_EQ(suite.Count("SELECT count(*) FROM booking.sessions WHERE held > capacity"), 0);

  // Every event reached notification, once.
  Suite::WaitUntil("notification has read the feed to its end", [&] {
    return suite.Count("SELECT position FROM notification.feed_cursors WHERE feed = 'booking'") ==
           suite.Count("SELECT seq FROM booking.outbox_counter");
  });
  EXPECT_EQ(suite.Count("SELECT max(seq) - count(*) FROM booking.outbox"), 0) << "a gap";
  const int64_t bookings = suite.Count("SELECT count(*) FROM booking.bookings");
  EXPECT_EQ(suite.Count("SELECT count(*) FROM notification.messages WHERE recipient LIKE "
                        "'people/%'"),
            bookings);
  EXPECT_EQ(suite.Count("SELECT count(DISTINCT booking) FROM notification.messages WHERE recipient "
                        "LIKE 'people/%'"),
            bookings);
  Suite::WaitUntil("every mail to a pupil is sent", [&] {
    return suite.Count(
               "SELECT count(*) FROM notification.messages WHERE state = 'sent' AND "
               "recipient LIKE 'people/%'") == bookings;
  });
}

}  // namespace
}  // namespace dm
