#pragma once

#include "absl/time/clock.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/client_unary_call.h>

#include <string>

namespace dm {

enum class Health { kServing, kNotServing, kUnknownName, kNoAnswer };

// What grpc.health.v1 tells of a name, over a connection of its own as a probe makes it.
inline Health HealthOf(const std::string& address, const std::string& name,
                       absl::Duration patience = absl::Seconds(5)) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto channel =
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  // HealthCheckRequest{service = 1} and HealthCheckResponse{status = 1}, as they are on the wire.
  const grpc::Slice request(std::string{'\x0a', static_cast<char>(name.size())} + name);
  grpc::ByteBuffer response;
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
  const grpc::internal::RpcMethod check("/grpc.health.v1.Health/Check",
                                        grpc::internal::RpcMethod::NORMAL_RPC);
  const grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      channel.get(), check, &context, grpc::ByteBuffer(&request, 1), &response);
  if (status.error_code() == grpc::StatusCode::NOT_FOUND) return Health::kUnknownName;
  grpc::Slice answer;
  if (!status.ok() || !response.DumpToSingleSlice(&answer).ok()) return Health::kNoAnswer;
  const std::string bytes(reinterpret_cast<const char*>(answer.begin()), answer.size());
  return bytes == std::string("\x08\x01") ? Health::kServing : Health::kNotServing;
}

}  // namespace dm
