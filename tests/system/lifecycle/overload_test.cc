// More calls than can be answered, and a stop in the middle of them.
#include "absl/strings/match.h"
#include "common/text/uuid.h"
#include "tests/support/health_probe.h"
#include "tests/support/suite.h"
#include "tests/system/ledger/booking_client.h"
#include "tests/system/lifecycle/callers.h"
#include "tests/system/lifecycle/repeated.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <set>

namespace dm {
namespace {

using destinationmetier::booking::v1::Booking;
using testing::Suite;

constexpr int kCallers = 48;
constexpr int kSessions = 12;

// One worker, and a queue that is soon full.
Suite::Options SmallBooking() {
  Suite::Options options = Suite::LenientBooking();
  options.booking_flags.insert(options.booking_flags.end(),
                               {"--workers=1", "--queue=8", "--drain-time=5s"});
  return options;
}

class OverloadTest : public ::testing::Test {
 protected:
  OverloadTest() {
    suite_.LoadDemonstration();
    sessions_ = PublishSessions(suite_, "foule", std::vector<int>(kSessions, kCallers));
    std::vector<std::string> subjects;
    for (int i = 0; i < kCallers; ++i) subjects.push_back(absl::StrCat("eleve-foule-", i));
    suite_.RegisterPupils(subjects);
    for (const std::string& subject : subjects) tokens_.push_back(suite_.PupilToken(subject));
  }

  // A booking, then reads of them all, and so on: what the one worker is too slow for.
  grpc::Status Call(int caller, int number) {
    const std::string& token = tokens_[static_cast<size_t>(caller)];
    if (number % 8 == 0 && number / 8 < kSessions) {
      Booking booking;
      const grpc::Status status = clients_.Book(token, sessions_[static_cast<size_t>(number / 8)],
                                                NewUuid(absl::Now()), &booking, absl::Seconds(10));
      absl::MutexLock lock(&mutex_);
      if (status.ok()) acknowledged_.insert(booking.name());
      return status;
    }
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    context.AddMetadata("authorization", "Bearer " + token);
    destinationmetier::booking::v1::ListBookingsResponse response;
    return reads_->ListBookings(&context, {}, &response);
  }

  size_t acknowledged() const {
    absl::MutexLock lock(&mutex_);
    return acknowledged_.size();
  }

  Suite suite_{SmallBooking()};
  std::vector<std::string> sessions_;
  std::vector<std::string> tokens_;
  const std::shared_ptr<grpc::Channel> channel_ =
      grpc::CreateChannel(suite_.grpc_address("booking"), grpc::InsecureChannelCredentials());
  BookingClient clients_{channel_};
  const std::unique_ptr<destinationmetier::booking::v1::BookingService::Stub> reads_ =
      destinationmetier::booking::v1::BookingService::NewStub(channel_);
  mutable absl::Mutex mutex_;
  std::set<std::string> acknowledged_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(OverloadTest, IsRefusedWhileHealthAnswersAndAStopLosesNothing) {
  Times stops("SIGTERM under overload to exit");
  Times probes("health under overload");
  for (int i = RunsOr(2); i > 0; --i) {
    Callers callers(kCallers, [&](int caller, int number) { return Call(caller, number); });
    Suite::WaitUntil("people are refused, and some book", [&] {
      const absl::Time asked = absl::Now();
      EXPECT_EQ(HealthOf(suite_.health_address("booking"), "liveness"), Health::kServing);
      EXPECT_EQ(HealthOf(suite_.health_address("booking"), "readiness"), Health::kServing);
      probes.Add((absl::Now() - asked) / 2);
      const auto failures = callers.failures();
      return failures.count("8 too much is queued; retry later") > 0 && acknowledged() > 0 &&
             callers.answered() > 2000;
    });
    const absl::Time asked = absl::Now();
    suite_.process("booking").Signal(SIGTERM);
    ASSERT_EQ(suite_.process("booking").Wait(absl::Seconds(20)), 0);
    stops.Add(absl::Now() - asked);
    callers.Stop();
    for (const auto& [failure, count] : callers.failures()) {
      // RESOURCE_EXHAUSTED; CANCELLED by gRPC in the moment of the stop, UNAVAILABLE from then on;
      // ALREADY_EXISTS from the second time on.
      EXPECT_TRUE(absl::StartsWith(failure, "8 ") || absl::StartsWith(failure, "1 ") ||
                  absl::StartsWith(failure, "14 ") || absl::StartsWith(failure, "6 "))
          << failure << ": " << count;
    }
    suite_.Restart("booking");
  }
  stops.Report(absl::Seconds(10));
  probes.Report(absl::Milliseconds(100));

  absl::MutexLock lock(&mutex_);
  std::string names;
  for (const std::string& name : acknowledged_) {
    absl::StrAppend(&names, names.empty() ? "" : ",", "'", name, "'");
  }
  EXPECT_EQ(suite_.Count(absl::StrCat("SELECT count(*) FROM booking.bookings WHERE 'bookings/' || "
                                      "id IN (",
                                      names, ")")),
            static_cast<int64_t>(acknowledged_.size()));
  // What follows from a booking follows from each, after the stop as before it.
  Suite::WaitUntil("each who booked has a mail", [&] {
    return suite_.Count(
               "SELECT count(*) FROM booking.bookings b WHERE NOT EXISTS (SELECT 1 FROM "
               "notification.messages m WHERE m.recipient = b.applicant)") == 0;
  });
}

}  // namespace
}  // namespace dm
