#pragma once

#include "absl/strings/string_view.h"

namespace dm::telemetry {

// What the kernel knows of this process, under the names that Prometheus' own libraries use:
// process_start_time_seconds, process_resident_memory_bytes, process_open_fds, process_max_fds,
// process_cpu_seconds_total. Read when it is asked for, from /proc; thread-safe.
void UpdateProcessMetrics();

// dm_build_info: 1, with the version, revision and service as labels. Once, at start.
void ShowBuild(absl::string_view service);
// Of the build: "0.1.0", and what the sources were called, "unknown" unless the build was told.
absl::string_view BuildVersion();
absl::string_view BuildRevision();

}  // namespace dm::telemetry
