#pragma once

#include "absl/status/statusor.h"
#include "common/events/subscriber.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/api/pages.h"
#include "services/gateway/api/public_reads.h"
#include "services/gateway/api/public_services.h"
#include "services/gateway/http/http_server.h"
#include "services/gateway/http/transcoder.h"

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

  static constexpr size_t kMostReadBytes = size_t{64} << 20;

  // Serves HTTP from now on. `pipeline`, which admits to the pages, and `clock` outlive the
  // gateway. `http.refusal` is set here. Public reads are remembered in `most_read_bytes`.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const Channels& channels,
                                                        HttpServer::Options http,
                                                        rpc::Pipeline* pipeline, const Clock* clock,
                                                        size_t most_read_bytes = kMostReadBytes);
  // Drains HTTP and waits for the calls that are under way.
  ~Gateway();

  // The gRPC face. The gateway outlives the server that serves them.
  std::vector<std::unique_ptr<grpc::Service>> Forwarders();
  std::unique_ptr<rpc::ServiceBinding> BindPages() { return pages_.Bind(); }

  int http_port() const { return http_->port(); }
  HttpServer& http() { return *http_; }

 private:
  Gateway(const Channels& channels, rpc::Pipeline* pipeline, const Clock* clock,
          size_t most_read_bytes);
  // What a feed says has changed is forgotten.
  void Follow(const std::shared_ptr<grpc::Channel>& peer);

  const Clock* const clock_;
  PublicReads reads_;
  std::map<Peer, std::unique_ptr<ChannelBackend>> peers_;
  Pages pages_;
  // Those and the pages, with the memory before them.
  std::map<Peer, std::unique_ptr<RememberedBackend>> backends_;
  std::vector<std::unique_ptr<events::FeedWatcher>> watchers_;
  std::unique_ptr<Transcoder> transcoder_;
  // The last, since it hands requests to all the others.
  std::unique_ptr<HttpServer> http_;
};

}  // namespace dm::gateway
