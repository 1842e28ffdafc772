#pragma once

#include "absl/time/time.h"

// SIGTERM and SIGINT, by which a process is asked to stop: one thread waits for them, nobody else
// is interrupted by them. As process 1 of a container it could not rely on what they do by
// themselves.
namespace dm::process {

// Before any thread is made, so that all of them inherit it.
void BlockStopSignals();

// Waits for a signal.
bool StopAskedWithin(absl::Duration patience);

// From now on another signal ends the process at once, with 128 + its number; time ends it with 70.
void LimitStop(absl::Duration patience);

}  // namespace dm::process
