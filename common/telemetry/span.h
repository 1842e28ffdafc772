#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/telemetry/trace_context.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

// Spans: what took how long within a trace. Nothing is recorded unless the process has a sink for
// them and the trace is sampled; then names and attributes are of OpenTelemetry's semantic
// conventions where those know one. As in the log, an attribute is an id, a code, a count or a name
// of ours: never a name, an address, a token or text that a person wrote. So a caller's tracestate
// travels on and is not recorded: it may hold anything.
namespace dm::telemetry {

// The numbers are those of OTLP.
enum class SpanKind : uint8_t {
  kInternal = 1,
  kServer = 2,
  kClient = 3,
  kProducer = 4,
  kConsumer = 5
};

struct SpanAttribute {
  std::string key;
  std::variant<std::string, int64_t> value;
};

struct FinishedSpan {
  SpanKind kind = SpanKind::kInternal;
  // Of few kinds: names of methods and statements, never ids.
  std::string name;
  // The span's own context, and that of its parent: empty, or of another trace, for the first span
  // of a trace.
  std::string traceparent;
  std::string parent = "";
  absl::Time start;
  absl::Time end;
  std::vector<SpanAttribute> attributes = {};
  // The contexts of other spans that this one worked for.
  std::vector<std::string> links = {};
  bool failed = false;
};

// Where finished spans go. Thread-safe.
class SpanSink {
 public:
  virtual ~SpanSink() = default;
  // Never waits.
  virtual void Take(FinishedSpan span) = 0;
};

// The process's sink; null for none. It outlives its use: set at start, unset at the end.
void SetSpanSink(SpanSink* sink);
bool HasSpanSink();
// Whether a span of that context is worth making.
bool IsRecorded(absl::string_view traceparent);
// Hands it to the sink if it is to be recorded.
void Record(FinishedSpan span);

// Says that a span is the first of a trace of its own: of work that nobody's call asked for.
struct NewTrace {};

// A span of the thread that makes it, from its making to its end. Costs next to nothing where
// nothing is recorded: it is not even a new span then, and its context is its parent's.
class Span {
 public:
  // A child of `parent`; where that is empty, of what the thread works for. Nothing is recorded
  // without either: a span of nobody's trace tells nothing.
  Span(SpanKind kind, absl::string_view name, absl::string_view parent = {});
  Span(SpanKind kind, absl::string_view name, NewTrace);
  // Ends as a good one, unless it has ended.
  ~Span();
  Span(const Span&) = delete;
  Span& operator=(const Span&) = delete;

  bool recorded() const { return span_.has_value(); }
  // For what follows from it; of the parent where nothing is recorded.
  const std::string& traceparent() const { return traceparent_; }
  // These do nothing where nothing is recorded.
  void Set(absl::string_view key, absl::string_view value);
  void Set(absl::string_view key, int64_t value);
  void Link(absl::string_view traceparent);
  // What is not OK fails the span and names its code in `error.type`.
  void End(absl::StatusCode code);

 private:
  void Begin(SpanKind kind, absl::string_view name, absl::string_view parent);

  std::string traceparent_;
  std::optional<FinishedSpan> span_;
};

}  // namespace dm::telemetry
