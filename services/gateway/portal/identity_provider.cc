#include "services/gateway/portal/identity_provider.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/auth/https_download.h"
#include "common/errors/error.h"
#include "services/gateway/portal/form_fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

using Json = nlohmann::json;

// So long the issuer is not asked again where its endpoints are.
constexpr absl::Duration kMetadataAge = absl::Minutes(10);
// Where the issuer does not say how long an access token is valid.
constexpr absl::Duration kShortestLife = absl::Minutes(5);
// The issuer looks how long ago somebody authenticated when they come to it; so long it may take
// them to come back.
constexpr absl::Duration kOnTheWay = absl::Minutes(11);

absl::Status Refused(absl::string_view cause) {
  return MakeError(absl::StatusCode::kUnauthenticated, cause, {.reason = "TOKEN_INVALID"});
}

Json Parse(absl::string_view text) {
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

std::string TextOf(const Json& object, const char* name) {
  if (!object.is_object()) return "";
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// The claims of a token whose signature was checked.
Json ClaimsOf(absl::string_view token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  std::string payload;
  if (parts.size() != 3 || !absl::WebSafeBase64Unescape(parts[1], &payload)) return nullptr;
  return Parse(payload);
}

// Codes, tokens and the client's secret go there: in plain text to this machine alone.
bool IsWebAddress(const std::string& url) { return auth::CheckKeysUrl(url).ok(); }

std::string WithQuery(const std::string& url, const FormFields& fields) {
  return absl::StrCat(url, absl::StrContains(url, '?') ? "&" : "?", EncodeFields(fields));
}

absl::StatusOr<SignedIn> ReadTokens(const WebAnswer& answer, absl::Time now) {
  const Json body = Parse(answer.body);
  if (answer.status >= 500) return BackendUnavailableError("the issuer");
  if (answer.status != 200) {
    return Refused(absl::StrCat("the issuer refused with HTTP ", answer.status));
  }
  SignedIn tokens{.access_token = TextOf(body, "access_token"),
                  .refresh_token = TextOf(body, "refresh_token"),
                  .access_ends = now + kShortestLife,
                  .display_name = ""};
  if (tokens.access_token.empty()) return Refused("the issuer gave no access token");
  const auto life = body.find("expires_in");
  if (life != body.end() && life->is_number()) {
    const double seconds = std::clamp(life->get<double>(), 0.0, 1e9);
    tokens.access_ends = now + absl::Seconds(seconds);
  }
  return tokens;
}

}  // namespace

IdentityProvider::IdentityProvider(Options options, WebClient web, const Clock* clock)
    : options_(std::move(options)),
      web_(std::move(web)),
      clock_(clock),
      id_tokens_(options_.issuer, options_.client_id, clock, auth::JwtVerifier::Kind::kId) {}

absl::StatusOr<IdentityProvider::Metadata> IdentityProvider::ReadMetadata() {
  const auto answer = web_({.url = options_.discovery_url, .form = "", .credentials = ""});
  if (!answer.ok()) return answer.status();
  const Json body = Parse(answer->body);
  if (answer->status != 200 || TextOf(body, "issuer") != options_.issuer) {
    return BackendUnavailableError("the issuer's discovery document");
  }
  Metadata metadata{.authorization_endpoint = TextOf(body, "authorization_endpoint"),
                    .token_endpoint = TextOf(body, "token_endpoint"),
                    .jwks_uri = TextOf(body, "jwks_uri"),
                    .end_session_endpoint = TextOf(body, "end_session_endpoint"),
                    .revocation_endpoint = TextOf(body, "revocation_endpoint"),
                    .read_at = clock_->Now()};
  for (const std::string* url :
       {&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri}) {
    if (!IsWebAddress(*url)) return BackendUnavailableError("the issuer's discovery document");
  }
  return metadata;
}

absl::StatusOr<IdentityProvider::Metadata> IdentityProvider::Discover() {
  {
    absl::MutexLock lock(&mutex_);
    if (metadata_.has_value() && clock_->Now() - metadata_->read_at < kMetadataAge) {
      return *metadata_;
    }
  }
  // Two that ask at once learn the same.
  auto metadata = ReadMetadata();
  if (!metadata.ok()) return metadata.status();
  absl::MutexLock lock(&mutex_);
  metadata_ = *metadata;
  return metadata;
}

absl::Status IdentityProvider::ReadKeys() {
  const auto metadata = Discover();
  if (!metadata.ok()) return metadata.status();
  const auto answer = web_({.url = metadata->jwks_uri, .form = "", .credentials = ""});
  if (!answer.ok()) return answer.status();
  auto keys = auth::ParseJwks(answer->body);
  if (answer->status != 200 || !keys.ok()) return BackendUnavailableError("the issuer's keys");
  id_tokens_.SetKeys(*std::move(keys));
  return absl::OkStatus();
}

absl::StatusOr<std::string> IdentityProvider::SignInUrl(absl::string_view state,
                                                        absl::string_view nonce,
                                                        absl::string_view challenge,
                                                        bool as_staff) {
  const auto metadata = Discover();
  if (!metadata.ok()) return metadata.status();
  FormFields fields = {
      {"response_type", "code"},
      {"client_id", options_.client_id},
      {"redirect_uri", options_.redirect_uri},
      {"scope", "openid profile offline_access"},
      {"state", std::string(state)},
      {"nonce", std::string(nonce)},
      {"max_age", absl::StrCat(absl::ToInt64Seconds(options_.oldest_authentication))},
      {"code_challenge", std::string(challenge)},
      {"code_challenge_method", "S256"}};
  if (as_staff && !options_.staff_acr.empty()) {
    fields.emplace_back("acr_values", options_.staff_acr);
  }
  return WithQuery(metadata->authorization_endpoint, fields);
}

absl::StatusOr<WebAnswer> IdentityProvider::Post(const std::string& url, std::string form) {
  WebRequest request{.url = url, .form = std::move(form), .credentials = ""};
  if (!options_.client_secret.empty()) {
    request.credentials = absl::StrCat(options_.client_id, ":", options_.client_secret);
  }
  return web_(request);
}

absl::StatusOr<WebAnswer> IdentityProvider::AskForTokens(std::string form) {
  const auto metadata = Discover();
  if (!metadata.ok()) return metadata.status();
  return Post(metadata->token_endpoint, std::move(form));
}

absl::Status IdentityProvider::CheckIdToken(const std::string& token, absl::string_view nonce,
                                            std::string* display_name) {
  if (!id_tokens_.Verify(token).ok()) {
    // The issuer may have new keys.
    if (absl::Status read = ReadKeys(); !read.ok()) return read;
    if (auto again = id_tokens_.Verify(token); !again.ok()) return again.status();
  }
  const Json claims = ClaimsOf(token);
  if (TextOf(claims, "nonce") != nonce) return Refused("the ID token is of another attempt");
  const auto authenticated = claims.find("auth_time");
  if (authenticated == claims.end() || !authenticated->is_number_integer() ||
      clock_->Now() - absl::FromUnixSeconds(authenticated->get<int64_t>()) >
          options_.oldest_authentication + kOnTheWay) {
    return Refused("the ID token tells of no recent authentication");
  }
  *display_name = TextOf(claims, "name");
  return absl::OkStatus();
}

absl::StatusOr<SignedIn> IdentityProvider::Redeem(absl::string_view code,
                                                  absl::string_view verifier,
                                                  absl::string_view nonce) {
  const auto answer = AskForTokens(EncodeFields({{"grant_type", "authorization_code"},
                                                 {"code", std::string(code)},
                                                 {"redirect_uri", options_.redirect_uri},
                                                 {"client_id", options_.client_id},
                                                 {"code_verifier", std::string(verifier)}}));
  if (!answer.ok()) return answer.status();
  auto tokens = ReadTokens(*answer, clock_->Now());
  if (!tokens.ok()) return tokens.status();
  const std::string id_token = TextOf(Parse(answer->body), "id_token");
  absl::Status genuine = CheckIdToken(id_token, nonce, &tokens->display_name);
  if (!genuine.ok()) return genuine;
  return tokens;
}

absl::StatusOr<SignedIn> IdentityProvider::Renew(const SignedIn& now) {
  const auto answer = AskForTokens(EncodeFields({{"grant_type", "refresh_token"},
                                                 {"refresh_token", now.refresh_token},
                                                 {"client_id", options_.client_id}}));
  if (!answer.ok()) return answer.status();
  auto tokens = ReadTokens(*answer, clock_->Now());
  if (!tokens.ok()) return tokens.status();
  if (tokens->refresh_token.empty()) tokens->refresh_token = now.refresh_token;
  tokens->display_name = now.display_name;
  return tokens;
}

void IdentityProvider::EndRenewals(const SignedIn& now) {
  const auto metadata = Discover();
  if (!metadata.ok() || !IsWebAddress(metadata->revocation_endpoint) || now.refresh_token.empty()) {
    return;
  }
  // Nothing follows from the answer: who signs out is signed out here either way.
  Post(metadata->revocation_endpoint, EncodeFields({{"token", now.refresh_token},
                                                    {"token_type_hint", "refresh_token"},
                                                    {"client_id", options_.client_id}}))
      .IgnoreError();
}

absl::StatusOr<std::string> IdentityProvider::SignOutUrl() {
  const auto metadata = Discover();
  if (!metadata.ok()) return metadata.status();
  if (!IsWebAddress(metadata->end_session_endpoint)) return std::string();
  return WithQuery(
      metadata->end_session_endpoint,
      {{"client_id", options_.client_id}, {"post_logout_redirect_uri", options_.after_sign_out}});
}

}  // namespace dm::gateway
