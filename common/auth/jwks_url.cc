#include "common/auth/jwks_url.h"

#include "absl/strings/str_cat.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"

#include <algorithm>
#include <utility>

namespace dm::auth {

JwksUrl::JwksUrl(Options options, Download download, JwtVerifier* verifier, const Clock* clock)
    : options_(std::move(options)),
      download_(std::move(download)),
      verifier_(verifier),
      clock_(clock) {
  verifier_->OnUnknownKey([this] { return KeyIsUnknown(); });
  thread_ = std::thread([this] { Run(); });
}

JwksUrl::~JwksUrl() {
  verifier_->OnUnknownKey(nullptr);
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

bool JwksUrl::KeyIsUnknown() {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = clock_->Now();
  if (now < last_wanted_ + options_.unknown_key_interval) return wanted_;
  last_wanted_ = now;
  wanted_ = true;
  return true;
}

absl::StatusOr<absl::Duration> JwksUrl::Fetch() {
  absl::StatusOr<Downloaded> downloaded = download_(options_.url);
  if (!downloaded.ok()) return downloaded.status();
  // What has not changed is not set anew: verified tokens stay known.
  if (downloaded->body != document_) {
    absl::StatusOr<KeySet> keys = ParseJwks(downloaded->body);
    if (!keys.ok()) return keys.status();
    telemetry::Log(telemetry::Severity::kInfo, "jwks_loaded",
                   {{"keys", static_cast<int64_t>(keys->size())}});
    verifier_->SetKeys(*std::move(keys));
    document_ = std::move(downloaded->body);
    has_keys_ = true;
  }
  return std::clamp(downloaded->max_age.value_or(options_.usual_age), options_.shortest_age,
                    options_.longest_age);
}

void JwksUrl::Run() {
  static auto& age = telemetry::GaugeOf("auth_keys_age_seconds",
                                        "Time since the keys of access tokens were fetched");
  absl::Duration retry = options_.retry;
  absl::Time fetched = clock_->Now();
  while (true) {
    const absl::StatusOr<absl::Duration> good_for = Fetch();
    absl::Duration rest;
    if (good_for.ok()) {
      fetched = clock_->Now();
      rest = *good_for;
      retry = options_.retry;
    } else {
      telemetry::Log(telemetry::Severity::kError, "jwks_not_loaded",
                     {{"cause", good_for.status().message()}});
      rest = retry;
      retry = std::min(retry * 2, options_.usual_age);
    }
    age.Set(absl::ToDoubleSeconds(clock_->Now() - fetched));
    absl::MutexLock lock(&mutex_);
    // Kept up to here, so that those who ask during a fetch hear that it is coming.
    wanted_ = false;
    mutex_.AwaitWithTimeout(absl::Condition(this, &JwksUrl::Awake), rest);
    if (stopping_) return;
  }
}

}  // namespace dm::auth
