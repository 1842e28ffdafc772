#pragma once

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/auth/token_verifier.h"
#include "common/rpc/method_table.h"
#include "common/time/clock.h"
#include "services/gateway/api/origin.h"
#include "services/gateway/limits/allowances.h"
#include "services/gateway/limits/client_address.h"

#include <string>

namespace dm::gateway {

// The gateway's door: who calls, whether they may call such a method, and whether they called too
// often. What of the data a caller may touch is decided where the data is, and the token is checked
// there again. Thread-safe, and quick enough for a gRPC thread.
//
// A caller with a token is limited by its subject; all others, those with a token that is no good
// among them, by their address. Neither is kept: only a keyed hash.
class Admission {
 public:
  struct Options {
    const auth::TokenVerifier* verifier = nullptr;
    Allowances* allowances = nullptr;
    TrustedProxies proxies;
    // Of the hashes; the same on all replicas.
    std::string hash_key;
    const Clock* clock = nullptr;
  };
  // What the options point at outlives this.
  explicit Admission(Options options) : options_(std::move(options)) {}

  struct Verdict {
    // UNAUTHENTICATED, PERMISSION_DENIED, or RESOURCE_EXHAUSTED with reason RATE_LIMITED and
    // RetryInfo.
    absl::Status status;
    // Values of the headers RateLimit and RateLimit-Policy (IETF draft
    // ratelimit-headers); empty where there is no limit.
    std::string limit;
    std::string policy;
  };
  // `authorization` is the header's value.
  Verdict Admit(const rpc::MethodPolicy& method, absl::string_view authorization,
                const Origin& origin) const;
  // The last step alone, for a caller that was admitted otherwise.
  Verdict Count(const rpc::MethodPolicy& method, const auth::Caller& caller,
                const Origin& origin) const;

 private:
  absl::uint128 HashOf(absl::string_view kind, absl::string_view who) const;

  const Options options_;
};

}  // namespace dm::gateway
