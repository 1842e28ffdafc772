// How a process stops: what it tells first, and what ends it all the same.
#include "common/process/stop_signals.h"
#include "tests/support/health_probe.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

namespace dm {
namespace {

using ::testing::HasSubstr;
using testing::Suite;

TEST(StopDeathTest, TakesOnlySoLong) {
  ::testing::GTEST_FLAG(death_test_style) = "threadsafe";
  const auto never_done = [](absl::Duration limit) {
    process::BlockStopSignals();
    process::LimitStop(limit);
    absl::SleepFor(absl::Minutes(1));
  };
  EXPECT_EXIT(never_done(absl::Milliseconds(20)), ::testing::ExitedWithCode(70), "");
  const auto asked_again = [] {
    process::BlockStopSignals();
    process::LimitStop(absl::Minutes(1));
    kill(getpid(), SIGTERM);
    absl::SleepFor(absl::Minutes(1));
  };
  EXPECT_EXIT(asked_again(), ::testing::ExitedWithCode(128 + SIGTERM), "");
}

TEST(StopTest, IsNotReadyAtOnceAndStillAnswersUntilItIsNoticed) {
  Suite::Options options;
  options.flags = {"--stop-delay=2s"};
  Suite suite(options);
  const std::string probed = suite.health_address("catalogue");
  for (const char* name : {"", "readiness", "liveness"}) {
    EXPECT_EQ(HealthOf(probed, name), Health::kServing) << name;
  }
  EXPECT_EQ(HealthOf(probed, "appetite"), Health::kUnknownName);
  // Its own port tells nothing else.
  EXPECT_EQ(HealthOf(suite.grpc_address("catalogue"), ""), Health::kServing);

  const absl::Time asked = absl::Now();
  suite.process("catalogue").Signal(SIGTERM);
  Suite::WaitUntil("it is not ready",
                   [&] { return HealthOf(probed, "readiness") == Health::kNotServing; });
  EXPECT_EQ(HealthOf(probed, ""), Health::kNotServing);
  EXPECT_EQ(HealthOf(probed, "liveness"), Health::kServing);
  EXPECT_EQ(HealthOf(suite.grpc_address("catalogue"), ""), Health::kNotServing);
  EXPECT_EQ(testing::Fetch({.url = suite.AdminUrl("catalogue") + "/readyz"}).body, "stopping\n");
  EXPECT_EQ(suite.Get("/v1/sectors").code, 200);
  EXPECT_EQ(suite.process("catalogue").Wait(absl::Seconds(20)), 0);
  EXPECT_GE(absl::Now() - asked, absl::Seconds(2));

  // A second signal does not wait.
  suite.process("booking").Signal(SIGTERM);
  Suite::WaitUntil("it stops", [&] {
    return suite.LogOf("booking").find("\"event\":\"stopping\"") != std::string::npos;
  });
  suite.process("booking").Signal(SIGTERM);
  EXPECT_EQ(suite.process("booking").Wait(absl::Seconds(20)), 128 + SIGTERM);
  EXPECT_THAT(suite.LogOf("booking"), HasSubstr("\"event\":\"stop_forced\""));
}

}  // namespace
}  // namespace dm
