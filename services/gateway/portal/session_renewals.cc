#include "services/gateway/portal/session_renewals.h"

#include "absl/time/time.h"
#include "common/errors/error.h"

#include <memory>
#include <optional>
#include <utility>

namespace dm::gateway {
namespace {

constexpr absl::Duration kRemembered = absl::Minutes(1);
// Of a few kB each, as what fits in a cookie is.
constexpr size_t kMostRemembered = 4096;
constexpr int kMostSteps = 4;

absl::Status TooManyWait() { return BackendUnavailableError("the issuer"); }

}  // namespace

SessionRenewals::SessionRenewals(IdentityProvider* provider, const Clock* clock)
    : provider_(provider),
      spent_(kRemembered, kMostRemembered, clock),
      issuer_calls_({.threads = 2, .queue_capacity = 64}) {}

void SessionRenewals::Renew(const SignedIn& now, Done done) {
  std::optional<Answer> known;
  {
    absl::MutexLock lock(&mutex_);
    known = Known(now.refresh_token);
    if (!known.has_value()) {
      std::vector<Done>& waiting = waiting_[now.refresh_token];
      waiting.push_back(std::move(done));
      if (waiting.size() > 1) return;
    }
  }
  if (known.has_value()) return std::move(done)(*known);
  const bool taken =
      issuer_calls_.TrySubmit([this, now] { Conclude(now.refresh_token, provider_->Renew(now)); });
  if (!taken) Conclude(now.refresh_token, TooManyWait());
}

std::optional<SessionRenewals::Answer> SessionRenewals::Known(const std::string& refresh_token) {
  std::optional<Answer> known;
  std::string token = refresh_token;
  // A token lasts longer than this memory, so that there are hardly two in a row; what signed out
  // with the next one has signed out.
  for (int step = 0; step < kMostSteps; ++step) {
    const Answer* const answer = spent_.Find(token);
    if (answer == nullptr) break;
    known = *answer;
    if (!known->ok()) break;
    token = (*known)->refresh_token;
  }
  return known;
}

void SessionRenewals::Conclude(const std::string& refresh_token, Answer answer) {
  std::vector<Done> waiting;
  std::optional<SignedIn> stray;
  {
    absl::MutexLock lock(&mutex_);
    waiting = std::move(waiting_.extract(refresh_token).mapped());
    if (const Answer* const ended = spent_.Find(refresh_token)) {
      if (answer.ok()) stray = *std::move(answer);
      answer = *ended;
    } else if (answer.ok() && answer->refresh_token != refresh_token) {
      spent_.Keep(refresh_token, answer);
    }
  }
  if (stray.has_value()) provider_->EndRenewals(*stray);
  for (Done& done : waiting) std::move(done)(answer);
}

void SessionRenewals::End(const SignedIn& now,
                          absl::AnyInvocable<void(const absl::Status&) &&> done) {
  // The last of its refresh tokens; nothing when it signed out before.
  std::optional<SignedIn> last = now;
  if (!now.refresh_token.empty()) {
    absl::MutexLock lock(&mutex_);
    if (const auto known = Known(now.refresh_token); known.has_value()) {
      last = known->ok() ? std::optional(**known) : std::nullopt;
    }
    spent_.Keep(now.refresh_token, absl::CancelledError("the session signed out"));
  }
  // Shared, since the task is destroyed with what it holds when it is not taken.
  const auto answer =
      std::make_shared<absl::AnyInvocable<void(const absl::Status&) &&>>(std::move(done));
  const bool taken = issuer_calls_.TrySubmit([this, last = std::move(last), answer] {
    if (last.has_value()) provider_->EndRenewals(*last);
    std::move (*answer)(absl::OkStatus());
  });
  if (!taken) std::move (*answer)(TooManyWait());
}

}  // namespace dm::gateway
