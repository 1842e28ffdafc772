#pragma once

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <type_traits>

// The log: one JSON object a line on standard error. What stands in it is chosen by name: ids,
// codes, counts and durations; never names, addresses, tokens, or text that a person wrote.
namespace dm::telemetry {

enum class Severity : uint8_t { kDebug, kInfo, kWarning, kError };

struct LogField {
  absl::string_view key;
  // Rendered text; numbers go out as numbers.
  std::string value;
  bool number = false;

  LogField(absl::string_view k, absl::string_view text) : key(k), value(text) {}
  LogField(absl::string_view k, const std::string& text) : key(k), value(text) {}
  LogField(absl::string_view k, const char* text) : key(k), value(text) {}
  template <typename T>
  requires(std::is_arithmetic_v<T>) LogField(absl::string_view k, T n)
      : key(k), value(absl::StrCat(n)), number(true) {}
};

// Names the process in every line and sets what is written at least. Call once, at start.
void ConfigureLog(absl::string_view service, Severity least);
// "debug", "info", "warning" or "error"; kInfo for all else.
Severity ParseSeverity(absl::string_view name);

// Writes one line with `event` ("booking_batch_failed") and the fields, and the trace that the
// thread works for (TraceScope). Whatever a field holds, the line stays one and valid JSON.
// Thread-safe; lines do not mix.
void Log(Severity severity, absl::string_view event, std::initializer_list<LogField> fields = {});

}  // namespace dm::telemetry
