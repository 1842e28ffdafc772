#include "common/process/stop_signals.h"

#include "common/telemetry/log.h"

#include <signal.h>
#include <unistd.h>

#include <thread>

namespace dm::process {
namespace {

constexpr int kTookTooLong = 70;

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// The signal; negative when none came.
int AwaitSignal(absl::Duration patience) {
  const sigset_t signals = StopSignals();
  const timespec time = absl::ToTimespec(patience);
  return sigtimedwait(&signals, nullptr, &time);
}

}  // namespace

void BlockStopSignals() {
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

bool StopAskedWithin(absl::Duration patience) { return AwaitSignal(patience) > 0; }

void LimitStop(absl::Duration patience) {
  std::thread([patience] {
    const int again = AwaitSignal(patience);
    telemetry::Log(telemetry::Severity::kError, again > 0 ? "stop_forced" : "stop_took_too_long");
    _exit(again > 0 ? 128 + again : kTookTooLong);
  }).detach();
}

}  // namespace dm::process
