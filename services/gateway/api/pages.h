#pragma once

#include "common/rpc/service_binding.h"
#include "destinationmetier/ambassador/v1/ambassador_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/gateway/v1/gateway_service.pb.h"
#include "services/gateway/api/backend.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

namespace dm::gateway {

// The pages that need several services: the calls that can run side by side do. A side dish that
// fails is named in `missing`; the main dish's error is the page's. Thread-safe; outlives its
// calls.
class Pages {
 public:
  Pages(std::shared_ptr<grpc::Channel> catalogue, std::shared_ptr<grpc::Channel> ambassador);

  void GetOfferPage(std::shared_ptr<const rpc::Call> call,
                    const destinationmetier::gateway::v1::GetOfferPageRequest& request,
                    rpc::Done<destinationmetier::gateway::v1::OfferPage> done);
  void GetProfessionOverview(
      std::shared_ptr<const rpc::Call> call,
      const destinationmetier::gateway::v1::GetProfessionOverviewRequest& request,
      rpc::Done<destinationmetier::gateway::v1::ProfessionOverview> done);

  // The gRPC face.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

 private:
  const std::unique_ptr<destinationmetier::catalogue::v1::CatalogueService::Stub> catalogue_;
  const std::unique_ptr<destinationmetier::ambassador::v1::AmbassadorService::Stub> ambassador_;
};

// The pages as the HTTP face calls them: in this process, past no network.
class PagesBackend final : public Backend {
 public:
  // `pages` outlives this.
  explicit PagesBackend(Pages* pages) : pages_(pages) {}
  void Call(const std::string& method, const CallContext& call, grpc::ByteBuffer request,
            Done done) override;

 private:
  Pages* const pages_;
};

}  // namespace dm::gateway
