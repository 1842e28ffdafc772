#include "common/telemetry/process_metrics.h"

#include "absl/base/thread_annotations.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/telemetry/metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace dm::telemetry {
namespace {

// Of /proc/self/stat, counted from the field behind the command's closing parenthesis.
constexpr size_t kUserTicks = 11;
constexpr size_t kSystemTicks = 12;
constexpr size_t kStartTicks = 19;
constexpr size_t kResidentPages = 21;

std::string Content(const char* path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Empty when it cannot be read.
std::vector<double> Stat() {
  const std::string text = Content("/proc/self/stat");
  const size_t end = text.rfind(')');
  std::vector<double> numbers;
  if (end == std::string::npos) return numbers;
  for (const absl::string_view field :
       absl::StrSplit(absl::string_view(text).substr(end + 1), ' ', absl::SkipWhitespace())) {
    double number = 0;
    // The state is a letter.
    numbers.push_back(absl::SimpleAtod(field, &number) ? number : 0);
  }
  return numbers;
}

// When the machine started, in seconds since the epoch.
double BootTime() {
  const std::string text = Content("/proc/stat");
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
    double seconds = 0;
    if (words.size() == 2 && words[0] == "btime" && absl::SimpleAtod(words[1], &seconds)) {
      return seconds;
    }
  }
  return 0;
}

double OpenDescriptors() {
  std::error_code error;
  int count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end;
       !error && entry != end; entry.increment(error)) {
    ++count;
  }
  // One was that of the folder.
  return count > 0 ? count - 1 : 0;
}

struct Series {
  prometheus::Gauge& start =
      GaugeOf("process_start_time_seconds", "When the process started, since the epoch");
  prometheus::Gauge& resident =
      GaugeOf("process_resident_memory_bytes", "Memory of the process that is in RAM");
  prometheus::Gauge& open = GaugeOf("process_open_fds", "Open file descriptors");
  prometheus::Gauge& most = GaugeOf("process_max_fds", "File descriptors that may be open");
  prometheus::Counter& cpu =
      CounterOf("process_cpu_seconds_total", "Processor time of the process, user and system");
  absl::Mutex mutex;
  double counted_cpu ABSL_GUARDED_BY(mutex) = 0;
};

}  // namespace

void UpdateProcessMetrics() {
  static auto* const series = new Series;
  absl::MutexLock lock(&series->mutex);
  static const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  if (const std::vector<double> stat = Stat(); stat.size() > kResidentPages) {
    const double cpu = (stat[kUserTicks] + stat[kSystemTicks]) / ticks;
    series->cpu.Increment(cpu - series->counted_cpu);
    series->counted_cpu = cpu;
    static const double boot = BootTime();
    series->start.Set(boot + stat[kStartTicks] / ticks);
    series->resident.Set(stat[kResidentPages] * static_cast<double>(sysconf(_SC_PAGESIZE)));
  }
  series->open.Set(OpenDescriptors());
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) series->most.Set(static_cast<double>(limit.rlim_cur));
}

void ShowBuild(absl::string_view service) {
  GaugeOf("dm_build_info", "1; what was built is in the labels",
          {{"version", std::string(BuildVersion())},
           {"revision", std::string(BuildRevision())},
           {"service", std::string(service)}})
      .Set(1);
}

absl::string_view BuildVersion() { return DM_VERSION; }

absl::string_view BuildRevision() { return DM_REVISION; }

}  // namespace dm::telemetry
