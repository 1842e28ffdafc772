#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/jwt_verifier.h"
#include "common/time/clock.h"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

namespace dm::auth {

// A document as it was downloaded.
struct Downloaded {
  std::string body;
  // `max-age` of Cache-Control; absent when it says none, zero for no-cache and no-store.
  std::optional<absl::Duration> max_age;
};
using Download = std::function<absl::StatusOr<Downloaded>(const std::string& url)>;

// Keeps a verifier's keys equal to the JWKS document at a URL, from a thread of its own: no call
// ever waits for it. The keys are fetched again when their Cache-Control says so, within bounds,
// and when a token names a key that is not known; but however many such tokens come, once in an
// interval, and never twice at a time. The call that brought an unknown key is refused, as
// UNAUTHENTICATED with RetryInfo when the keys are on their way: an issuer publishes a key before
// it signs with it, so that this happens to whoever made the key up.
//
// While the issuer cannot be reached, or sends no keys, the last ones stay; that is logged, and the
// gauge auth_keys_age_seconds grows. Thread-safe.
class JwksUrl {
 public:
  struct Options {
    std::string url;
    // How long keys are good when the issuer does not say, and the bounds of what it may say.
    absl::Duration usual_age = absl::Minutes(5);
    absl::Duration shortest_age = absl::Seconds(30);
    absl::Duration longest_age = absl::Hours(1);
    // Between two fetches for unknown keys.
    absl::Duration unknown_key_interval = absl::Seconds(10);
    // After a failure; twice as long after each further one, up to `usual_age`.
    absl::Duration retry = absl::Seconds(1);
  };

  // `verifier` and `clock` outlive this.
  JwksUrl(Options options, Download download, JwtVerifier* verifier, const Clock* clock);
  ~JwksUrl();

  // Whether there are keys. For the readiness.
  bool HasKeys() const { return has_keys_; }

 private:
  void Run();
  // Fetches the keys and says how long they are good.
  absl::StatusOr<absl::Duration> Fetch();
  // A token names an unknown key; whether a fetch is coming that may bring it.
  bool KeyIsUnknown();
  bool Awake() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return stopping_ || wanted_; }

  const Options options_;
  const Download download_;
  JwtVerifier* const verifier_;
  const Clock* const clock_;
  std::atomic<bool> has_keys_ = false;
  // What the keys were made from. Of the thread alone.
  std::string document_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool wanted_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Time last_wanted_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::thread thread_;
};

}  // namespace dm::auth
