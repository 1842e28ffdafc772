#include "common/telemetry/log.h"

#include "absl/time/clock.h"
#include "absl/time/time.h"

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

// Appends `text` as a JSON string. Bytes that are no UTF-8 pass as they are: a log reader shows
// them as such, and a line is never lost.
void AppendQuoted(absl::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (c == '\n') {
      out->append("\\n");
    } else if (byte < 0x20) {
      absl::StrAppend(out, "\\u", absl::Hex(byte, absl::kZeroPad4));
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
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
  line.append("}\n");
  // One write a line, so that lines of several threads do not mix.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace dm::telemetry
