#include "common/telemetry/span.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::telemetry {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kSampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kUnsampled[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

struct Kept final : SpanSink {
  void Take(FinishedSpan span) override { spans.push_back(std::move(span)); }
  std::vector<FinishedSpan> spans;
};

class SpanTest : public ::testing::Test {
 protected:
  SpanTest() { SetSpanSink(&kept_); }
  ~SpanTest() override {
    SetSpanSink(nullptr);
    SampleTraces(100);
  }
  Kept kept_;
};

TEST_F(SpanTest, AChildNamesItsParentAndItsChildrenNameIt) {
  std::string outer_context;
  {
    Span outer(SpanKind::kServer, "outer", kSampled);
    outer_context = outer.traceparent();
    const TraceScope scope(outer.traceparent());
    Span inner(SpanKind::kClient, "inner");
    inner.Set("text", "a");
    inner.Set("number", 7);
    inner.Link("00-11111111111111111111111111111111-2222222222222222-01");
    inner.Link("no traceparent");
  }
  ASSERT_THAT(kept_.spans, SizeIs(2));
  const FinishedSpan& inner = kept_.spans[0];
  const FinishedSpan& outer = kept_.spans[1];
  EXPECT_EQ(outer.name, "outer");
  EXPECT_EQ(outer.parent, kSampled);
  EXPECT_EQ(outer.traceparent, outer_context);
  EXPECT_EQ(TraceIdOf(outer.traceparent), TraceIdOf(kSampled));
  EXPECT_NE(SpanIdOf(outer.traceparent), SpanIdOf(kSampled));
  EXPECT_EQ(inner.parent, outer_context);
  EXPECT_EQ(inner.kind, SpanKind::kClient);
  ASSERT_THAT(inner.attributes, SizeIs(2));
  EXPECT_EQ(std::get<std::string>(inner.attributes[0].value), "a");
  EXPECT_EQ(std::get<int64_t>(inner.attributes[1].value), 7);
  EXPECT_THAT(inner.links, SizeIs(1));
  EXPECT_LE(outer.start, inner.start);
  EXPECT_LE(inner.end, outer.end);
  EXPECT_FALSE(inner.failed);
}

TEST_F(SpanTest, AFailureIsToldByItsCodeAndAnEndCountsOnce) {
  {
    Span span(SpanKind::kInternal, "work", kSampled);
    span.End(absl::StatusCode::kUnavailable);
    EXPECT_FALSE(span.recorded());
    span.Set("late", "x");
    span.End(absl::StatusCode::kOk);
  }
  ASSERT_THAT(kept_.spans, SizeIs(1));
  EXPECT_TRUE(kept_.spans[0].failed);
  ASSERT_THAT(kept_.spans[0].attributes, SizeIs(1));
  EXPECT_EQ(kept_.spans[0].attributes[0].key, "error.type");
  EXPECT_EQ(std::get<std::string>(kept_.spans[0].attributes[0].value), "UNAVAILABLE");
}

TEST_F(SpanTest, WhatIsNotSampledOrNobodysIsNotRecorded) {
  {
    Span unsampled(SpanKind::kInternal, "unsampled", kUnsampled);
    EXPECT_FALSE(unsampled.recorded());
    // What follows is the parent's child then.
    EXPECT_EQ(unsampled.traceparent(), kUnsampled);
    Span nobodys(SpanKind::kInternal, "nobody's");
    EXPECT_FALSE(nobodys.recorded());
    EXPECT_EQ(nobodys.traceparent(), "");
    Span malformed(SpanKind::kInternal, "malformed", "00-zz");
    EXPECT_FALSE(malformed.recorded());
  }
  EXPECT_THAT(kept_.spans, IsEmpty());
}

TEST_F(SpanTest, WorkThatNobodyAskedForBeginsATraceAndTheShareHolds) {
  {
    Span first(SpanKind::kInternal, "first", NewTrace());
    EXPECT_TRUE(first.recorded());
  }
  SampleTraces(0);
  {
    Span second(SpanKind::kInternal, "second", NewTrace());
    EXPECT_FALSE(second.recorded());
    // It can be followed in the logs all the same.
    EXPECT_TRUE(IsTraceparent(second.traceparent()));
  }
  ASSERT_THAT(kept_.spans, SizeIs(1));
  EXPECT_EQ(kept_.spans[0].parent, "");
}

TEST_F(SpanTest, WithoutASinkNothingIsRecorded) {
  SetSpanSink(nullptr);
  EXPECT_FALSE(IsRecorded(kSampled));
  Span span(SpanKind::kInternal, "span", kSampled);
  EXPECT_FALSE(span.recorded());
  Record({.kind = SpanKind::kServer,
          .name = "call",
          .traceparent = kSampled,
          .start = absl::UnixEpoch(),
          .end = absl::UnixEpoch()});
  EXPECT_THAT(kept_.spans, IsEmpty());
}

}  // namespace
}  // namespace dm::telemetry
