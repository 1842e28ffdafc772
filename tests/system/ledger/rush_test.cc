// The rush: many pupils, few seats, through the gateway.
#include "common/text/uuid.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/support/suite.h"
#include "tests/system/ledger/booking_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

namespace dm {
namespace {

using destinationmetier::booking::v1::Booking;
using testing::Suite;

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  google::rpc::ErrorInfo info;
  for (const auto& any : details.details()) {
    if (any.UnpackTo(&info)) return info.reason();
  }
  return "";
}

TEST(RushTest, TwoHundredCallersOnFiveSeatsGetExactlyFive) {
  constexpr int kCallers = 200;
  Suite suite(Suite::LenientBooking());
  suite.LoadDemonstration();
  const std::vector<std::string> sessions = PublishSessions(suite, "rush", {5});
  ASSERT_EQ(sessions.size(), 1u);
  std::vector<std::string> subjects;
  for (int i = 0; i < kCallers; ++i) subjects.push_back(absl::StrCat("eleve-rush-", i));
  suite.RegisterPupils(subjects);

  // Several connections, as from several phones; all begin together.
  std::vector<std::unique_ptr<BookingClient>> clients;
  for (int i = 0; i < 8; ++i) clients.push_back(std::make_unique<BookingClient>(suite));
  std::atomic<bool> go = false;
  std::atomic<int> booked = 0;
  std::atomic<int> full = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.emplace_back([&, i] {
      const std::string token = suite.PupilToken(subjects[i]);
      go.wait(false);
      Booking booking;
      const grpc::Status status =
          clients[i % clients.size()]->Book(token, sessions[0], NewUuid(absl::Now()), &booking);
      if (status.ok()) {
        ++booked;
      } else if (ReasonOf(status) == "SESSION_FULL") {
        ++full;
      } else {
        ADD_FAILURE() << status.error_code() << " " << status.error_message();
      }
    });
  }
  go = true;
  go.notify_all();
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(booked, 5);
  EXPECT_EQ(full, kCallers - 5);
  EXPECT_EQ(suite.Count("SELECT held FROM booking.sessions WHERE title = 'Essai'"), 5);
  EXPECT_EQ(suite.Count("SELECT count(*) FROM booking.bookings"), 5);
  Suite::WaitUntil("each of the five has a mail, and nobody else", [&] {
    return suite.Count(
               "SELECT count(*) FROM notification.messages WHERE state = 'sent' AND "
               "recipient LIKE 'people/%'") == 5;
  });
}

}  // namespace
}  // namespace dm
