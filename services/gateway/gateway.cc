#include "services/gateway/gateway.h"

#include "absl/strings/str_cat.h"
#include "services/gateway/api/forwarder.h"
#include "services/gateway/http/docs.h"
#include "services/gateway/http/error_response.h"
#include "services/gateway/http/openapi.h"

#include <utility>

namespace dm::gateway {
namespace {

template <typename T>
HttpServer::Handler HandlerOf(T* object) {
  return [object](HttpRequest request, HttpServer::Respond respond) {
    object->Handle(std::move(request), std::move(respond));
  };
}

// A request of the portal goes on with the token of its session.
HttpServer::Handler WithSession(const Portal* portal, HttpServer::Handler next) {
  return [portal, next = std::move(next)](HttpRequest request, HttpServer::Respond respond) {
    portal->Authorize(&request);
    next(std::move(request), std::move(respond));
  };
}

// "/package.Service/Method" of all.
std::vector<std::string> MethodsOf(const std::vector<PublicService>& services) {
  std::vector<std::string> methods;
  for (const PublicService& entry : services) {
    for (int i = 0; i < entry.service->method_count(); ++i) {
      methods.push_back(
          absl::StrCat("/", entry.service->full_name(), "/", entry.service->method(i)->name()));
    }
  }
  return methods;
}

}  // namespace

Gateway::Gateway(const Channels& channels, const Admission* admission, const Clock* clock)
    : admission_(admission),
      clock_(clock),
      pages_(channels.at(Peer::kCatalogue), channels.at(Peer::kAmbassador)),
      pages_backend_(&pages_) {
  for (const auto& [peer, channel] : channels) {
    peers_.emplace(peer, std::make_unique<ChannelBackend>(channel));
    guarded_.emplace(peer, std::make_unique<GuardedBackend>(peers_.at(peer).get(), admission));
  }
  guarded_.emplace(Peer::kGateway, std::make_unique<GuardedBackend>(&pages_backend_, admission));
}

Gateway::~Gateway() = default;

Backend* Gateway::BackendOf(Peer peer) { return guarded_.at(peer).get(); }

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(
    const Channels& channels, HttpServer::Options http, const Admission* admission,
    const Clock* clock, std::unique_ptr<Portal> portal, WebPolicy web) {
  auto gateway = std::unique_ptr<Gateway>(new Gateway(channels, admission, clock));
  std::vector<PublicService> services;
  for (const PublicEntry& entry : PublicTable()) {
    services.push_back({entry.service, gateway->BackendOf(entry.peer)});
  }
  auto routes = RoutingTable::Compile(services);
  if (!routes.ok()) return routes.status();
  Front::Handlers handlers;
  handlers.docs = ServeDocs(OpenapiDocument(*routes));
  gateway->transcoder_ = std::make_unique<Transcoder>(*std::move(routes), clock);
  handlers.api = HandlerOf(gateway->transcoder_.get());
  gateway->browser_rpc_ = std::make_unique<BrowserRpc>(services, clock);
  handlers.rpc = HandlerOf(gateway->browser_rpc_.get());
  gateway->portal_ = std::move(portal);
  if (gateway->portal_ != nullptr) {
    handlers.pages = HandlerOf(gateway->portal_.get());
    handlers.api = WithSession(gateway->portal_.get(), std::move(handlers.api));
  }
  gateway->front_ = std::make_unique<Front>(std::move(handlers), MethodsOf(services), clock);
  http.refusal = RefusalResponse;
  auto server = HttpServer::Start(
      std::move(http), BehindWebPolicy(std::move(web), HandlerOf(gateway->front_.get())));
  if (!server.ok()) return server.status();
  gateway->http_ = *std::move(server);
  return gateway;
}

std::vector<std::unique_ptr<grpc::Service>> Gateway::Forwarders() {
  std::vector<std::unique_ptr<grpc::Service>> forwarders;
  for (const PublicEntry& entry : PublicTable()) {
    if (entry.peer == Peer::kGateway) continue;
    forwarders.push_back(std::make_unique<Forwarder>(entry.service, peers_.at(entry.peer).get(),
                                                     admission_, clock_));
  }
  return forwarders;
}

std::unique_ptr<rpc::ServiceBinding> Gateway::BindPages(rpc::Pipeline* pipeline) {
  pipeline->SetGate([this](const grpc::CallbackServerContext& context, const rpc::Call& call) {
    const rpc::MethodPolicy* const method = rpc::FindMethod(call.method);
    if (method == nullptr) return absl::InternalError("a method that is not in the table");
    return admission_->Count(*method, call.caller, OriginOf(context)).status;
  });
  return pages_.Bind(pipeline);
}

}  // namespace dm::gateway
