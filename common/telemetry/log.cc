#include "common/telemetry/log.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/telemetry/trace_context.h"

#include <unistd.h>

#include <atomic>

namespace dm::telemetry {
namespace {

std::atomic<Severity> least_severity{Severity::kInfo};

std::string& ServiceName() {
  static auto* const name = new std::string("unnamed");
  return *name;
}

absl::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "DEBUG";
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      return "ERROR";
  }
  return "ERROR";
}

// The length of the UTF-8 sequence that `text` begins with, and its code point; 0 for none.
size_t DecodeUtf8(absl::string_view text, uint32_t* code_point) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const size_t length = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (length == 0 || lead > 0xF4 || text.size() < length) return 0;
  *code_point = length == 1 ? lead : lead & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    *code_point = *code_point << 6 | (byte(i) & 0x3Fu);
  }
  const bool overlong =
      (length == 3 && *code_point < 0x800) || (length == 4 && *code_point < 0x10000);
  const bool surrogate = *code_point >= 0xD800 && *code_point < 0xE000;
  return overlong || surrogate || *code_point > 0x10FFFF ? 0 : length;
}

// What a terminal or a reader of lines would act on rather than show: control characters, those of
// ANSI sequences among them, line separators, and what turns the direction of writing.
bool IsTreacherous(uint32_t code_point) {
  return code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) ||
         (code_point >= 0x2028 && code_point <= 0x202E) ||
         (code_point >= 0x2066 && code_point <= 0x2069) || code_point == 0xFEFF;
}

// Appends `text` as a JSON string that stays on its line whatever it holds. A byte that is no UTF-8
// becomes U+FFFD: a line that no reader can parse would be lost.
void AppendQuoted(absl::string_view text, std::string* out) {
  out->push_back('"');
  while (!text.empty()) {
    uint32_t code_point = 0;
    const size_t length = DecodeUtf8(text, &code_point);
    if (length == 0) {
      out->append("\\ufffd");
    } else if (code_point == '"' || code_point == '\\') {
      out->push_back('\\');
      out->push_back(text[0]);
    } else if (code_point == '\n') {
      out->append("\\n");
    } else if (IsTreacherous(code_point)) {
      absl::StrAppend(out, "\\u", absl::Hex(code_point, absl::kZeroPad4));
    } else {
      out->append(text.data(), length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out->push_back('"');
}

// The trace that the thread works for, for the lines that do not tell one themselves.
void AppendTrace(std::initializer_list<LogField> fields, std::string* line) {
  const absl::string_view trace = TraceIdOf(CurrentTraceparent());
  if (trace.empty()) return;
  for (const LogField& field : fields) {
    if (field.key == "trace") return;
  }
  absl::StrAppend(line, ",\"trace\":\"", trace, "\"");
}

}  // namespace

void ConfigureLog(absl::string_view service, Severity least) {
  ServiceName() = std::string(service);
  least_severity = least;
}

Severity ParseSeverity(absl::string_view name) {
  if (name == "debug") return Severity::kDebug;
  if (name == "warning") return Severity::kWarning;
  if (name == "error") return Severity::kError;
  return Severity::kInfo;
}

void Log(Severity severity, absl::string_view event, std::initializer_list<LogField> fields) {
  if (severity < least_severity.load(std::memory_order_relaxed)) return;
  std::string line = "{\"time\":";
  AppendQuoted(absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone()), &line);
  absl::StrAppend(&line, ",\"severity\":\"", SeverityName(severity), "\",\"service\":");
  AppendQuoted(ServiceName(), &line);
  line.append(",\"event\":");
  AppendQuoted(event, &line);
  for (const LogField& field : fields) {
    line.push_back(',');
    AppendQuoted(field.key, &line);
    line.push_back(':');
    if (field.number) {
      line.append(field.value);
    } else {
      AppendQuoted(field.value, &line);
    }
  }
  AppendTrace(fields, &line);
  line.append("}\n");
  // One write a line, so that lines of several threads do not mix.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace dm::telemetry
