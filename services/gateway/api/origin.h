#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

namespace dm::gateway {

// Where a call comes from, as the transport says; see ClientAddress.
struct Origin {
  // The other end of the connection.
  std::string peer;
  // X-Forwarded-For, several of them with commas between.
  std::string forwarded_for;
};

Origin OriginOf(const grpc::CallbackServerContext& context);

}  // namespace dm::gateway
