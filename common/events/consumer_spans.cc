#include "common/events/consumer_spans.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace dm::events {
namespace {

constexpr absl::Duration kNews = absl::Hours(1);

}  // namespace

ConsumerSpans::ConsumerSpans(const std::string& feed,
                             absl::Span<destinationmetier::event::v1::Event> events) {
  const int64_t oldest = absl::ToUnixSeconds(absl::Now() - kNews);
  for (auto& event : events) {
    if (event.time().seconds() < oldest || !telemetry::IsRecorded(event.traceparent())) continue;
    const std::string kind = event.type().substr(event.type().rfind('.') + 1);
    telemetry::Span& span = spans_.emplace_back(
        telemetry::SpanKind::kConsumer, absl::StrCat("process ", kind), event.traceparent());
    span.Set("messaging.system", "dm_feed");
    span.Set("messaging.operation.type", "process");
    span.Set("messaging.destination.name", feed);
    span.Set("messaging.message.id", event.id());
    event.set_traceparent(span.traceparent());
  }
}

std::string ConsumerSpans::first() const {
  return spans_.empty() ? "" : spans_.front().traceparent();
}

void ConsumerSpans::End(absl::StatusCode code) {
  for (telemetry::Span& span : spans_) span.End(code);
}

}  // namespace dm::events
