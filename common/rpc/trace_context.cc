#include "common/rpc/trace_context.h"

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

#include <algorithm>

namespace dm::rpc {
namespace {

constexpr size_t kLength = 55;

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

bool IsValid(absl::string_view text) {
  if (text.size() != kLength || text.substr(0, 3) != "00-" || text[35] != '-' || text[52] != '-') {
    return false;
  }
  const absl::string_view trace = text.substr(3, 32);
  const absl::string_view span = text.substr(36, 16);
  return IsLowerHex(trace) && IsLowerHex(span) && IsLowerHex(text.substr(53)) && !IsZero(trace) &&
         !IsZero(span);
}

std::string RandomHex16() {
  thread_local absl::BitGen generator;
  // Zero is not a valid id.
  const uint64_t id =
      absl::Uniform<uint64_t>(absl::IntervalClosedClosed, generator, 1, ~uint64_t{0});
  return absl::StrCat(absl::Hex(id, absl::kZeroPad16));
}

}  // namespace

std::string ContinueTrace(absl::string_view received) {
  if (IsValid(received)) {
    return absl::StrCat(received.substr(0, 36), RandomHex16(), received.substr(52));
  }
  return absl::StrCat("00-", RandomHex16(), RandomHex16(), "-", RandomHex16(), "-01");
}

absl::string_view TraceIdOf(absl::string_view traceparent) {
  return traceparent.size() == kLength ? traceparent.substr(3, 32) : absl::string_view();
}

}  // namespace dm::rpc
