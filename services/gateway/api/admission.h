#pragma once

#include "absl/numeric/int128.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/auth/token_verifier.h"
#include "common/rpc/call.h"
#include "common/rpc/method_table.h"
#include "common/rpc/peer_table.h"
#include "common/rpc/refusal_tally.h"
#include "common/time/clock.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/limits/allowances.h"
#include "services/gateway/limits/client_address.h"
#include "services/gateway/usage/partner_usage.h"

#include <string>

namespace dm::gateway {

// The gateway's door: who calls, whether they may call such a method, and whether they called too
// often. What of the data a caller may touch is decided where the data is, and the token is checked
// there again. Thread-safe, and quick enough for a gRPC thread.
//
// A caller with a token is limited by its subject; all others, those with a token that is no good
// among them, by their address. Neither is kept: only a keyed hash.
//
// Who is refused here reaches no service that would say so in its log: a line of the gateway does,
// in the form of theirs. Of callers who ask too often there is one a second.
class Admission {
 public:
  struct Options {
    const auth::TokenVerifier* verifier = nullptr;
    Allowances* allowances = nullptr;
    TrustedProxies proxies;
    // Of the hashes; the same on all replicas.
    std::string hash_key;
    const Clock* clock = nullptr;
    // Null: nobody's calls are counted.
    PartnerUsage* usage = nullptr;
    // Which processes may call what over gRPC; null where they are not told apart.
    const rpc::PeerAllowance* peers = nullptr;
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
    // To be ended with the call, also with one that is refused.
    UsedCall use;
  };
  // Of a call over gRPC, before anything else of it is looked at: whether the process that brings
  // it may call the method.
  absl::Status CheckPeer(const grpc::CallbackServerContext& context, absl::string_view path) const;
  Verdict Admit(const rpc::MethodPolicy& method, const CallContext& call) const;
  // Of a request that calls no method and shows no token: `what` is what the log says was asked
  // for.
  absl::Status AdmitVisitor(absl::string_view what, rpc::RateClass rate_class,
                            const Origin& origin) const;
  // The last step alone, for a caller that was admitted otherwise.
  Verdict Count(rpc::RateClass rate_class, const auth::Caller& caller, const Origin& origin) const;
  // The end of a call that was admitted otherwise.
  void Conclude(const rpc::Call& call, absl::StatusCode code) const;

 private:
  absl::uint128 HashOf(absl::string_view kind, absl::string_view who) const;
  void Tell(const absl::Status& refusal, absl::string_view method, const auth::Caller& caller,
            absl::string_view traceparent) const;

  const Options options_;
  mutable rpc::RefusalTally too_often_;
};

}  // namespace dm::gateway
