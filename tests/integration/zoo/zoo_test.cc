// The checks are worth what they find: each fault of the zoo is found by the check that is there
// for it, within a minute, and the ledger as it is passes the same run.
#include "absl/time/clock.h"
#include "tests/model/checks.h"
#include "tests/model/zoo/faults.h"

#include <gtest/gtest.h>

#include <vector>

namespace dm::model {
namespace {

constexpr uint32_t kSeed = 20'260'301;

std::vector<SeededFault> AllFaults() {
  std::vector<SeededFault> all;
  for (const auto& faults : {StatementFaults(), CommitFaults(), RequestFaults()}) {
    all.insert(all.end(), faults.begin(), faults.end());
  }
  return all;
}

Evidence Short(Setting setting) {
  setting.seed = kSeed;
  return RunModel(setting);
}

TEST(ZooTest, TheLedgerAsItIsPasses) {
  const Report report = CheckAll(Short({}));
  EXPECT_TRUE(report.empty()) << report.ToText();
}

class ZooFaultTest : public ::testing::TestWithParam<SeededFault> {};

TEST_P(ZooFaultTest, IsFoundWithinAMinute) {
  const absl::Time start = absl::Now();
  const Report report = CheckAll(Short(GetParam().setting));
  EXPECT_TRUE(report.Has(GetParam().check)) << GetParam().check << "\n" << report.ToText();
  EXPECT_LT(absl::Now() - start, absl::Minutes(1));
}

INSTANTIATE_TEST_SUITE_P(Zoo, ZooFaultTest, ::testing::ValuesIn(AllFaults()),
                         [](const auto& fault) { return fault.param.name; });

}  // namespace
}  // namespace dm::model
