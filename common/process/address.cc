#include "common/process/address.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

namespace dm::process {
namespace {

struct HostAndPort {
  std::string host;
  std::string port;
};

std::optional<HostAndPort> Split(absl::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return std::nullopt;
  absl::string_view host = address.substr(0, colon);
  const absl::string_view port = address.substr(colon + 1);
  int number = 0;
  if (!absl::SimpleAtoi(port, &number) || number < 0 || number > 65535) return std::nullopt;
  if (absl::ConsumePrefix(&host, "[") != absl::ConsumeSuffix(&host, "]")) return std::nullopt;
  return HostAndPort{std::string(host), std::string(port)};
}

bool IsLocalHost(const std::string& host) {
  if (host == "localhost" || absl::EndsWith(host, ".localhost")) return true;
  in_addr v4 = {};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
  in6_addr v6 = {};
  if (inet_pton(AF_INET6, host.c_str(), &v6) != 1) return false;
  return IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127);
}

absl::Status Taken(const std::string& address) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address, ": ", std::strerror(errno)));
}

// A socket that listens, or -1 with errno.
int ListenOn(const sockaddr* address, socklen_t size) {
  const int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  const int on = 1;
  const int off = 0;
  // Two processes on one port would each get a part of the calls, so no SO_REUSEPORT; this one is
  // for the ports of connections that have just ended.
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address->sa_family != AF_UNIX) {
    // Connections inherit it.
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  }
  if (address->sa_family == AF_INET6) {
    setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  }
  if (bind(descriptor, address, size) == 0 && listen(descriptor, SOMAXCONN) == 0) {
    return descriptor;
  }
  const int reason = errno;
  close(descriptor);
  errno = reason;
  return -1;
}

int PortOf(int descriptor) {
  sockaddr_storage bound = {};
  socklen_t size = sizeof(bound);
  getsockname(descriptor, reinterpret_cast<sockaddr*>(&bound), &size);
  if (bound.ss_family == AF_INET) return ntohs(reinterpret_cast<sockaddr_in*>(&bound)->sin_port);
  return ntohs(reinterpret_cast<sockaddr_in6*>(&bound)->sin6_port);
}

void SetPort(sockaddr* address, int port) {
  const in_port_t number = htons(static_cast<uint16_t>(port));
  if (address->sa_family == AF_INET) {
    reinterpret_cast<sockaddr_in*>(address)->sin_port = number;
  } else {
    reinterpret_cast<sockaddr_in6*>(address)->sin6_port = number;
  }
}

absl::StatusOr<Listening> ListenInFileSystem(const std::string& address, absl::string_view path) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(name.sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(address, " has a path too short or too long"));
  }
  std::copy(path.begin(), path.end(), name.sun_path);
  // What a process left that was killed keeps nobody; anything else of that name is not ours.
  struct stat there = {};
  if (stat(name.sun_path, &there) == 0 && S_ISSOCK(there.st_mode)) unlink(name.sun_path);
  const int descriptor = ListenOn(reinterpret_cast<sockaddr*>(&name), sizeof(name));
  if (descriptor < 0) return Taken(address);
  return Listening{.sockets = {descriptor}, .port = 0};
}

}  // namespace

bool IsLocal(absl::string_view address) {
  if (absl::StartsWith(address, "unix:")) return true;
  absl::ConsumePrefix(&address, "dns:///");
  const bool list =
      absl::ConsumePrefix(&address, "ipv4:") || absl::ConsumePrefix(&address, "ipv6:");
  const auto is_local = [](absl::string_view one) {
    const std::optional<HostAndPort> parts = Split(one);
    return parts.has_value() && IsLocalHost(parts->host);
  };
  if (!list) return is_local(address);
  const std::vector<absl::string_view> all = absl::StrSplit(address, ',');
  return std::all_of(all.begin(), all.end(), is_local);
}

absl::StatusOr<Listening> Listen(const std::string& address) {
  absl::string_view path = address;
  if (absl::ConsumePrefix(&path, "unix:")) return ListenInFileSystem(address, path);
  const std::optional<HostAndPort> parts = Split(address);
  if (!parts.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(address, " is not host:port"));
  }
  addrinfo hints = {};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(parts->host.c_str(), parts->port.c_str(), &hints, &found) != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", address, ": nobody knows the name"));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, freeaddrinfo);
  Listening listening;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    // With port 0, the second number of a name takes the port that the first was given.
    if (listening.port != 0) SetPort(one->ai_addr, listening.port);
    const int descriptor = ListenOn(one->ai_addr, one->ai_addrlen);
    // A machine without IPv6 has a name for its loopback all the same.
    if (descriptor < 0 && errno == EADDRNOTAVAIL && all->ai_next != nullptr) continue;
    if (descriptor < 0) {
      const absl::Status taken = Taken(address);
      for (const int other : listening.sockets) close(other);
      return taken;
    }
    listening.sockets.push_back(descriptor);
    listening.port = PortOf(descriptor);
  }
  if (listening.sockets.empty()) return Taken(address);
  return listening;
}

std::string HostOf(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    return {reinterpret_cast<const char*>(&v4), sizeof(v4)};
  }
  if (address.ss_family != AF_INET6) return "";
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  const char* const bytes = reinterpret_cast<const char*>(&v6);
  return IN6_IS_ADDR_V4MAPPED(&v6) ? std::string(bytes + 12, 4) : std::string(bytes, 8);
}

}  // namespace dm::process
