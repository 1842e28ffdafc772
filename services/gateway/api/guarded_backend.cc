#include "services/gateway/api/guarded_backend.h"

#include "services/gateway/api/peer_status.h"

#include <utility>

namespace dm::gateway {

void GuardedBackend::Call(const std::string& method, const CallContext& call,
                          grpc::ByteBuffer request, Done done) {
  const rpc::MethodPolicy* const policy = rpc::FindMethod(method);
  Admission::Verdict verdict;
  if (policy == nullptr) {
    verdict.status = absl::InternalError("a method that is not in the table");
  } else {
    verdict = admission_->Admit(*policy, call);
  }
  HttpLimits limits{.limit = std::move(verdict.limit), .policy = std::move(verdict.policy)};
  if (!verdict.status.ok()) {
    verdict.use.End(verdict.status.code());
    return std::move(done)({.status = Presentable(verdict.status, LanguageOf(call.accept_language)),
                            .message = {},
                            .limits = std::move(limits)});
  }
  backend_->Call(method, call, std::move(request),
                 [use = std::move(verdict.use), limits = std::move(limits),
                  done = std::move(done)](UnaryAnswer answer) mutable {
                   use.End(static_cast<absl::StatusCode>(answer.status.error_code()));
                   answer.limits = std::move(limits);
                   std::move(done)(std::move(answer));
                 });
}

}  // namespace dm::gateway
