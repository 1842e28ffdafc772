#pragma once

#include "absl/time/clock.h"
#include "common/database/migrations.h"
#include "services/gateway/store/partner_usage_store.h"
#include "services/gateway/usage/usage_recorder.h"
#include "tests/support/postgres.h"
#include "tests/support/settable_clock.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kGatewayMigrations;
}  // namespace dm::database

namespace dm::gateway {

inline constexpr absl::Duration kPatience = absl::Seconds(20);
inline const std::string kGetOffer = "/destinationmetier.catalogue.v1.CatalogueService/GetOffer";
inline const std::string kListEvents =
    "/destinationmetier.gateway.v1.PartnerEventService/ListEvents";

inline auth::Caller PartnerCaller(const std::string& subject,
                                  std::vector<std::string> territory = {"61"}) {
  auth::Caller caller;
  caller.subject = subject;
  caller.roles.Add(auth::Role::kPartner);
  caller.territory = std::move(territory);
  return caller;
}

// One replica of the gateway, as far as usage goes. Nothing is written by itself.
class Replica {
 public:
  Replica(UsageLedger* ledger, const Clock* clock)
      : usage_(clock), recorder_(UsageRecorder::Options(), &usage_, ledger, clock) {}

  void Call(const std::string& partner, int calls = 1,
            absl::StatusCode code = absl::StatusCode::kOk, const std::string& method = kGetOffer) {
    for (int i = 0; i < calls; ++i) usage_.CountCall(PartnerCaller(partner), method, code);
  }
  PartnerUsage& usage() { return usage_; }
  UsageRecorder& recorder() { return recorder_; }
  bool Flush() { return recorder_.Flush(); }

 private:
  PartnerUsage usage_;
  UsageRecorder recorder_;
};

// A database with the gateway's schema, and a clock at noon of 30 November 2026 in Paris.
class UsageTest : public ::testing::Test {
 protected:
  UsageTest() {
    const auto status = database::Migrate(
        *test_database_.OpenAsOwner("gateway"),
        {{"database", &database::kDatabaseMigrations}, {"gateway", &database::kGatewayMigrations}});
    EXPECT_TRUE(status.ok()) << status;
  }

  int64_t Number(const std::string& sql) {
    const absl::StatusOr<int64_t> number =
        database_->Read(absl::Now() + kPatience,
                        [&](database::Transaction& transaction) -> absl::StatusOr<int64_t> {
                          return transaction.raw().exec(sql).at(0)[0].as<int64_t>();
                        });
    EXPECT_TRUE(number.ok()) << number.status();
    return number.value_or(-1);
  }
  int64_t CallsWritten() {
    return Number(
        "SELECT coalesce(sum(ok + limited + client_errors + server_errors), 0) FROM partner_usage");
  }

  testing::TestDatabase test_database_ = testing::TestDatabase::Create();
  std::unique_ptr<database::Database> database_ = test_database_.OpenAs("gateway");
  PartnerUsageStore store_{database_.get()};
  testing::SettableClock clock_{
      absl::FromCivil(absl::CivilSecond(2026, 11, 30, 12, 0, 0), ParisTimeZone())};
};

}  // namespace dm::gateway
