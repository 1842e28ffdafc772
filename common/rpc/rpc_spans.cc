#include "common/rpc/rpc_spans.h"

#include <map>
#include <optional>
#include <utility>

namespace dm::rpc {
namespace {

using telemetry::SpanKind;

constexpr char kTraceparent[] = "traceparent";

// "package.Service/Method", as spans of calls are named.
absl::string_view NameOf(absl::string_view path) { return path.empty() ? path : path.substr(1); }

std::vector<telemetry::SpanAttribute> AttributesOf(absl::string_view path, absl::StatusCode code) {
  const absl::string_view name = NameOf(path);
  const size_t slash = name.find('/');
  std::vector<telemetry::SpanAttribute> attributes = {
      {"rpc.system", std::string("grpc")},
      {"rpc.service", std::string(name.substr(0, slash))},
      {"rpc.method", std::string(slash == name.npos ? "" : name.substr(slash + 1))},
      {"rpc.grpc.status_code", static_cast<int64_t>(code)}};
  if (code != absl::StatusCode::kOk) {
    attributes.push_back({"error.type", absl::StatusCodeToString(code)});
  }
  return attributes;
}

// What the caller did wrong does not fail the server's span.
bool IsServersFault(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

// One call through a channel. Its callbacks come one after the other.
class ClientSpan final : public grpc::experimental::Interceptor {
 public:
  // A copy of the path: gRPC keeps a pointer to what may be gone when the call ends.
  explicit ClientSpan(std::string path) : path_(std::move(path)) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using Point = grpc::experimental::InterceptionHookPoints;
    if (methods->QueryInterceptionHookPoint(Point::PRE_SEND_INITIAL_METADATA)) {
      Begin(methods->GetSendInitialMetadata());
    }
    if (methods->QueryInterceptionHookPoint(Point::POST_RECV_STATUS)) {
      End(methods->GetRecvStatus());
    }
    methods->Proceed();
  }

 private:
  void Begin(std::multimap<std::string, std::string>* metadata) {
    if (metadata == nullptr) return;
    const auto sent = metadata->find(kTraceparent);
    if (sent == metadata->end()) return;
    span_.emplace(SpanKind::kClient, NameOf(path_), sent->second);
    if (span_->recorded()) sent->second = span_->traceparent();
  }

  void End(const grpc::Status* status) {
    if (!span_.has_value() || !span_->recorded() || status == nullptr) return;
    const auto code = static_cast<absl::StatusCode>(status->error_code());
    for (const telemetry::SpanAttribute& attribute : AttributesOf(path_, code)) {
      if (attribute.key == "error.type") continue;
      if (const auto* number = std::get_if<int64_t>(&attribute.value)) {
        span_->Set(attribute.key, *number);
      } else {
        span_->Set(attribute.key, std::get<std::string>(attribute.value));
      }
    }
    span_->End(code);
  }

  const std::string path_;
  std::optional<telemetry::Span> span_;
};

class ClientSpans final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateClientInterceptor(
      grpc::experimental::ClientRpcInfo* info) override {
    return new ClientSpan(info->method());
  }
};

}  // namespace

void RecordAnswer(const AnsweredCall& call, absl::StatusCode code) {
  if (!telemetry::IsRecorded(call.traceparent)) return;
  telemetry::Record({.kind = call.kind,
                     .name = std::string(NameOf(call.method)),
                     .traceparent = std::string(call.traceparent),
                     .parent = std::string(call.parent),
                     .start = call.start,
                     .end = call.end,
                     .attributes = AttributesOf(call.method, code),
                     .failed = IsServersFault(code)});
}

std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>>
ClientSpanCreators() {
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> creators;
  if (telemetry::HasSpanSink()) creators.push_back(std::make_unique<ClientSpans>());
  return creators;
}

}  // namespace dm::rpc
