#include "common/telemetry/trace_context.h"

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <atomic>

namespace dm::telemetry {
namespace {

constexpr size_t kLength = 55;
constexpr size_t kLongestTracestate = 512;

std::atomic<int> sampled_percent = 100;
thread_local const std::string* current = nullptr;

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

// Zero is not a valid id.
std::string RandomHex16() {
  thread_local absl::BitGen generator;
  const uint64_t id =
      absl::Uniform<uint64_t>(absl::IntervalClosedClosed, generator, 1, ~uint64_t{0});
  return absl::StrCat(absl::Hex(id, absl::kZeroPad16));
}

bool SampleNew() {
  const int percent = sampled_percent.load(std::memory_order_relaxed);
  if (percent >= 100) return true;
  thread_local absl::BitGen generator;
  return absl::Uniform(generator, 0, 100) < percent;
}

}  // namespace

bool IsTraceparent(absl::string_view text) {
  if (text.size() < kLength || text[2] != '-' || text[35] != '-' || text[52] != '-') return false;
  const absl::string_view version = text.substr(0, 2);
  if (!IsLowerHex(version) || version == "ff") return false;
  // Later versions may go on, behind a dash.
  if (text.size() > kLength && (version == "00" || text[kLength] != '-')) return false;
  const absl::string_view trace = text.substr(3, 32);
  const absl::string_view span = text.substr(36, 16);
  return IsLowerHex(trace) && IsLowerHex(span) && IsLowerHex(text.substr(53, 2)) &&
         !IsZero(trace) && !IsZero(span);
}

std::string ContinueTrace(absl::string_view parent) {
  if (IsTraceparent(parent)) {
    return absl::StrCat("00-", TraceIdOf(parent), "-", RandomHex16(),
                        IsSampled(parent) ? "-01" : "-00");
  }
  return absl::StrCat("00-", RandomHex16(), RandomHex16(), "-", RandomHex16(),
                      SampleNew() ? "-01" : "-00");
}

absl::string_view TraceIdOf(absl::string_view traceparent) {
  return IsTraceparent(traceparent) ? traceparent.substr(3, 32) : absl::string_view();
}

absl::string_view SpanIdOf(absl::string_view traceparent) {
  return IsTraceparent(traceparent) ? traceparent.substr(36, 16) : absl::string_view();
}

bool IsSampled(absl::string_view traceparent) {
  if (!IsTraceparent(traceparent)) return false;
  // The lowest bit of the flags.
  const char digit = traceparent[54];
  return (digit <= '9' ? digit - '0' : digit - 'a' + 10) % 2 == 1;
}

std::string PassableTracestate(absl::string_view traceparent, absl::string_view tracestate) {
  if (tracestate.size() > kLongestTracestate || !IsTraceparent(traceparent)) return "";
  const bool printable = std::all_of(tracestate.begin(), tracestate.end(),
                                     [](char c) { return c >= 0x20 && c < 0x7F; });
  return printable ? std::string(tracestate) : "";
}

void SampleTraces(int percent) { sampled_percent = percent; }

absl::string_view CurrentTraceparent() {
  return current == nullptr ? absl::string_view() : absl::string_view(*current);
}

TraceScope::TraceScope(absl::string_view traceparent) : traceparent_(traceparent), outer_(current) {
  current = &traceparent_;
}

TraceScope::~TraceScope() { current = outer_; }

}  // namespace dm::telemetry
