#pragma once

#include "absl/strings/string_view.h"

#include <string>

namespace dm::rpc {

// W3C Trace Context: "00-<trace id>-<parent id>-<flags>".
//
// The context of this call: the caller's trace with a new span, or a new trace when `received` is
// absent or malformed.
std::string ContinueTrace(absl::string_view received);

// The 32 hex digits that all spans of a trace share.
absl::string_view TraceIdOf(absl::string_view traceparent);

}  // namespace dm::rpc
