#include "common/rpc/pipeline.h"

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/auth/bearer.h"
#include "common/errors/error.h"
#include "common/rpc/method_table.h"
#include "common/rpc/peer_table.h"
#include "common/rpc/rpc_spans.h"
#include "common/rpc/status.h"
#include "common/telemetry/log.h"
#include "common/telemetry/trace_context.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace dm::rpc {
namespace {

// Answers that took longer are worth a line even when they were good, unless the method is one that
// waits or works on for longer than this.
constexpr absl::Duration kSlow = absl::Seconds(1);
constexpr absl::Duration kShortCall = absl::Seconds(10);
// Who was refused for what is queued comes again after this at the earliest.
constexpr absl::Duration kShortestRetry = absl::Milliseconds(200);

absl::string_view MetadataOf(const grpc::CallbackServerContext& context, const char* key) {
  const auto found = context.client_metadata().find(key);
  if (found == context.client_metadata().end()) return {};
  return {found->second.data(), found->second.size()};
}

// More than one is none.
absl::string_view AuthorizationOf(const grpc::CallbackServerContext& context) {
  constexpr char kName[] = "authorization";
  return context.client_metadata().count(kName) > 1 ? "," : MetadataOf(context, kName);
}

std::string LanguageOf(absl::string_view accept_language) {
  return absl::StartsWithIgnoreCase(accept_language, "en") ? "en" : "fr";
}

std::string NewIncident() {
  thread_local absl::BitGen generator;
  return absl::StrCat(absl::Hex(absl::Uniform<uint32_t>(generator), absl::kZeroPad8));
}

telemetry::Severity SeverityOf(absl::StatusCode code, bool slow) {
  switch (code) {
    case absl::StatusCode::kOk:
      return slow ? telemetry::Severity::kWarning : telemetry::Severity::kDebug;
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return telemetry::Severity::kError;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return telemetry::Severity::kWarning;
    default:
      return telemetry::Severity::kInfo;
  }
}

}  // namespace

Pipeline::Pipeline(Options options) : options_(options) {}

Pipeline::~Pipeline() {
  StopStreams();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int* streams) { return *streams == 0; }, &streams_));
}

absl::Status Pipeline::Admit(const grpc::CallbackServerContext& context, const Policy& policy,
                             Call* call) const {
  call->over_grpc = true;
  const absl::Status peer =
      options_.peers == nullptr ? absl::OkStatus() : options_.peers->Check(context, call->method);
  const absl::Status status = Admit({.authorization = AuthorizationOf(context),
                                     .traceparent = MetadataOf(context, "traceparent"),
                                     .tracestate = MetadataOf(context, "tracestate"),
                                     .accept_language = MetadataOf(context, "accept-language"),
                                     .deadline = absl::FromChrono(context.deadline())},
                                    policy, call);
  if (!peer.ok()) return peer;
  if (!status.ok() || gate_ == nullptr) return status;
  return gate_(context, *call);
}

absl::Status Pipeline::Admit(const Arrival& arrival, const Policy& policy, Call* call) const {
  call->start = options_.clock->Now();
  call->deadline = std::min(arrival.deadline, call->start + policy.max_time);
  call->slow = policy.max_time > kShortCall ? absl::InfiniteDuration() : kSlow;
  call->traceparent = telemetry::ContinueTrace(arrival.traceparent);
  call->caller_traceparent = std::string(arrival.traceparent);
  call->tracestate = telemetry::PassableTracestate(arrival.traceparent, arrival.tracestate);
  call->language = LanguageOf(arrival.accept_language);
  if (call->start >= call->deadline) return DeadlineError();
  absl::Status status = Authenticate(arrival.authorization, call);
  if (!status.ok()) return status;
  return CheckRoles(policy.roles, call->caller);
}

absl::Status Pipeline::Authenticate(absl::string_view authorization, Call* call) const {
  const absl::StatusOr<absl::string_view> token = auth::BearerToken(authorization);
  if (!token.ok()) return token.status();
  if (token->empty()) return absl::OkStatus();
  absl::StatusOr<auth::Caller> caller = options_.verifier->Verify(*token);
  if (!caller.ok()) return caller.status();
  call->caller = *std::move(caller);
  call->token = std::string(*token);
  return absl::OkStatus();
}

absl::Status Pipeline::Submit(absl::Time deadline, Executor::Task task) const {
  if (options_.executor->TrySubmit(std::move(task), deadline)) return absl::OkStatus();
  return OverloadedError(std::max(kShortestRetry, options_.executor->ExpectedWait()));
}

absl::Status Pipeline::CheckAlive(const Call& call) const {
  if (call.cancelled) return absl::CancelledError("the caller has gone");
  if (options_.clock->Now() >= call.deadline) return DeadlineError();
  return absl::OkStatus();
}

grpc::Status Pipeline::Conclude(const Call& call, const MethodMetrics& metrics,
                                const absl::Status& status) const {
  const absl::Duration took = options_.clock->Now() - call.start;
  const std::string incident = status.ok() ? "" : NewIncident();
  const grpc::Status answer = ToGrpcStatus(status, call.language, incident);
  const auto code = static_cast<absl::StatusCode>(answer.error_code());
  metrics.Count(code, took);
  if (witness_ != nullptr && call.over_grpc) witness_(call, code);
  RecordAnswer(
      {.kind = call.over_grpc ? telemetry::SpanKind::kServer : telemetry::SpanKind::kInternal,
       .method = call.method,
       .traceparent = call.traceparent,
       .parent = call.caller_traceparent,
       .start = call.start,
       .end = call.start + took},
      code);
  const std::string code_name = absl::StatusCodeToString(code);
  const double milliseconds = absl::ToDoubleMilliseconds(took);
  const std::string reason = ErrorReasonOf(status);
  const bool overloaded = reason == "OVERLOADED";
  if (code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnavailable) {
    // Here alone the cause is told: the caller is told the incident, or that something is away.
    telemetry::Log(SeverityOf(code, /*slow=*/false), "call",
                   {{"method", call.method},
                    {"code", code_name},
                    {"incident", incident},
                    {"cause", status.message()},
                    {"ms", milliseconds},
                    {"trace", telemetry::TraceIdOf(call.traceparent)}});
  } else if (overloaded || reason == "RATE_LIMITED") {
    RefusalTally& refusals = overloaded ? overloaded_ : too_often_;
    if (const int64_t refused = refusals.Add(call.start + took); refused > 0) {
      telemetry::Log(telemetry::Severity::kWarning, overloaded ? "overloaded" : "too_often",
                     {{"method", call.method}, {"refused", refused}});
    }
  } else {
    telemetry::Log(SeverityOf(code, took > call.slow), "call",
                   {{"method", call.method},
                    {"code", code_name},
                    {"reason", reason},
                    {"caller", call.caller.subject},
                    {"ms", milliseconds},
                    {"trace", telemetry::TraceIdOf(call.traceparent)}});
  }
  return answer;
}

bool Pipeline::StartStream(std::function<void()> body) {
  {
    absl::MutexLock lock(&mutex_);
    if (stopping_ || streams_ >= options_.stream_limit) return false;
    ++streams_;
  }
  std::thread([this, body = std::move(body)] {
    body();
    absl::MutexLock lock(&mutex_);
    --streams_;
  }).detach();
  return true;
}

}  // namespace dm::rpc
