#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/auth/token_signer.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "tests/model/front.h"

#include <map>
#include <memory>
#include <string>

namespace dm::model {

// A process of the service, reached by gRPC. A call waits until there is a connection, and a few
// seconds at most.
class GrpcFront final : public Front {
 public:
  GrpcFront(const std::string& address, const auth::TokenSigner* signer);

  void Submit(const Ask& ask, std::function<void(Answer)> done) override;

 private:
  std::string TokenOf(const Ask& ask);

  const auth::TokenSigner* const signer_;
  const std::unique_ptr<destinationmetier::booking::v1::BookingService::Stub> stub_;
  absl::Mutex mutex_;
  // By person and party.
  std::map<std::string, std::string> tokens_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::model
