#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/execution/executor.h"
#include "common/time/clock.h"
#include "services/gateway/http/http_server.h"
#include "services/gateway/portal/identity_provider.h"
#include "services/gateway/portal/sealed_text.h"
#include "services/gateway/portal/session_renewals.h"
#include "services/gateway/portal/short_memory.h"

#include <optional>
#include <string>
#include <variant>

namespace dm::gateway {

// Signs people in for the portal and keeps their access token where no script can read it: sealed,
// in a cookie of this host alone. The gateway turns the cookie into a bearer token on the way to
// the services; they check that as any other.
//
//   GET  /auth/signin?return=/path   to the issuer (authorization code, PKCE S256, state, nonce);
//                                    from another site, to the page that asks for the click first,
//                                    which passes `return` on
//   GET  /auth/callback              back from it; on to `return`
//   GET  /auth/session               who is signed in, as JSON; renews the access token in time
//   POST /auth/signout               forgets the session, and has the issuer end what renews it;
//                                    {"signOutUrl": …}
//
// The cookie counts for the portal's own requests alone: they carry the header
// `X-Destination-Metier: portal`, which no page of another origin can send without our leave, and
// come from this origin as `Sec-Fetch-Site` and `Origin` say. Thread-safe.
class SignIn {
 public:
  struct Options {
    // "https://host[:port]", where people reach the portal.
    std::string public_url;
    // From the sign-in; whatever is renewed, it ends then.
    absl::Duration session_lifetime = absl::Hours(8);
    // A session that nobody used for so long after its access token ended is over.
    absl::Duration session_idle_time = absl::Minutes(30);
  };

  // `provider` and `clock` outlive this.
  SignIn(Options options, SealedText seal, IdentityProvider* provider, const Clock* clock);

  // Answers what comes under /auth/.
  void Handle(const HttpRequest& request, HttpServer::Respond respond);
  // Gives a request of the portal the bearer token of its session. The cookies go no further.
  void Authorize(HttpRequest* request) const;

 private:
  struct Session {
    SignedIn tokens;
    absl::Time ends;
  };

  void Begin(const HttpRequest& request, HttpServer::Respond respond);
  void Complete(const HttpRequest& request, HttpServer::Respond respond);
  void Tell(const HttpRequest& request, HttpServer::Respond respond);
  void End(const HttpRequest& request, HttpServer::Respond respond);
  HttpResponse Start(absl::string_view return_to, bool as_staff);
  HttpResponse Redeem(const std::string& attempt, const std::string& code);
  HttpResponse Renewed(Session session, const SessionRenewals::Answer& renewed) const;
  // `told` says whether the issuer was.
  HttpResponse SignedOut(const absl::Status& told) const;
  // Whether no answer to the attempt with this state came before.
  bool IsFirstAnswer(const std::string& state);
  // Runs what waits for the issuer on a thread of its own; 503 when too many do.
  void Wait(HttpServer::Respond respond, absl::AnyInvocable<HttpResponse() &&> work);

  bool IsOwn(const HttpRequest& request) const;
  std::optional<Session> SessionOf(const HttpRequest& request) const;
  HttpResponse Told(const std::optional<Session>& session) const;
  void Keep(const Session& session, HttpResponse* response) const;
  HttpResponse WithoutSession(HttpResponse response) const;
  std::string Cookie(absl::string_view name, absl::string_view value, int seconds) const;
  std::string NameOf(absl::string_view cookie) const;

  const Options options_;
  const bool secure_;
  const SealedText seal_;
  IdentityProvider* const provider_;
  const Clock* const clock_;
  absl::Mutex mutex_;
  // The states of attempts that were answered.
  ShortMemory<std::monostate> answered_ ABSL_GUARDED_BY(mutex_);
  // The last two: what runs there uses all the others. Anybody can fill the first one, so who has a
  // session does not wait there.
  Executor sign_ins_;
  SessionRenewals renewals_;
};

}  // namespace dm::gateway
