#pragma once

#include "absl/strings/string_view.h"

#include <string>

// W3C Trace Context: a traceparent, "00-<trace id>-<span id>-<flags>", names a span and the trace
// that it belongs to; the one that a caller sends is the parent of the spans that follow from it.
namespace dm::telemetry {

// The traceparent of a new span: in the trace of `parent`, sampled as that is, or in a new trace
// when `parent` is absent or malformed. Of versions to come it takes what this one knows.
std::string ContinueTrace(absl::string_view parent);

bool IsTraceparent(absl::string_view text);
// Empty for what is no traceparent. The 32 hex digits that all spans of a trace share, and the 16
// of the span itself.
absl::string_view TraceIdOf(absl::string_view traceparent);
absl::string_view SpanIdOf(absl::string_view traceparent);
// Whether the spans of this trace are to be recorded: whoever began the trace has decided it for
// everybody.
bool IsSampled(absl::string_view traceparent);

// The tracestate as it may travel on: as it came, or nothing when it is too long, holds what no
// header may, or came without a traceparent that it belongs to.
std::string PassableTracestate(absl::string_view traceparent, absl::string_view tracestate);

// How many of the traces that begin in this process are sampled, 0 to 100. All of them, unless set.
void SampleTraces(int percent);

// The span that this thread works for; empty for none.
absl::string_view CurrentTraceparent();

// As long as it lives, the thread that made it works for that span: lines of the log tell its
// trace, and what the thread does in the database becomes its child. They nest.
class TraceScope {
 public:
  explicit TraceScope(absl::string_view traceparent);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  // A copy: what a call holds may be gone before the scope ends.
  const std::string traceparent_;
  const std::string* const outer_;
};

}  // namespace dm::telemetry
