// What an operator relies on: start, refusal to start, health, readiness, metrics, stop.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>
#include <signal.h>

namespace dm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Suite;

TEST(StartTest, WrongOptionsAreAllNamedAndNothingStarts) {
  for (const char* service : {"catalogue", "ambassador", "booking", "notification", "gateway"}) {
    const testing::Finished run =
        testing::RunProgram(Suite::Program(absl::StrCat("dm-", service)),
                            {"--colour=red", "--workers=many", "--drain-time=soon"});
    EXPECT_EQ(run.exit_code, 2) << service;
    for (const char* part : {"--colour", "--workers must be", "--drain-time must be",
                             "--listen (or DM_LISTEN) is required",
                             "--page-token-key-file (or DM_PAGE_TOKEN_KEY_FILE) is required"}) {
      EXPECT_THAT(run.output, HasSubstr(part)) << service;
    }
  }
}

TEST(StartTest, HelpNamesEveryOptionAndItsVariable) {
  const testing::Finished run = testing::RunProgram(Suite::Program("dm-booking"), {"--help"});
  EXPECT_EQ(run.exit_code, 0);
  for (const char* part : {"--database", "DM_DATABASE", "--ledger-lanes", "--drain-time"}) {
    EXPECT_THAT(run.output, HasSubstr(part));
  }
}

TEST(StartTest, APasswordInTheConnectionStringIsRefused) {
  const testing::Finished run = testing::RunProgram(
      Suite::Program("dm-booking"), {"--migrate", "--database=host=127.0.0.1 password=geheim"});
  EXPECT_NE(run.exit_code, 0);
  EXPECT_THAT(run.output, Not(HasSubstr("geheim")));
}

TEST(LifeTest, ProcessesTellHowTheyAreAndStopWhenAsked) {
  Suite suite;
  for (const char* service : {"catalogue", "ambassador", "booking", "notification", "gateway"}) {
    EXPECT_EQ(testing::Fetch({.url = suite.AdminUrl(service) + "/healthz"}).code, 200) << service;
    const testing::HttpAnswer configuration =
        testing::Fetch({.url = suite.AdminUrl(service) + "/configz"});
    EXPECT_THAT(configuration.body, HasSubstr("drain-time=5s")) << service;
  }
  (void)suite.Get("/v1/sectors");
  EXPECT_THAT(testing::Fetch({.url = suite.AdminUrl("catalogue") + "/metrics"}).body,
              HasSubstr("grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"ListSectors\""));

  // Booking goes: the gateway says so in its own words and goes on with all else.
  suite.process("booking").Signal(SIGTERM);
  EXPECT_EQ(suite.process("booking").Wait(absl::Seconds(20)), 0);
  const testing::HttpAnswer gone = suite.Get("/v1/bookings", suite.PupilToken("eleve-1"));
  EXPECT_EQ(gone.code, 503) << gone.body;
  EXPECT_EQ(testing::ReasonOf(gone), "BACKEND_UNAVAILABLE") << gone.body;
  EXPECT_EQ(suite.Get("/v1/sectors").code, 200);
  suite.Restart("booking");
  Suite::WaitUntil("the gateway has found it again", [&] {
    return suite.Get("/v1/bookings", suite.PupilToken("eleve-1")).code == 200;
  });

  for (const char* service : {"gateway", "notification", "booking", "ambassador", "catalogue"}) {
    suite.process(service).Signal(SIGTERM);
    EXPECT_EQ(suite.process(service).Wait(absl::Seconds(20)), 0) << service;
    EXPECT_THAT(suite.LogOf(service), HasSubstr("\"event\":\"stopped\"")) << service;
  }
}

}  // namespace
}  // namespace dm
