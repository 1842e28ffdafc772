#include "services/gateway/gateway.h"

#include "absl/strings/str_cat.h"
#include "destinationmetier/event/v1/event_feed_service.pb.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "services/gateway/api/forwarder.h"
#include "services/gateway/http/docs.h"
#include "services/gateway/http/error_response.h"
#include "services/gateway/http/openapi.h"
#include "services/gateway/portal/one_click.h"
#include "services/gateway/portal/sign_in_limit.h"

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

std::vector<std::shared_ptr<grpc::Channel>> All(const Gateway::Channels& channels) {
  std::vector<std::shared_ptr<grpc::Channel>> all;
  for (const auto& [peer, channel] : channels) all.push_back(channel);
  return all;
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

Gateway::Gateway(const Channels& channels, const Options& options, const Clock* clock)
    : admission_(options.admission),
      clock_(clock),
      reads_(clock, options.most_read_bytes),
      pages_(channels, options.pipeline, clock),
      // Each of them keeps something of people.
      rights_(All(channels), options.privacy_contact, options.pipeline, clock) {
  for (const auto& [peer, channel] : channels) {
    AddBackend(peer,
               peers_.emplace(peer, std::make_unique<ChannelBackend>(channel)).first->second.get());
  }
  AddBackend(Peer::kGateway, &pages_);
  AddBackend(Peer::kRights, rights_.local());
  // Booking's seats are told by the two, once they know them.
  for (const Peer peer : {Peer::kCatalogue, Peer::kAmbassador}) Follow(channels.at(peer));
  options.pipeline->SetGate(
      [this](const grpc::CallbackServerContext& context, const rpc::Call& call) {
        const rpc::MethodPolicy* const method = rpc::FindMethod(call.method);
        if (method == nullptr) return absl::InternalError("a method that is not in the table");
        return admission_->Count(method->rate_class, call.caller, OriginOf(context)).status;
      });
  options.pipeline->SetWitness(
      [this](const rpc::Call& call, absl::StatusCode code) { admission_->Conclude(call, code); });
}

void Gateway::AddBackend(Peer peer, Backend* backend) {
  remembered_.emplace(peer, std::make_unique<RememberedBackend>(backend, &reads_));
  guarded_.emplace(peer, std::make_unique<GuardedBackend>(remembered_.at(peer).get(), admission_));
}

Gateway::~Gateway() = default;

void Gateway::Follow(const std::shared_ptr<grpc::Channel>& peer) {
  using destinationmetier::event::v1::ResourceChanged;
  const auto drop = [this](absl::Span<const destinationmetier::event::v1::Event> events) {
    for (const auto& event : events) {
      ResourceChanged changed;
      if (event.data().UnpackTo(&changed)) reads_.Drop(changed.name());
    }
  };
  // What is missed while a feed is away grows old by itself.
  watchers_.push_back(events::FeedWatcher::Start(
      peer, {std::string(ResourceChanged::descriptor()->full_name())}, drop, [] {}));
}

Backend* Gateway::Guard(Backend* local) {
  guarded_locals_.push_back(std::make_unique<GuardedBackend>(local, admission_));
  return guarded_locals_.back().get();
}

absl::StatusOr<std::unique_ptr<Gateway>> Gateway::Start(const Channels& channels,
                                                        HttpServer::Options http, Options options,
                                                        const Clock* clock) {
  auto gateway = std::unique_ptr<Gateway>(new Gateway(channels, options, clock));
  std::vector<PublicService> services;
  for (const PublicEntry& entry : PublicTable()) {
    const auto local = options.locals.find(entry.service->full_name());
    services.push_back({entry.service, local != options.locals.end()
                                           ? gateway->Guard(local->second)
                                           : gateway->guarded_.at(entry.peer).get()});
  }
  auto routes = RoutingTable::Compile(services);
  if (!routes.ok()) return routes.status();
  Front::Handlers handlers;
  handlers.docs = ServeDocs(OpenapiDocument(*routes));
  gateway->transcoder_ = std::make_unique<Transcoder>(*std::move(routes), clock);
  handlers.api = HandlerOf(gateway->transcoder_.get());
  gateway->browser_rpc_ = std::make_unique<BrowserRpc>(services, clock);
  handlers.rpc = HandlerOf(gateway->browser_rpc_.get());
  gateway->portal_ = std::move(options.portal);
  if (gateway->portal_ != nullptr) {
    handlers.pages = WithSignInLimit(WithOneClick(HandlerOf(gateway->portal_.get()), handlers.api),
                                     options.admission);
    handlers.api = WithSession(gateway->portal_.get(), std::move(handlers.api));
  }
  gateway->front_ = std::make_unique<Front>(std::move(handlers), MethodsOf(services), clock);
  http.refusal = [policy = options.web](int status) {
    HttpResponse refusal = RefusalResponse(status);
    AddSecurity(policy, &refusal);
    return refusal;
  };
  auto server = HttpServer::Start(
      std::move(http), BehindWebPolicy(std::move(options.web), HandlerOf(gateway->front_.get())));
  if (!server.ok()) return server.status();
  gateway->http_ = *std::move(server);
  return gateway;
}

std::vector<std::unique_ptr<grpc::Service>> Gateway::Forwarders() {
  std::vector<std::unique_ptr<grpc::Service>> forwarders;
  for (const PublicEntry& entry : PublicTable()) {
    if (entry.peer == Peer::kGateway || entry.peer == Peer::kRights) continue;
    forwarders.push_back(std::make_unique<Forwarder>(entry.service, peers_.at(entry.peer).get(),
                                                     &reads_, admission_, clock_));
  }
  return forwarders;
}

}  // namespace dm::gateway
