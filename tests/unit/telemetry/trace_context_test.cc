#include "common/telemetry/trace_context.h"

#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>

namespace dm::telemetry {
namespace {

constexpr char kGood[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";

TEST(TraceContextTest, ASpanIsInTheTraceOfItsParent) {
  std::set<std::string> spans;
  for (int i = 0; i < 1000; ++i) {
    const std::string child = ContinueTrace(kGood);
    EXPECT_TRUE(IsTraceparent(child)) << child;
    EXPECT_EQ(TraceIdOf(child), kTrace);
    EXPECT_NE(SpanIdOf(child), SpanIdOf(kGood));
    spans.emplace(SpanIdOf(child));
  }
  EXPECT_EQ(spans.size(), 1000u);
}

TEST(TraceContextTest, WhoeverBeganTheTraceDecidesWhetherItIsSampled) {
  struct {
    const char* flags;
    bool sampled;
  } const cases[] = {{"00", false}, {"01", true},  {"02", false}, {"03", true},
                     {"0f", true},  {"a0", false}, {"ff", true}};
  for (const auto& c : cases) {
    const std::string parent = std::string(kGood).substr(0, 53) + c.flags;
    EXPECT_EQ(IsSampled(parent), c.sampled) << parent;
    // What this version does not know of the flags it does not pass on.
    EXPECT_EQ(ContinueTrace(parent).substr(52), c.sampled ? "-01" : "-00") << parent;
  }
}

TEST(TraceContextTest, WhatIsNoTraceparentBeginsANewTrace) {
  const std::string good = kGood;
  for (const std::string& bad :
       {std::string(), std::string("x"), good.substr(0, 54), good + "-", good + "0",
        "ff" + good.substr(2), "0g" + good.substr(2), "00_" + good.substr(3),
        good.substr(0, 52) + "_01", good.substr(0, 53) + "0G",
        std::string("00-00000000000000000000000000000000-b7ad6b7169203331-01"),
        std::string("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"),
        std::string("00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        std::string(55, '\n'), std::string(100'000, '0')}) {
    EXPECT_FALSE(IsTraceparent(bad)) << bad.substr(0, 60);
    EXPECT_EQ(TraceIdOf(bad), "");
    EXPECT_EQ(SpanIdOf(bad), "");
    EXPECT_FALSE(IsSampled(bad));
    const std::string fresh = ContinueTrace(bad);
    EXPECT_TRUE(IsTraceparent(fresh)) << fresh;
    EXPECT_NE(TraceIdOf(fresh), TraceIdOf(ContinueTrace(bad)));
    EXPECT_EQ(PassableTracestate(bad, "vendor=1"), "");
  }
}

TEST(TraceContextTest, AVersionToComeIsTakenAsFarAsItIsKnown) {
  const std::string later = "cc" + std::string(kGood).substr(2) + "-what-it-adds";
  ASSERT_TRUE(IsTraceparent(later));
  const std::string child = ContinueTrace(later);
  EXPECT_EQ(TraceIdOf(child), kTrace);
  EXPECT_EQ(child.substr(0, 3), "00-");
  EXPECT_EQ(child.size(), 55u);
}

TEST(TraceContextTest, ShareOfNewTracesIsSampled) {
  for (const int percent : {0, 30, 100}) {
    SampleTraces(percent);
    int sampled = 0;
    for (int i = 0; i < 4000; ++i) sampled += IsSampled(ContinueTrace("")) ? 1 : 0;
    // Eight standard deviations.
    EXPECT_NEAR(sampled, 40 * percent, percent % 100 == 0 ? 0 : 240) << percent;
    // Others' traces are none of its business.
    EXPECT_TRUE(IsSampled(ContinueTrace(kGood)));
  }
  SampleTraces(100);
}

TEST(TraceContextTest, TracestateTravelsOnUnlessItCannot) {
  EXPECT_EQ(PassableTracestate(kGood, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
            "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  EXPECT_EQ(PassableTracestate(kGood, ""), "");
  EXPECT_EQ(PassableTracestate(kGood, std::string(512, 'a')), std::string(512, 'a'));
  for (const std::string& bad : {std::string(513, 'a'), std::string("a=1\nb: 2"),
                                 std::string("a=\x7f"), std::string("a=é")}) {
    EXPECT_EQ(PassableTracestate(kGood, bad), "") << bad;
  }
}

TEST(TraceContextTest, ScopesNestAndKeepWhatTheyWereGiven) {
  EXPECT_EQ(CurrentTraceparent(), "");
  {
    auto gone = std::make_unique<std::string>(kGood);
    const TraceScope outer(*gone);
    gone.reset();
    EXPECT_EQ(CurrentTraceparent(), kGood);
    {
      const TraceScope inner("");
      EXPECT_EQ(CurrentTraceparent(), "");
    }
    EXPECT_EQ(CurrentTraceparent(), kGood);
  }
  EXPECT_EQ(CurrentTraceparent(), "");
}

}  // namespace
}  // namespace dm::telemetry
