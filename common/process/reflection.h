#pragma once

#include <grpcpp/grpcpp.h>

namespace dm::process {

// Whether the server that `builder` makes tells its methods to who asks, for tools of developers.
// gRPC answers that by threads that wait for all connections of the process in turn, which slows
// every other call; and its library enrols with every server of a process that is linked with it.
void SetReflection(grpc::ServerBuilder& builder, bool on);

}  // namespace dm::process
