#pragma once

#include "absl/status/statusor.h"
#include "common/events/subscriber.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "services/gateway/api/admission.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/api/guarded_backend.h"
#include "services/gateway/api/pages.h"
#include "services/gateway/api/public_reads.h"
#include "services/gateway/api/public_services.h"
#include "services/gateway/http/browser_rpc.h"
#include "services/gateway/http/front.h"
#include "services/gateway/http/http_server.h"
#include "services/gateway/http/transcoder.h"
#include "services/gateway/http/web_policy.h"
#include "services/gateway/portal/portal.h"
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

  static constexpr size_t kMostReadBytes = size_t{64} << 20;

  // Services that the gateway answers itself, by their full names, beside its pages.
  using Locals = std::map<std::string, Backend*>;

  struct Options {
    // Both outlive the gateway. The pipeline admits to the pages; its gate and its witness are set
    // here.
    const Admission* admission = nullptr;
    rpc::Pipeline* pipeline = nullptr;
    // Null: there are no pages for people.
    std::unique_ptr<Portal> portal = nullptr;
    WebPolicy web = {};
    // What they point to outlives the gateway.
    Locals locals = {};
    // Whom people may ask about their data, as text.
    std::string privacy_contact = "";
    // Public reads are remembered in so much; 0 remembers none.
    size_t most_read_bytes = kMostReadBytes;
  };
  // Serves HTTP from now on. `clock` outlives the gateway. `http.refusal` is set here.
  static absl::StatusOr<std::unique_ptr<Gateway>> Start(const Channels& channels,
                                                        HttpServer::Options http, Options options,
                                                        const Clock* clock);
  // Drains HTTP and waits for the calls that are under way.
  ~Gateway();

  // The gRPC face. The gateway outlives the server that serves them.
  std::vector<std::unique_ptr<grpc::Service>> Forwarders();
  std::unique_ptr<rpc::ServiceBinding> BindPages() { return pages_.Bind(); }
  std::unique_ptr<rpc::ServiceBinding> BindRights() { return rights_.Bind(); }

  int http_port() const { return http_->port(); }
  HttpServer& http() { return *http_; }

 private:
  Gateway(const Channels& channels, const Options& options, const Clock* clock);
  void AddBackend(Peer peer, Backend* backend);
  Backend* Guard(Backend* local);
  // What a feed says has changed is forgotten.
  void Follow(const std::shared_ptr<grpc::Channel>& peer);

  const Admission* const admission_;
  const Clock* const clock_;
  PublicReads reads_;
  std::map<Peer, std::unique_ptr<ChannelBackend>> peers_;
  Pages pages_;
  RightsDesk rights_;
  // Those, the pages and the desk with the memory before them, and the door before that: what the
  // HTTP face calls.
  std::map<Peer, std::unique_ptr<RememberedBackend>> remembered_;
  std::map<Peer, std::unique_ptr<GuardedBackend>> guarded_;
  std::vector<std::unique_ptr<events::FeedWatcher>> watchers_;
  std::vector<std::unique_ptr<GuardedBackend>> guarded_locals_;
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
