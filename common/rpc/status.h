#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include <grpcpp/grpcpp.h>

namespace dm::rpc {

// What leaves the process for a status made below the border: its code, and google.rpc.Status with
// ErrorInfo, BadRequest, PreconditionFailure, RetryInfo and LocalizedMessage (`language` first). A
// status that carries none of our details is text of a library: only the codes that callers can act
// on pass, with words of ours; all else becomes INTERNAL with `incident`, which the log repeats.
grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view language,
                          absl::string_view incident);

}  // namespace dm::rpc
