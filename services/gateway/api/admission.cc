#include "services/gateway/api/admission.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/auth/bearer.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "common/telemetry/trace_context.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstring>
#include <utility>

namespace dm::gateway {
namespace {

// At least one, since a header of 0 s reads as "now".
int64_t Seconds(absl::Duration duration) {
  return std::max<int64_t>(1, absl::ToInt64Seconds(absl::Ceil(duration, absl::Seconds(1))));
}

absl::Status RateLimited(rpc::RateClass rate_class, absl::Duration retry_after) {
  return MakeError(
      absl::StatusCode::kResourceExhausted, "this caller asks more often than is allowed",
      {.reason = "RATE_LIMITED",
       .metadata = {{"limit", std::string(rpc::RateClassName(rate_class))}},
       .retry_after = retry_after,
       .message_fr = "Trop de demandes en peu de temps. Réessayez dans un instant.",
       .message_en = "Too many requests in a short time. Please try again in a moment."});
}

prometheus::Counter& RefusalsOf(rpc::RateClass rate_class) {
  static const auto* const kCounters = [] {
    auto* counters = new std::array<prometheus::Counter*, rpc::kRateClasses>;
    for (size_t i = 0; i < rpc::kRateClasses; ++i) {
      (*counters)[i] = &telemetry::CounterOf(
          "gateway_rate_limited_total", "Calls refused as too many, by class",
          {{"class", std::string(rpc::RateClassName(static_cast<rpc::RateClass>(i)))}});
    }
    return counters;
  }();
  return *(*kCounters)[static_cast<size_t>(rate_class)];
}

}  // namespace

absl::Status Admission::CheckPeer(const grpc::CallbackServerContext& context,
                                  absl::string_view path) const {
  if (options_.peers == nullptr) return absl::OkStatus();
  absl::Status status = options_.peers->Check(context, path);
  if (!status.ok()) Tell(status, path, auth::Caller(), /*traceparent=*/"");
  return status;
}

Admission::Verdict Admission::Admit(const rpc::MethodPolicy& method,
                                    const CallContext& call) const {
  auth::Caller caller;
  absl::Status identity = absl::OkStatus();
  const absl::StatusOr<absl::string_view> token = auth::BearerToken(call.authorization);
  if (!token.ok()) {
    identity = token.status();
  } else if (!token->empty()) {
    absl::StatusOr<auth::Caller> verified = options_.verifier->Verify(*token);
    identity = verified.status();
    if (verified.ok()) caller = *std::move(verified);
  }
  // Before the refusal: guessing is limited as well.
  Verdict verdict = Count(method.rate_class, caller, call.origin);
  if (verdict.status.ok()) {
    verdict.status = identity.ok() ? rpc::CheckAccess(method, caller) : identity;
  }
  if (!verdict.status.ok()) Tell(verdict.status, method.path, caller, call.traceparent);
  verdict.use = UsedCall(options_.usage, method.path, caller);
  return verdict;
}

absl::Status Admission::AdmitVisitor(absl::string_view what, rpc::RateClass rate_class,
                                     const Origin& origin) const {
  absl::Status status = Count(rate_class, auth::Caller(), origin).status;
  if (!status.ok()) Tell(status, what, auth::Caller(), /*traceparent=*/"");
  return status;
}

Admission::Verdict Admission::Count(rpc::RateClass rate_class, const auth::Caller& caller,
                                    const Origin& origin) const {
  const Quota& quota = options_.allowances->QuotaOf(rate_class);
  if (!quota.Limits()) return {};
  const absl::uint128 who =
      caller.subject.empty()
          ? HashOf("address", ClientAddress(origin.peer, origin.forwarded_for, options_.proxies))
          : HashOf("subject", caller.subject);
  const Allowances::Decision decision =
      options_.allowances->Spend({who, rate_class}, options_.clock->Now());
  const std::string name = absl::AsciiStrToLower(rpc::RateClassName(rate_class));
  Verdict verdict;
  verdict.policy =
      absl::StrCat("\"", name, "\";q=", quota.calls, ";w=", absl::ToInt64Seconds(quota.window));
  verdict.limit =
      absl::StrCat("\"", name, "\";r=", decision.remaining,
                   ";t=", Seconds(decision.admitted ? decision.whole_in : decision.retry_after));
  if (!decision.admitted) {
    RefusalsOf(rate_class).Increment();
    verdict.status = RateLimited(rate_class, decision.retry_after);
  }
  return verdict;
}

void Admission::Conclude(const rpc::Call& call, absl::StatusCode code) const {
  if (options_.usage != nullptr) options_.usage->CountCall(call.caller, call.method, code);
}

void Admission::Tell(const absl::Status& refusal, absl::string_view method,
                     const auth::Caller& caller, absl::string_view traceparent) const {
  const std::string reason = ErrorReasonOf(refusal);
  if (reason != "RATE_LIMITED") {
    return telemetry::Log(telemetry::Severity::kInfo, "call",
                          {{"method", method},
                           {"code", absl::StatusCodeToString(refusal.code())},
                           {"reason", reason},
                           {"caller", caller.subject},
                           {"trace", telemetry::TraceIdOf(traceparent)}});
  }
  if (const int64_t refused = too_often_.Add(options_.clock->Now()); refused > 0) {
    telemetry::Log(telemetry::Severity::kWarning, "too_often",
                   {{"method", method}, {"caller", caller.subject}, {"refused", refused}});
  }
}

absl::uint128 Admission::HashOf(absl::string_view kind, absl::string_view who) const {
  const std::string text = absl::StrCat(kind, ":", who);
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash;
  unsigned int size = 0;
  HMAC(EVP_sha256(), options_.hash_key.data(), static_cast<int>(options_.hash_key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data(), &size);
  std::array<uint64_t, 2> halves;
  std::memcpy(halves.data(), hash.data(), sizeof(halves));
  return absl::MakeUint128(halves[0], halves[1]);
}

}  // namespace dm::gateway
