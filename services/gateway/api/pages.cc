#include "services/gateway/api/pages.h"

#include "absl/strings/str_cat.h"
#include "services/gateway/api/message_bytes.h"
#include "services/gateway/api/peer_status.h"

#include <utility>

namespace dm::gateway {
namespace {

namespace pb = destinationmetier::gateway::v1;
using auth::Role;

const google::protobuf::ServiceDescriptor* Descriptor() {
  return pb::GetOfferPageRequest::descriptor()->file()->FindServiceByName("GatewayService");
}

template <typename Response>
rpc::Done<Response> AsBytes(std::shared_ptr<const rpc::Call> call, const Clock* clock,
                            Backend::Done done) {
  return [call = std::move(call), clock,
          done = std::move(done)](absl::StatusOr<Response> page) mutable {
    UnaryAnswer answer;
    answer.status = Presentable(page.status(), call->language);
    if (page.ok()) {
      answer.message = ToBytes(*page);
      // What lacks something is not for others.
      if (page->missing().empty()) answer.read = clock->Now() - call->age();
    }
    std::move(done)(std::move(answer));
  };
}

}  // namespace

Pages::Pages(const PageSources::Channels& channels, rpc::Pipeline* pipeline, const Clock* clock)
    : pipeline_(pipeline), sources_(channels, clock) {
  const rpc::Policy everybody{.roles = {Role::kAnonymous}};
  Add("GetHome", everybody, MakeHome);
  Add("GetOfferPage", everybody, MakeOfferPage);
  Add("GetProfessionOverview", everybody, MakeProfessionOverview);
  Add("GetMySpace", {.roles = {Role::kApplicant}}, MakeMySpace);
  Add("GetHostDesk", {.roles = {Role::kHost, Role::kAmbassador}}, MakeHostDesk);
  Add("GetAgencyDesk", {.roles = {Role::kAgency, Role::kOperator}}, MakeAgencyDesk);
}

template <typename Request, typename Response>
void Pages::Add(const char* method, rpc::Policy policy, PageMaker<Request, Response>* make) {
  Page& page = pages_[absl::StrCat("/", Descriptor()->full_name(), "/", method)];
  page.policy = policy;
  page.bind = [this, method, policy, make](rpc::ServiceBinding& binding) {
    binding.Async<Request, Response>(
        method, policy, nullptr,
        [this, make](std::shared_ptr<const rpc::Call> call, const Request& request,
                     rpc::Done<Response> done) {
          make(sources_, std::move(call), request, std::move(done));
        });
  };
  page.answer = [this, make](std::shared_ptr<const rpc::Call> call, const grpc::ByteBuffer& bytes,
                             Done done) {
    Request request;
    FromBytes(bytes, &request);
    make(sources_, call, request, AsBytes<Response>(call, sources_.clock, std::move(done)));
  };
}

std::unique_ptr<rpc::ServiceBinding> Pages::Bind() const {
  auto binding = std::make_unique<rpc::ServiceBinding>(Descriptor(), pipeline_);
  for (const auto& [method, page] : pages_) page.bind(*binding);
  return binding;
}

void Pages::Call(const std::string& method, const CallContext& context, grpc::ByteBuffer request,
                 Done done) {
  const Page& page = pages_.at(method);
  auto call = std::make_shared<rpc::Call>();
  call->method = method;
  const absl::Status admitted = pipeline_->Admit({.authorization = context.authorization,
                                                  .traceparent = context.traceparent,
                                                  .tracestate = context.tracestate,
                                                  .accept_language = context.accept_language,
                                                  .deadline = context.deadline},
                                                 page.policy, call.get());
  if (!admitted.ok()) {
    UnaryAnswer refusal;
    refusal.status = Presentable(admitted, call->language);
    return std::move(done)(std::move(refusal));
  }
  page.answer(std::move(call), request, std::move(done));
}

}  // namespace dm::gateway
