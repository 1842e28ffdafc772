#pragma once

#include "absl/status/statusor.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/api/pages.h"
#include "services/gateway/api/public_services.h"
#include "services/gateway/http/http_server.h"
#include "services/gateway/http/transcoder.h"
#include "services/gateway/rights/rights_desk.h"

#include <grpcpp/grpcpp.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// The two faces of the gateway, put together: HTTP here, gRPC for the server of the process.
class Gateway {
 public:
  // One for each peer that is another process.
  using Channels = std::map<Peer, std::shared_ptr<grpc::Channel>>;

  // Serves HTTP from now on. `clock` outlives the gateway. `http.refusal` is set here.
  // `privacy_contact`: whom people may ask about their data, as text.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const Channels& channels,
                                                        HttpServer::Options http,
                                                        const Clock* clock,
                                                        const std::string& privacy_contact = "");
  // Drains HTTP and waits for the calls that are under way.
  ~Gateway();

  // The gRPC face. The gateway outlives the server that serves them.
  std::vector<std::unique_ptr<grpc::Service>> Forwarders();
  std::unique_ptr<rpc::ServiceBinding> BindPages(rpc::Pipeline* pipeline);
  std::unique_ptr<rpc::ServiceBinding> BindRights(rpc::Pipeline* pipeline);

  int http_port() const { return http_->port(); }
  HttpServer& http() { return *http_; }

 private:
  Gateway(const Channels& channels, const Clock* clock, const std::string& privacy_contact);
  Backend* BackendOf(Peer peer);

  const Clock* const clock_;
  std::map<Peer, std::unique_ptr<ChannelBackend>> peers_;
  Pages pages_;
  PagesBackend pages_backend_;
  RightsDesk rights_;
  RightsBackend rights_backend_;
  std::unique_ptr<Transcoder> transcoder_;
  // The last, since it hands requests to all the others.
  std::unique_ptr<HttpServer> http_;
};

}  // namespace dm::gateway
