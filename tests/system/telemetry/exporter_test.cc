// What leaves a process for a collector, and what a collector that does not answer does to it:
// nothing but a count of what was dropped.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/telemetry/otlp/span_exporter.h"
#include "tests/support/free_address.h"
#include "tests/support/suite.h"
#include "tests/system/telemetry/collector.h"

#include <gtest/gtest.h>

#include <atomic>
#include <set>

namespace dm {
namespace {

using telemetry::FinishedSpan;
using telemetry::SpanExporter;
using testing::CollectedSpan;
using testing::Collector;
using testing::Suite;

double Dropped(const std::string& reason) {
  return telemetry::CounterOf("dm_trace_spans_dropped_total",
                              "Spans that no collector will ever see", {{"reason", reason}})
      .Value();
}

SpanExporter::Options To(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  return {
      .channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments),
      .service = "tested",
      .instance = "1",
      .gather = absl::Milliseconds(20)};
}

FinishedSpan NewSpan() {
  const absl::Time now = absl::Now();
  return {.kind = telemetry::SpanKind::kServer,
          .name = "span",
          .traceparent = telemetry::ContinueTrace(""),
          .start = now,
          .end = now};
}

TEST(SpanExporterTest, ASpanArrivesAsItIs) {
  Collector collector;
  const std::string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const std::string own = telemetry::ContinueTrace(parent);
  {
    SpanExporter exporter(To(collector.address()));
    exporter.Take({.kind = telemetry::SpanKind::kConsumer,
                   .name = "process Thing",
                   .traceparent = own,
                   .parent = parent,
                   .start = absl::FromUnixNanos(1'700'000'000'123'456'789),
                   .end = absl::FromUnixNanos(1'700'000'001'000'000'001),
                   .attributes = {{"text", std::string("é")}, {"number", int64_t{-3}}},
                   .links = {"00-11111111111111111111111111111111-2222222222222222-01"},
                   .failed = true});
    // The first of a trace: what was sent as its parent is of another.
    FinishedSpan first = NewSpan();
    first.parent = parent;
    exporter.Take(first);
    exporter.Stop(absl::Now() + absl::Seconds(10));
  }
  const std::vector<CollectedSpan> spans = collector.spans();
  ASSERT_EQ(spans.size(), 2u);
  EXPECT_EQ(spans[0].service, "tested");
  EXPECT_EQ(spans[0].trace, "0af7651916cd43dd8448eb211c80319c");
  EXPECT_EQ(spans[0].parent, "b7ad6b7169203331");
  EXPECT_EQ(spans[0].span, telemetry::SpanIdOf(own));
  EXPECT_EQ(spans[0].message.name(), "process Thing");
  EXPECT_EQ(spans[0].message.kind(), 5);
  EXPECT_EQ(spans[0].message.start_time_unix_nano(), 1'700'000'000'123'456'789u);
  EXPECT_EQ(spans[0].message.end_time_unix_nano(), 1'700'000'001'000'000'001u);
  EXPECT_EQ(spans[0].Attribute("text"), "é");
  EXPECT_EQ(spans[0].Attribute("number"), "-3");
  EXPECT_EQ(spans[0].message.status().code(), 2);
  ASSERT_EQ(spans[0].message.links_size(), 1);
  EXPECT_EQ(spans[1].parent, "");
  EXPECT_EQ(spans[1].message.status().code(), 0);
}

TEST(SpanExporterTest, WithoutACollectorNobodyWaitsAndWhatIsTooMuchIsCounted) {
  const std::string address = testing::FreeAddress();
  SpanExporter::Options options = To(address);
  options.queue = 1000;
  SpanExporter exporter(std::move(options));
  const double dropped = Dropped("queue_full");
  const absl::Time start = absl::Now();
  for (int i = 0; i < 20'000; ++i) exporter.Take(NewSpan());
  // A collector that is waited for would take seconds for the first of them.
  EXPECT_LT(absl::Now() - start, absl::Seconds(2));
  // A batch may be on its way in vain.
  Suite::WaitUntil("18,000 and more are dropped",
                   [&] { return Dropped("queue_full") - dropped >= 18'000; });
  const absl::Time stop = absl::Now();
  exporter.Stop(absl::Now() + absl::Seconds(2));
  EXPECT_LT(absl::Now() - stop, absl::Seconds(6));
}

TEST(SpanExporterTest, WhatWaitedIsSentWhenTheCollectorComesBack) {
  const std::string address = testing::FreeAddress();
  SpanExporter exporter(To(address));
  for (int i = 0; i < 700; ++i) exporter.Take(NewSpan());
  std::set<std::string> seen;
  {
    Collector collector(address);
    std::atomic<int> asked = 0;
    // It says for a while that it cannot take them.
    collector.AnswerWith([&asked] {
      return ++asked < 3 ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "later") : grpc::Status::OK;
    });
    Suite::WaitUntil("all have arrived", [&] { return collector.spans().size() >= 700; });
    for (const CollectedSpan& span : collector.spans()) seen.insert(span.span);
    EXPECT_EQ(collector.spans().size(), 700u);
    exporter.Stop(absl::Now() + absl::Seconds(5));
  }
  EXPECT_EQ(seen.size(), 700u);
}

TEST(SpanExporterTest, WhatACollectorRefusesForGoodIsDroppedAndTheNextIsSent) {
  Collector collector;
  const double refused = Dropped("refused");
  collector.AnswerWith([] { return grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "never"); });
  SpanExporter exporter(To(collector.address()));
  exporter.Take(NewSpan());
  Suite::WaitUntil("it is dropped", [&] { return Dropped("refused") - refused == 1; });
  collector.AnswerWith(nullptr);
  exporter.Take(NewSpan());
  Suite::WaitUntil("the next is there", [&] { return collector.spans().size() == 1; });
  exporter.Stop(absl::Now() + absl::Seconds(5));
}

TEST(SpanExporterTest, ACollectorThatHangsHoldsUpNeitherCallsNorTheStopForLong) {
  Collector collector;
  absl::Notification let_go;
  collector.AnswerWith([&let_go] {
    let_go.WaitForNotificationWithTimeout(absl::Seconds(30));
    return grpc::Status::OK;
  });
  SpanExporter::Options options = To(collector.address());
  options.patience = absl::Seconds(1);
  SpanExporter exporter(std::move(options));
  const absl::Time start = absl::Now();
  for (int i = 0; i < 5000; ++i) exporter.Take(NewSpan());
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
  exporter.Stop(absl::Now() + absl::Seconds(1));
  EXPECT_LT(absl::Now() - start, absl::Seconds(8));
  let_go.Notify();
}

}  // namespace
}  // namespace dm
