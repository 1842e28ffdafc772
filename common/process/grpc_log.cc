#include "common/process/grpc_log.h"

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/telemetry/log.h"

#include <grpc/support/log.h>

#include <optional>
#include <utility>

namespace dm::process {
namespace {

constexpr int kLinesASecond = 5;

// Which lines may be written, second by second.
class Ration {
 public:
  // How many lines were left out before this one; absent when this one is, too.
  std::optional<int> Take(absl::Time now) {
    absl::MutexLock lock(&mutex_);
    if (now - second_ >= absl::Seconds(1)) {
      second_ = now;
      written_ = 0;
    }
    if (written_ >= kLinesASecond) {
      ++left_out_;
      return std::nullopt;
    }
    ++written_;
    return std::exchange(left_out_, 0);
  }

 private:
  absl::Mutex mutex_;
  absl::Time second_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int written_ ABSL_GUARDED_BY(mutex_) = 0;
  int left_out_ ABSL_GUARDED_BY(mutex_) = 0;
};

void Write(gpr_log_func_args* line) {
  static auto& ration = *new Ration;
  const std::optional<int> left_out = ration.Take(absl::Now());
  if (!left_out.has_value()) return;
  const absl::string_view file = line->file;
  telemetry::Log(telemetry::Severity::kWarning, "grpc",
                 {{"at", absl::StrCat(file.substr(file.rfind('/') + 1), ":", line->line)},
                  {"cause", line->message},
                  {"left_out", *left_out}});
}

}  // namespace

void RouteGrpcLog() {
  gpr_set_log_function(Write);
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
}

}  // namespace dm::process
