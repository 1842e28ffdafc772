#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/telemetry/span.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/client_interceptor.h>

#include <memory>
#include <string>
#include <vector>

namespace dm::rpc {

// A call that was answered here.
struct AnsweredCall {
  // kServer, or kInternal for what came from within the process.
  telemetry::SpanKind kind = telemetry::SpanKind::kServer;
  // "/package.Service/Method".
  absl::string_view method;
  absl::string_view traceparent;
  // What the caller sent.
  absl::string_view parent;
  absl::Time start;
  absl::Time end;
};

// Records the span of the call, where it is to be recorded.
void RecordAnswer(const AnsweredCall& call, absl::StatusCode code);

// For a channel: each call that carries a traceparent becomes a client span, and the other side
// gets that span as its parent. Empty while the process has no sink for spans: a channel that is
// made then costs its calls nothing.
std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
ClientSpanCreators();

}  // namespace dm::rpc
