#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include <sys/socket.h>

#include <string>
#include <vector>

namespace dm::process {

// Whether nobody but this machine is meant: a name or number of the loopback, or a socket in the
// file system. `address` as a channel or a server is given it: "host:port", "[::1]:port",
// "dns:///host:port", "unix:path", "ipv4:" and "ipv6:" with a list.
bool IsLocal(absl::string_view address);

// Sockets that listen, non-blocking: one for each number that a name stands for.
struct Listening {
  std::vector<int> sockets;
  // Zero for a socket in the file system.
  int port = 0;
};

// INVALID_ARGUMENT for what is no "host:port" or "unix:path"; UNAVAILABLE when it is taken. With
// port 0 the system chooses. "[::]" takes IPv4 too.
absl::StatusOr<Listening> Listen(const std::string& address);

// Whose connection it is: the number of an IPv4 host, the network of 64 bits that an IPv6 host has
// to itself. Empty for all that have none.
std::string HostOf(const sockaddr_storage& address);

}  // namespace dm::process
