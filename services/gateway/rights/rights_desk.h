#pragma once

#include "common/execution/executor.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/gateway/v1/rights_service.pb.h"
#include "destinationmetier/privacy/v1/personal_data_service.grpc.pb.h"
#include "services/gateway/api/backend.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// gateway.v1.RightsService: asks every service side by side for its part and makes one archive of
// them. One that cannot be asked fails the whole: half an answer would not be the truth. Nothing of
// it is kept here. Thread-safe; outlives its calls.
class RightsDesk {
 public:
  // One channel a service that keeps something of people. `contact`: whom people may ask.
  RightsDesk(const std::vector<std::shared_ptr<grpc::Channel>>& services, std::string contact,
             const Clock* clock);
  ~RightsDesk();

  void Export(std::shared_ptr<const rpc::Call> call,
              const destinationmetier::gateway::v1::ExportPersonalDataRequest& request,
              rpc::Done<destinationmetier::gateway::v1::PersonalDataArchive> done);

  // The gRPC face.
  std::unique_ptr<rpc::ServiceBinding> Bind(rpc::Pipeline* pipeline);

 private:
  struct Collection;

  void Conclude(std::shared_ptr<Collection> collection);

  std::vector<std::unique_ptr<destinationmetier::privacy::v1::PersonalDataService::Stub>> services_;
  const std::string contact_;
  const Clock* const clock_;
  // Makes archives, one after another: a large one takes a moment, and no thread of gRPC has it.
  Executor archivist_;
};

// The desk as the HTTP face calls it: in this process, past no network.
class RightsBackend final : public Backend {
 public:
  // `desk` outlives this.
  explicit RightsBackend(RightsDesk* desk) : desk_(desk) {}
  void Call(const std::string& method, const CallContext& call, grpc::ByteBuffer request,
            Done done) override;

 private:
  RightsDesk* const desk_;
};

}  // namespace dm::gateway
