// PostgreSQL is not there, comes, goes and comes back.
#include "tests/support/health_probe.h"
#include "tests/support/suite.h"
#include "tests/system/ledger/booking_client.h"
#include "tests/system/lifecycle/repeated.h"

#include <gtest/gtest.h>
#include <pqxx/pqxx>
#include <signal.h>

#include <thread>

namespace dm {
namespace {

using testing::PostgresCluster;
using testing::Suite;

class AbsenceTest : public ::testing::Test {
 protected:
  Health Ready() { return HealthOf(suite_.health_address("booking"), "readiness"); }
  Health Alive() { return HealthOf(suite_.health_address("booking"), "liveness"); }

  // Reads through the service itself.
  bool Answers() {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
    context.AddMetadata("authorization", "Bearer " + token_);
    destinationmetier::booking::v1::ListBookingsResponse response;
    return stub_->ListBookings(&context, {}, &response).ok();
  }

  // When PostgreSQL first answers, asked directly.
  absl::Time WhenBack() const {
    while (true) {
      try {
        pqxx::connection connection(suite_.database().AdminConnectionString());
        pqxx::nontransaction(connection).exec("SELECT 1");
        return absl::Now();
      } catch (const std::exception&) {
        absl::SleepFor(absl::Milliseconds(1));
      }
    }
  }

  Suite suite_;
  const std::string token_ = suite_.PupilToken("eleve-absence");
  const std::unique_ptr<destinationmetier::booking::v1::BookingService::Stub> stub_ =
      destinationmetier::booking::v1::BookingService::NewStub(
          grpc::CreateChannel(suite_.grpc_address("booking"), grpc::InsecureChannelCredentials()));
};

TEST_F(AbsenceTest, IsWaitedForAtTheStart) {
  suite_.process("booking").Signal(SIGTERM);
  ASSERT_EQ(suite_.process("booking").Wait(absl::Seconds(20)), 0);
  PostgresCluster::Get().StopImmediate();
  suite_.Start("booking");
  Suite::WaitUntil("it lives", [&] { return Alive() == Health::kServing; });
  EXPECT_EQ(Ready(), Health::kNotServing);
  Suite::WaitUntil("it says what it waits for", [&] {
    return suite_.LogOf("booking").find("waiting_for_database") != std::string::npos;
  });
  // Who waits can be stopped.
  suite_.process("booking").Signal(SIGTERM);
  EXPECT_EQ(suite_.process("booking").Wait(absl::Seconds(20)), 0);

  suite_.Start("booking");
  Suite::WaitUntil("it lives", [&] { return Alive() == Health::kServing; });
  PostgresCluster::Get().Start();
  Suite::WaitUntil("it serves", [&] { return Ready() == Health::kServing && Answers(); });
}

TEST_F(AbsenceTest, IsSurvivedAndSoonForgotten) {
  Times times("PostgreSQL back to the first success");
  for (int i = RunsOr(3); i > 0; --i) {
    Suite::WaitUntil("it serves", [&] { return Ready() == Health::kServing && Answers(); });
    PostgresCluster::Get().StopImmediate();
    EXPECT_FALSE(Answers());
    Suite::WaitUntil("it is not ready", [&] { return Ready() == Health::kNotServing; });
    EXPECT_EQ(Alive(), Health::kServing);
    absl::Time back;
    absl::Time answered;
    std::thread asks_it([&] { back = WhenBack(); });
    std::thread asks_us([&] {
      const absl::Time patience = absl::Now() + absl::Seconds(60);
      while (!Answers() && absl::Now() < patience) absl::SleepFor(absl::Milliseconds(5));
      answered = absl::Now();
    });
    PostgresCluster::Get().Start();
    asks_it.join();
    asks_us.join();
    times.Add(answered - back);
  }
  times.Report(absl::Seconds(2));
}

}  // namespace
}  // namespace dm
