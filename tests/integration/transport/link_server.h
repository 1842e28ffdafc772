#pragma once

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/token_verifier.h"
#include "common/execution/executor.h"
#include "common/process/grpc_server.h"
#include "common/rpc/peer_table.h"
#include "common/rpc/pipeline.h"
#include "common/rpc/service_binding.h"
#include "common/time/clock.h"
#include "destinationmetier/notification/v1/link_service.grpc.pb.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace dm::process {

class NobodysVerifier final : public auth::TokenVerifier {
 public:
  absl::StatusOr<auth::Caller> Verify(absl::string_view) const override {
    return absl::UnauthenticatedError("no token is good here");
  }
};

// The process "notification" with one of its services: LinkService, which only booking may call. It
// says yes to everything.
class LinkServer {
 public:
  // `told_apart`: whether peers are.
  explicit LinkServer(GrpcServer::Options options, bool told_apart = true)
      : pipeline_({.executor = &executor_,
                   .verifier = &verifier_,
                   .clock = &Clock::System(),
                   .peers = told_apart ? &peers_ : nullptr}) {
    namespace pb = destinationmetier::notification::v1;
    auto links = std::make_unique<rpc::ServiceBinding>(
        pb::SendLinkRequest::descriptor()->file()->service(0), &pipeline_);
    links->Immediate<pb::SendLinkRequest, pb::SendLinkResponse>(
        "SendLink", {.roles = {auth::Role::kAnonymous}}, nullptr,
        [this](const rpc::Call&,
               const pb::SendLinkRequest&) -> absl::StatusOr<pb::SendLinkResponse> {
          ++answered_;
          return pb::SendLinkResponse();
        });
    absl::Status status = server_.Add(std::move(links));
    EXPECT_TRUE(status.ok()) << status;
    started_ = server_.Start(options);
    if (started_.ok()) server_.SetServing(true);
  }
  ~LinkServer() { server_.Drain(absl::Now() + absl::Seconds(1)); }

  const absl::Status& started() const { return started_; }
  std::string address() const { return absl::StrCat("127.0.0.1:", server_.port()); }
  int port() const { return server_.port(); }
  int answered() const { return answered_; }

 private:
  std::atomic<int> answered_ = 0;
  NobodysVerifier verifier_;
  const rpc::PeerAllowance peers_{"notification"};
  Executor executor_{{.threads = 1, .queue_capacity = 1}};
  rpc::Pipeline pipeline_;
  GrpcServer server_;
  absl::Status started_;
};

// A channel with connections of its own, to the process `peer`.
inline std::shared_ptr<grpc::Channel> NewChannel(
    const std::string& address, std::shared_ptr<grpc::ChannelCredentials> credentials,
    const std::string& peer = "notification") {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, peer);
  return grpc::CreateCustomChannel(address, credentials, arguments);
}

inline grpc::Status SendLink(const std::shared_ptr<grpc::Channel>& channel,
                             absl::Duration patience = absl::Seconds(20)) {
  namespace pb = destinationmetier::notification::v1;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
  pb::SendLinkResponse response;
  return pb::LinkService::NewStub(channel)->SendLink(&context, {}, &response);
}

}  // namespace dm::process
