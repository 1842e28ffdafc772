#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include <grpcpp/grpcpp.h>

#include <set>
#include <string>
#include <vector>

// Which process may call which method of which, as the code calls them: beside the method table,
// which says which people may. A process is known by the one name of ours that its certificate has
// as a DNS name among its subject alternative names.
namespace dm::rpc {

struct PeerPolicy {
  // The process that serves the method: "booking".
  std::string server;
  // "/package.Service/Method".
  std::string path;
  // The processes that may call it there.
  std::set<std::string> callers;
};

// The process in front of the gateway, which brings the calls of everybody outside.
inline constexpr char kEdge[] = "edge";

// All of them.
const std::vector<PeerPolicy>& PeerTable();

// FAILED_PRECONDITION names every method of the method table that nobody serves, and every line
// here that has no method there.
absl::Status CheckPeerTable();

// The names of our processes among those of a certificate: one, for a certificate of ours.
std::vector<std::string> ProcessesAmong(const std::vector<std::string>& names);

// Whom a process lets call. Immutable, so thread-safe.
class PeerAllowance {
 public:
  // `server` is the name of the process ("booking").
  explicit PeerAllowance(absl::string_view server);

  // PERMISSION_DENIED unless the process at the other end may call that method here.
  absl::Status Check(const grpc::CallbackServerContext& context, absl::string_view path) const;
  // The same for somebody with these DNS names.
  absl::Status Check(const std::vector<std::string>& names, absl::string_view path) const;

 private:
  absl::flat_hash_map<std::string, std::set<std::string>> callers_by_path_;
};

}  // namespace dm::rpc
