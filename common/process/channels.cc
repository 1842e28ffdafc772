#include "common/process/channels.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/process/address.h"
#include "common/rpc/method_table.h"
#include "common/rpc/rpc_spans.h"

#include <utility>
#include <vector>

namespace dm::process {
namespace {

// What the method table says can be repeated is, when the peer did not answer; never more than a
// tenth of the calls are retries. A call that reaches a server in the moment in which it stops is
// CANCELLED there by gRPC, and no method has seen it.
constexpr char kServiceConfig[] = R"json({
  "loadBalancingConfig": [{"round_robin": {}}],
  "methodConfig": [$once{
    "name": [{}],
    "retryPolicy": {
      "maxAttempts": 3,
      "initialBackoff": "0.05s",
      "maxBackoff": "0.5s",
      "backoffMultiplier": 2,
      "retryableStatusCodes": ["UNAVAILABLE", "CANCELLED"]
    }
  }],
  "retryThrottling": {"maxTokens": 100, "tokenRatio": 0.1}
})json";

// A methodConfig without a retryPolicy for the methods that must not be repeated: gRPC takes the
// entry that names a method before the one for all. Empty when there is none.
std::string ConfigOfMethodsThatRunOnce() {
  std::vector<std::string> names;
  for (const rpc::MethodPolicy& method : rpc::MethodTable()) {
    if (method.repeat != rpc::Repeat::kNever) continue;
    const std::vector<std::string> parts = absl::StrSplit(method.path, '/');
    names.push_back(
        absl::StrCat(R"({"service": ")", parts[1], R"(", "method": ")", parts[2], "\"}"));
  }
  if (names.empty()) return "";
  return absl::StrCat(R"({"name": [)", absl::StrJoin(names, ", "), "]}, ");
}

}  // namespace

void Channels::Secure(std::shared_ptr<grpc::ChannelCredentials> credentials) {
  absl::MutexLock lock(&mutex_);
  credentials_ = std::move(credentials);
}

absl::Status Channels::status() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

std::shared_ptr<grpc::Channel> Channels::To(const std::string& peer, const std::string& address) {
  absl::MutexLock lock(&mutex_);
  std::shared_ptr<grpc::Channel>& channel = channels_[{peer, address}];
  if (channel != nullptr) return channel;
  std::shared_ptr<grpc::ChannelCredentials> credentials =
      credentials_ != nullptr ? credentials_ : grpc::InsecureChannelCredentials();
  if (credentials_ == nullptr && !IsLocal(address)) {
    // Without any, gRPC makes a channel on which every call fails.
    credentials = nullptr;
    status_ = absl::FailedPreconditionError(
        absl::StrCat("calls to ", peer, " at ", address,
                     " would leave this machine in plain text: set the --tls-… files"));
  }
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(
      absl::StrReplaceAll(kServiceConfig, {{"$once", ConfigOfMethodsThatRunOnce()}}));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // The name that the peer's certificate must have, wherever it was found.
  if (credentials_ != nullptr) arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, peer);
  // "ipv4:" and "ipv6:" name several replicas without DNS.
  const bool has_scheme = absl::StrContains(address, ":///") ||
                          absl::StartsWith(address, "unix:") ||
                          absl::StartsWith(address, "ipv4:") || absl::StartsWith(address, "ipv6:");
  channel = grpc::experimental::CreateCustomChannelWithInterceptors(
      has_scheme ? address : absl::StrCat("dns:///", address), credentials, arguments,
      rpc::ClientSpanCreators());
  return channel;
}

}  // namespace dm::process
