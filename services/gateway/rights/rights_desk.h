#pragma once

#include "common/execution/executor.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/gateway/v1/rights_service.pb.h"
#include "destinationmetier/privacy/v1/personal_data_service.grpc.pb.h"
#include "services/gateway/api/local_backend.h"

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
  // `pipeline` admits the callers of both faces.
  RightsDesk(const std::vector<std::shared_ptr<grpc::Channel>>& services, std::string contact,
             rpc::Pipeline* pipeline, const Clock* clock);
  ~RightsDesk();

  void Export(std::shared_ptr<const rpc::Call> call,
              const destinationmetier::gateway::v1::ExportPersonalDataRequest& request,
              rpc::Done<destinationmetier::gateway::v1::PersonalDataArchive> done);

  // The gRPC face, and what the HTTP face calls.
  std::unique_ptr<rpc::ServiceBinding> Bind();
  Backend* local() { return &local_; }

 private:
  struct Collection;

  rpc::AnswerLater<destinationmetier::gateway::v1::ExportPersonalDataRequest,
                   destinationmetier::gateway::v1::PersonalDataArchive>
  Answer();
  void Conclude(std::shared_ptr<Collection> collection);

  std::vector<std::unique_ptr<destinationmetier::privacy::v1::PersonalDataService::Stub>> services_;
  const std::string contact_;
  rpc::Pipeline* const pipeline_;
  const Clock* const clock_;
  // Makes archives, one after another: a large one takes a moment, and no thread of gRPC has it.
  Executor archivist_;
  LocalBackend local_;
};

}  // namespace dm::gateway
