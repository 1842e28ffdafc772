#pragma once

namespace dm::process {

// What gRPC has to say, errors only, becomes lines of our log from now on: at most a few a second,
// since anybody who can connect can make it complain. Call once, at start.
void RouteGrpcLog();

}  // namespace dm::process
