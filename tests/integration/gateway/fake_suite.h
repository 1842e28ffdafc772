#pragma once

#include "absl/synchronization/notification.h"
#include "common/auth/token_verifier.h"
#include "common/execution/executor.h"
#include "common/rpc/file_upload.h"
#include "common/rpc/service_binding.h"
#include "destinationmetier/ambassador/v1/ambassador_service.pb.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"
#include "destinationmetier/event/v1/event_feed_service.grpc.pb.h"
#include "services/gateway/gateway.h"

#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// "good" is the token of a host and operator; "pupil", "host" (an ambassador too), "clerk" and
// "partner" are of somebody with that role. All others are wrong.
class FakeVerifier final : public auth::TokenVerifier {
 public:
  absl::StatusOr<auth::Caller> Verify(absl::string_view token) const override;
};

// gRPC 1.51 shares one completion queue among all users of the callback API and takes it down with
// the last of them; one of its threads may then still touch it, and the process aborts. Keeps the
// queue for as long as the process lives.
void KeepCallbackQueue();

// Every service behind the gateway on one gRPC server, with answers that a test can foresee.
class FakeSuite {
 public:
  FakeSuite();
  ~FakeSuite();

  std::shared_ptr<grpc::Channel> Channel() const { return channel_; }
  void Stop();

  // What the catalogue and the ambassador service fail with.
  std::atomic<bool> companies_fail = false;
  std::atomic<bool> searches_fail = false;
  std::atomic<bool> ambassadors_fail = false;
  // What the last call brought.
  std::string last_traceparent() const {
    absl::MutexLock lock(&mutex_);
    return traceparent_;
  }
  // An upload that the caller did not complete was received as if it were whole.
  std::atomic<bool> took_half_an_upload = false;
  absl::Notification upload_cancelled;

 private:
  void Note(const rpc::Call& call) {
    absl::MutexLock lock(&mutex_);
    traceparent_ = call.traceparent;
  }
  rpc::ServiceBinding* Bind(const char* service);
  void BindCatalogue();
  void BindAmbassador();
  void BindBooking();
  void BindImport();

  FakeVerifier verifier_;
  Executor executor_{{.threads = 2, .queue_capacity = 64}};
  rpc::Pipeline pipeline_{
      {.executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()}};
  mutable absl::Mutex mutex_;
  std::string traceparent_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::unique_ptr<rpc::ServiceBinding>> services_;
  destinationmetier::event::v1::EventFeedService::Service feed_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

// A gateway with both faces on free ports, before one server that is all services behind it.
class RunningGateway {
 public:
  explicit RunningGateway(const FakeSuite& suite, const Quotas& quotas = {})
      : RunningGateway(suite.Channel(), quotas) {}
  // `clock` and `usage`, which counts partners' calls, outlive this.
  explicit RunningGateway(const std::shared_ptr<grpc::Channel>& peers, const Quotas& quotas = {},
                          const Clock* clock = &Clock::System(), PartnerUsage* usage = nullptr,
                          std::unique_ptr<Portal> portal = nullptr);
  ~RunningGateway();

  int http_port() const { return gateway_->http_port(); }
  std::shared_ptr<grpc::Channel> Channel() const { return channel_; }
  std::string grpc_address() const { return absl::StrCat("127.0.0.1:", grpc_port_); }

 private:
  FakeVerifier verifier_;
  Executor executor_{{.threads = 1, .queue_capacity = 64}};
  rpc::Pipeline pipeline_;
  int grpc_port_ = 0;
  Allowances allowances_;
  Admission admission_;
  std::unique_ptr<Gateway> gateway_;
  std::vector<std::unique_ptr<grpc::Service>> services_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace dm::gateway
