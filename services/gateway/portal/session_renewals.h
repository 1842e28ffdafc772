#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/execution/executor.h"
#include "common/time/clock.h"
#include "services/gateway/portal/identity_provider.h"
#include "services/gateway/portal/short_memory.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dm::gateway {

// Has the issuer renew sessions, and ends that. A refresh token works once: who comes with one that
// is being used waits for the same answer, and who comes with one that was used is given the same
// answer again for a minute, since it may have been lost on its way to a page that was left. What a
// session that signs out meanwhile would be given is taken back. Bounded; thread-safe.
class SessionRenewals {
 public:
  // UNAVAILABLE when the issuer does not answer or too many wait for it, UNAUTHENTICATED when it
  // refuses, CANCELLED when the session signed out.
  using Answer = absl::StatusOr<SignedIn>;
  using Done = absl::AnyInvocable<void(const Answer&) &&>;

  // Both outlive this.
  SessionRenewals(IdentityProvider* provider, const Clock* clock);

  // `now` has a refresh token.
  void Renew(const SignedIn& now, Done done);
  // Nothing is renewed from now on; `done` runs once the issuer knows, and may wait for it as well.
  // With UNAVAILABLE it runs at once, since too many wait for the issuer to be told.
  void End(const SignedIn& now, absl::AnyInvocable<void(const absl::Status&) &&> done);

 private:
  // What became of this refresh token, and of the one that it was given for it.
  std::optional<Answer> Known(const std::string& refresh_token)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Conclude(const std::string& refresh_token, Answer answer);

  IdentityProvider* const provider_;
  absl::Mutex mutex_;
  // Who waits for a renewal under way, by its refresh token.
  std::map<std::string, std::vector<Done>> waiting_ ABSL_GUARDED_BY(mutex_);
  // What became of refresh tokens that are of no use any more.
  ShortMemory<Answer> spent_ ABSL_GUARDED_BY(mutex_);
  // The last: what runs there uses all the others.
  Executor issuer_calls_;
};

}  // namespace dm::gateway
