#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/time/clock.h"
#include "services/gateway/http/http_server.h"
#include "services/gateway/portal/identity_provider.h"
#include "services/gateway/portal/sign_in.h"
#include "services/gateway/portal/static_site.h"

#include <memory>
#include <string>

namespace dm::gateway {

// The reference front end: its pages, and the sign-in that it needs. Thread-safe.
class Portal {
 public:
  struct Options {
    // "https://host[:port]", where people reach it.
    std::string public_url;
    std::string folder;
    std::string map_tiles;
    std::string map_attribution;
    // Without one nobody signs in.
    std::string discovery_url;
    std::string issuer;
    // See IdentityProvider.
    std::string staff_acr;
    std::string client_id;
    // Empty for a public client.
    std::string client_secret;
    // As SealedText::FromKeys takes them.
    std::string session_keys;
    absl::Duration session_lifetime = absl::Hours(8);
    absl::Duration session_idle_time = absl::Minutes(30);
  };

  // FAILED_PRECONDITION when the folder is no portal, INVALID_ARGUMENT when the keys are none.
  // `clock` outlives the portal.
  static absl::StatusOr<std::unique_ptr<Portal>> Open(Options options, const Clock* clock);

  // Answers without waiting.
  void Handle(HttpRequest request, HttpServer::Respond respond);
  // A request for the API, on its way there: see SignIn::Authorize.
  void Authorize(HttpRequest* request) const;

 private:
  Portal() = default;

  std::unique_ptr<StaticSite> site_;
  std::unique_ptr<IdentityProvider> provider_;
  // Null when nobody signs in.
  std::unique_ptr<SignIn> sign_in_;
};

}  // namespace dm::gateway
