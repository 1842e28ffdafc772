#include "services/gateway/limits/quota.h"

#include <gtest/gtest.h>

namespace dm::gateway {
namespace {

using rpc::RateClass;

Quota Of(const absl::StatusOr<Quotas>& quotas, RateClass rate_class) {
  return quotas.value()[static_cast<size_t>(rate_class)];
}

TEST(Quota, IsTheDefaultWhenNothingIsSaid) { EXPECT_EQ(ParseQuotas("").value(), DefaultQuotas()); }

TEST(Quota, EveryClassHasALimitByDefault) {
  for (const Quota& quota : DefaultQuotas()) EXPECT_TRUE(quota.Limits());
}

TEST(Quota, ReplacesTheClassesThatAreNamed) {
  const auto quotas = ParseQuotas("READ=50/1s, LINK=3/10m,SEARCH=off");
  EXPECT_EQ(Of(quotas, RateClass::kRead), (Quota{50, absl::Seconds(1)}));
  EXPECT_EQ(Of(quotas, RateClass::kLink), (Quota{3, absl::Minutes(10)}));
  EXPECT_FALSE(Of(quotas, RateClass::kSearch).Limits());
  EXPECT_EQ(Of(quotas, RateClass::kWrite), Of(ParseQuotas(""), RateClass::kWrite));
}

TEST(Quota, CanBeOffForAll) {
  for (const Quota& quota : ParseQuotas("off").value()) EXPECT_FALSE(quota.Limits());
}

TEST(Quota, RefusesWhatItDoesNotUnderstand) {
  for (const char* text :
       {"READ", "READ=", "READ=5", "READ=5/", "READ=0/1m", "READ=-5/1m", "READ=5/1ms", "READ=5/48h",
        "READ=5000001/1m", "read=5/1m", "X=5/1m", "READ=5/1m;LINK=5/1m", "on"}) {
    EXPECT_FALSE(ParseQuotas(text).ok()) << text;
  }
}

}  // namespace
}  // namespace dm::gateway
