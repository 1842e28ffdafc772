#include "common/telemetry/span.h"

#include "absl/time/clock.h"

#include <atomic>

namespace dm::telemetry {
namespace {

std::atomic<SpanSink*> process_sink = nullptr;

}  // namespace

void SetSpanSink(SpanSink* sink) { process_sink = sink; }

bool HasSpanSink() { return process_sink.load(std::memory_order_relaxed) != nullptr; }

bool IsRecorded(absl::string_view traceparent) { return HasSpanSink() && IsSampled(traceparent); }

void Record(FinishedSpan span) {
  SpanSink* const sink = process_sink.load();
  if (sink != nullptr && IsSampled(span.traceparent)) sink->Take(std::move(span));
}

Span::Span(SpanKind kind, absl::string_view name, absl::string_view parent)
    : traceparent_(parent.empty() ? CurrentTraceparent() : parent) {
  if (!IsRecorded(traceparent_)) return;
  const std::string above = std::exchange(traceparent_, ContinueTrace(traceparent_));
  Begin(kind, name, above);
}

Span::Span(SpanKind kind, absl::string_view name, NewTrace) : traceparent_(ContinueTrace("")) {
  if (IsRecorded(traceparent_)) Begin(kind, name, "");
}

void Span::Begin(SpanKind kind, absl::string_view name, absl::string_view parent) {
  span_ = FinishedSpan{.kind = kind,
                       .name = std::string(name),
                       .traceparent = traceparent_,
                       .parent = std::string(parent),
                       .start = absl::Now(),
                       .end = absl::InfinitePast()};
}

Span::~Span() { End(absl::StatusCode::kOk); }

void Span::Set(absl::string_view key, absl::string_view value) {
  if (recorded()) span_->attributes.push_back({std::string(key), std::string(value)});
}

void Span::Set(absl::string_view key, int64_t value) {
  if (recorded()) span_->attributes.push_back({std::string(key), value});
}

void Span::Link(absl::string_view traceparent) {
  if (recorded() && IsTraceparent(traceparent)) span_->links.emplace_back(traceparent);
}

void Span::End(absl::StatusCode code) {
  if (!recorded()) return;
  if (code != absl::StatusCode::kOk) {
    span_->failed = true;
    Set("error.type", absl::StatusCodeToString(code));
  }
  span_->end = absl::Now();
  Record(*std::exchange(span_, std::nullopt));
}

}  // namespace dm::telemetry
