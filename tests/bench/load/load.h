#pragma once

#include "absl/time/time.h"
#include "tests/bench/load/answer_file.h"
#include "tests/bench/load/call_plan.h"
#include "tests/bench/load/histogram.h"

#include <cstdint>
#include <map>
#include <string>

namespace dm::bench {

struct LoadOptions {
  std::string target;
  // Of the target's certificate, in PEM. Empty: plain text.
  std::string authorities;
  int connections = 8;
  // Closed loop: so many callers, each calls again when it is answered.
  int clients = 64;
  // Open loop when above zero: so many calls a second arrive, as a Poisson process, whether earlier
  // ones are answered or not.
  double rate = 0;
  uint64_t seed = 1;
  // Not counted.
  absl::Duration warm_up = absl::Seconds(1);
  absl::Duration duration = absl::Seconds(5);
  // Of one call.
  absl::Duration patience = absl::Seconds(20);
};

// What the calls of the measured time came to. Closed loop: the calls that were answered in it,
// each timed from its start. Open loop: the calls that were due in it, each timed from when it was
// due.
struct LoadReport {
  absl::Duration measured;
  Histogram answered;
  Histogram refused;
  // Of a mix: those that were answered, by their part.
  std::map<size_t, Histogram> parts;
  // By the error's reason, or the name of its code when it states none.
  std::map<std::string, uint64_t> reasons;
  // The plan ended before the time did.
  bool exhausted = false;
};

LoadReport RunLoad(const LoadOptions& options, CallPlan& plan);

// One call of the plan.
RecordedAnswer CallOnce(const LoadOptions& options, CallPlan& plan);

}  // namespace dm::bench
