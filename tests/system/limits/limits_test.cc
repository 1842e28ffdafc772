// Limits of callers over several replicas of the gateway, and without their database.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/support/free_address.h"
#include "tests/support/suite.h"

#include <gtest/gtest.h>
#include <signal.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace dm {
namespace {

using testing::ChildProcess;
using testing::Suite;

constexpr int kReads = 40;

// Another gateway before the same services.
class Replica {
 public:
  // `database` in place of the suite's, when not empty.
  explicit Replica(const Suite& suite, const std::string& database = "") {
    std::vector<std::string> arguments = suite.ArgumentsOf("gateway");
    for (std::string& argument : arguments) {
      if (absl::StartsWith(argument, "--listen=")) argument = "--listen=" + testing::FreeAddress();
      if (absl::StartsWith(argument, "--admin-listen=")) argument = "--admin-listen=" + admin_;
      if (absl::StartsWith(argument, "--health-listen=")) {
        argument = "--health-listen=" + testing::FreeAddress();
      }
      if (absl::StartsWith(argument, "--http-listen=")) argument = "--http-listen=" + http_;
      if (!database.empty() && absl::StartsWith(argument, "--database=")) {
        argument = "--database=" + database;
      }
    }
    process_ = std::make_unique<ChildProcess>(Suite::Program("dm-gateway"), arguments, log_);
    Suite::WaitUntil("the replica is ready", [this] {
      return testing::Fetch({.url = absl::StrCat("http://", admin_, "/readyz")}).code == 200;
    });
  }
  ~Replica() {
    process_->Signal(SIGTERM);
    (void)process_->Wait(absl::Seconds(20));
    std::filesystem::remove(log_);
  }

  testing::HttpAnswer Get(const std::string& path, const std::string& token = "") const {
    return testing::Fetch({.url = absl::StrCat("http://", http_, path), .token = token});
  }

 private:
  const std::string admin_ = testing::FreeAddress();
  const std::string http_ = testing::FreeAddress();
  const std::string log_ = absl::StrCat("/tmp/dm-replica-", http_, ".log");
  std::unique_ptr<ChildProcess> process_;
};

class LimitsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    Suite::Options options;
    options.gateway_flags = {absl::StrCat("--rate-limits=READ=", kReads, "/1h")};
    suite_ = new Suite(options);
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }
  static Suite* suite_;
};

Suite* LimitsTest::suite_ = nullptr;

TEST_F(LimitsTest, WhatOneReplicaAdmittedTheOthersCount) {
  const Replica other(*suite_);
  const std::string token = suite_->PupilToken("eleve-pressee");
  for (int i = 0; i < kReads; ++i) EXPECT_EQ(suite_->Get("/v1/sectors", token).code, 200) << i;
  const testing::HttpAnswer refused = suite_->Get("/v1/sectors", token);
  EXPECT_EQ(refused.code, 429);
  EXPECT_EQ(testing::ReasonOf(refused), "RATE_LIMITED");
  EXPECT_TRUE(refused.headers.contains("retry-after"));
  // The other hears of it when it tells what it admitted itself.
  int admitted = 0;
  Suite::WaitUntil("the other replica refuses as well", [&] {
    const bool answered = other.Get("/v1/sectors", token).code == 200;
    admitted += answered ? 1 : 0;
    return !answered;
  });
  EXPECT_LT(admitted, kReads) << "or it counted for itself alone";
  EXPECT_EQ(other.Get("/v1/sectors", suite_->PupilToken("eleve-patiente")).code, 200);
}

TEST_F(LimitsTest, WithoutTheDatabaseTheGatewayAnswersAndLimitsByItself) {
  const Replica alone(*suite_, "host=/nonexistent user=nobody dbname=nothing");
  const std::string token = suite_->PupilToken("eleve-seule");
  for (int i = 0; i < kReads; ++i) EXPECT_EQ(alone.Get("/v1/sectors", token).code, 200) << i;
  EXPECT_EQ(alone.Get("/v1/sectors", token).code, 429);
}

TEST_F(LimitsTest, NothingThatIsKeptNamesACaller) {
  const std::string token = suite_->PupilToken("eleve-discrete");
  EXPECT_EQ(suite_->Get("/v1/sectors", token).code, 200);
  Suite::WaitUntil("it is kept",
                   [] { return suite_->Count("SELECT count(*) FROM gateway.rate_limits") > 0; });
  EXPECT_EQ(suite_->Count("SELECT count(*) FROM gateway.rate_limits r WHERE r::text LIKE "
                          "'%eleve%' OR r::text LIKE '%127.0.0.1%'"),
            0);
  EXPECT_FALSE(absl::StrContains(suite_->LogOf("gateway"), "eleve-discrete"));
}

}  // namespace
}  // namespace dm
