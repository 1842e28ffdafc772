#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "services/gateway/api/admission.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/api/guarded_backend.h"
#include "services/gateway/api/pages.h"
#include "services/gateway/api/public_services.h"
#include "services/gateway/http/browser_rpc.h"
#include "services/gateway/http/front.h"
#include "services/gateway/http/http_server.h"
#include "services/gateway/http/transcoder.h"
#include "services/gateway/http/web_policy.h"
#include "services/gateway/portal/portal.h"

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// The two faces of the gateway, put together: HTTP here, gRPC for the server of the process.
class Gateway {
 public:
  // One for each peer but kGateway.
  using Channels = std::map<Peer, std::shared_ptr<grpc::Channel>>;

  // Serves HTTP from now on. `admission` and `clock` outlive the gateway. `http.refusal` is set
  // here. Without a portal there are no pages.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(
      const Channels& channels, HttpServer::Options http, const Admission* admission,
      const Clock* clock, std::unique_ptr<Portal> portal = nullptr, WebPolicy web = {});
  // Drains HTTP and waits for the calls that are under way.
  ~Gateway();

  // The gRPC face. The gateway outlives the server that serves them.
  std::vector<std::unique_ptr<grpc::Service>> Forwarders();
  std::unique_ptr<rpc::ServiceBinding> BindPages(rpc::Pipeline* pipeline);

  int http_port() const { return http_->port(); }
  HttpServer& http() { return *http_; }

 private:
  Gateway(const Channels& channels, const Admission* admission, const Clock* clock);
  Backend* BackendOf(Peer peer);

  const Admission* const admission_;
  const Clock* const clock_;
  std::map<Peer, std::unique_ptr<ChannelBackend>> peers_;
  Pages pages_;
  PagesBackend pages_backend_;
  // What the HTTP face calls.
  std::map<Peer, std::unique_ptr<GuardedBackend>> guarded_;
  std::unique_ptr<Transcoder> transcoder_;
  std::unique_ptr<BrowserRpc> browser_rpc_;
  // May be null.
  std::unique_ptr<Portal> portal_;
  // Waits for the requests that the others are about.
  std::unique_ptr<Front> front_;
  // The last, since it hands requests to all the others.
  std::unique_ptr<HttpServer> http_;
};

}  // namespace dm::gateway
