#pragma once

#include "absl/status/status.h"
#include "common/process/service_process.h"

namespace dm::booking {

// Builds the parts of the process from its options, gives them to the context to keep and serve,
// and starts what runs by itself. FAILED_PRECONDITION or INVALID_ARGUMENT when the rules cannot be
// read.
absl::Status SetUp(process::ServiceContext& context);

}  // namespace dm::booking
