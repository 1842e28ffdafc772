#pragma once

#include "common/rpc/pipeline.h"
#include "common/rpc/service_binding.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/api/page_makers.h"
#include "services/gateway/api/page_sources.h"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace dm::gateway {

// GatewayService: the pages that need several services in one call, over gRPC by Bind and for the
// HTTP face as a backend in this process, past no network. Thread-safe; outlives its calls.
class Pages final : public Backend {
 public:
  // Both outlive this.
  Pages(const PageSources::Channels& channels, rpc::Pipeline* pipeline, const Clock* clock);

  std::unique_ptr<rpc::ServiceBinding> Bind() const;
  void Call(const std::string& method, const CallContext& context, grpc::ByteBuffer request,
            Done done) override;

 private:
  struct Page {
    rpc::Policy policy;
    std::function<void(rpc::ServiceBinding&)> bind;
    // Answers who was admitted.
    std::function<void(std::shared_ptr<const rpc::Call>, const grpc::ByteBuffer&, Done)> answer;
  };

  template <typename Request, typename Response>
  void Add(const char* method, rpc::Policy policy, PageMaker<Request, Response>* make);

  rpc::Pipeline* const pipeline_;
  const PageSources sources_;
  std::map<std::string, Page> pages_;
};

}  // namespace dm::gateway
