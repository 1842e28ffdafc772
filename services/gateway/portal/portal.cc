#include "services/gateway/portal/portal.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/auth/https_download.h"

#include <utility>

namespace dm::gateway {
namespace {

constexpr absl::string_view kSignIn = "/auth/";

}  // namespace

absl::StatusOr<std::unique_ptr<Portal>> Portal::Open(Options options, const Clock* clock) {
  options.public_url = std::string(absl::StripSuffix(options.public_url, "/"));
  auto site = StaticSite::Load({.folder = options.folder,
                                .map_tiles = options.map_tiles,
                                .map_attribution = options.map_attribution,
                                .secure = absl::StartsWith(options.public_url, "https://")});
  if (!site.ok()) return site.status();
  auto portal = std::unique_ptr<Portal>(new Portal());
  portal->site_ = *std::move(site);
  if (options.discovery_url.empty()) return portal;
  const absl::Status protected_way = auth::CheckKeysUrl(options.discovery_url);
  if (!protected_way.ok()) return protected_way;
  auto seal = SealedText::FromKeys(options.session_keys);
  if (!seal.ok()) return seal.status();
  portal->provider_ = std::make_unique<IdentityProvider>(
      IdentityProvider::Options{.discovery_url = options.discovery_url,
                                .issuer = options.issuer,
                                .client_id = options.client_id,
                                .client_secret = options.client_secret,
                                .redirect_uri = absl::StrCat(options.public_url, "/auth/callback"),
                                .after_sign_out = absl::StrCat(options.public_url, "/"),
                                .oldest_authentication = options.session_idle_time,
                                .staff_acr = options.staff_acr},
      CurlWebClient(), clock);
  portal->sign_in_ = std::make_unique<SignIn>(
      SignIn::Options{options.public_url, options.session_lifetime, options.session_idle_time},
      *std::move(seal), portal->provider_.get(), clock);
  return portal;
}

void Portal::Handle(HttpRequest request, HttpServer::Respond respond) {
  if (!absl::StartsWith(request.target, kSignIn)) {
    return std::move(respond)(site_->Answer(request));
  }
  if (sign_in_ != nullptr) return sign_in_->Handle(request, std::move(respond));
  const bool asks = absl::StartsWith(request.target, "/auth/session");
  std::move(respond)({.status = asks ? 200 : 404,
                      .headers = {{"Content-Type", "application/json; charset=utf-8"},
                                  {"Cache-Control", "no-store"}},
                      .body = R"({"signedIn":false})"});
}

void Portal::Authorize(HttpRequest* request) const {
  if (sign_in_ != nullptr) sign_in_->Authorize(request);
}

}  // namespace dm::gateway
