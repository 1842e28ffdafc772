#include "deploy/local/issuer/oidc_server.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/gateway/portal/form_fields.h"

#include <nlohmann/json.hpp>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cstdlib>
#include <utility>

namespace dm::issuer {
namespace {

using gateway::EncodeFields;
using gateway::HttpRequest;
using gateway::HttpResponse;
using Json = nlohmann::json;

constexpr absl::Duration kCodeLifetime = absl::Minutes(1);

std::string RandomText() {
  unsigned char bytes[24];
  if (RAND_bytes(bytes, sizeof bytes) != 1) std::abort();
  return absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<const char*>(bytes), sizeof bytes));
}

std::string Sha256(const std::string& text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof digest));
}

std::string ForHtml(absl::string_view text) {
  return absl::StrReplaceAll(text,
                             {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

HttpResponse JsonAnswer(int status, const Json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          .body = body.dump()};
}

HttpResponse Refusal(const char* error) { return JsonAnswer(400, {{"error", error}}); }

HttpResponse Redirect(const std::string& to) {
  return {.status = 303, .headers = {{"Location", to}, {"Cache-Control", "no-store"}}, .body = ""};
}

constexpr char kStyle[] =
    "body{font:1.05rem/1.5 system-ui,sans-serif;margin:0;background:#fbf8f3;color:#1d2730}"
    "main{max-width:34rem;margin:0 auto;padding:2rem 1rem}h1{font-size:1.5rem}"
    "button{display:block;width:100%;text-align:left;font:inherit;margin:.6rem 0;padding:.8rem "
    "1rem;"
    "border:1px solid #857c6f;border-radius:12px;background:#fff;color:inherit;cursor:pointer}"
    "button:focus-visible{outline:3px solid #1a5e63}button span{color:#4d5a66;display:block}";

// The page on which somebody chooses who they are. It sends what it was asked back, and the choice.
HttpResponse ChoicePage(const std::map<std::string, std::string>& query) {
  std::string page = absl::StrCat(
      "<!doctype html><html lang=\"fr\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width,initial-scale=1\"><title>Qui êtes-vous ?</title><link "
      "rel=\"icon\" "
      "href=\"data:,\"><style>",
      kStyle,
      "</style><main><h1>Qui êtes-vous ?</h1><p>Connexion de démonstration : choisissez une "
      "personne. Aucune n'existe, sauf Jeanne Lemoine.</p><form action=\"/authorize\">");
  for (const auto& [name, value] : query) {
    absl::StrAppend(&page, "<input type=\"hidden\" name=\"", ForHtml(name), "\" value=\"",
                    ForHtml(value), "\">");
  }
  for (const Person& person : People()) {
    absl::StrAppend(&page, "<button name=\"person\" value=\"", person.claims.subject, "\"><strong>",
                    ForHtml(person.display_name), "</strong><span>", ForHtml(person.about),
                    "</span></button>");
  }
  absl::StrAppend(&page, "</form></main></html>");
  return {.status = 200,
          .headers = {{"Content-Type", "text/html; charset=utf-8"}, {"Cache-Control", "no-store"}},
          .body = std::move(page)};
}

}  // namespace

OidcServer::OidcServer(Options options, auth::TokenSigner signer, const Clock* clock)
    : options_(std::move(options)), signer_(std::move(signer)), clock_(clock) {}

HttpResponse OidcServer::Answer(const HttpRequest& request) {
  const std::string path = request.target.substr(0, request.target.find('?'));
  if (request.method == "POST" && path == "/token") {
    return GiveTokens(gateway::DecodeFields(request.body));
  }
  if (request.method == "POST" && path == "/revoke") {
    return Revoke(gateway::DecodeFields(request.body));
  }
  if (request.method != "GET") return JsonAnswer(405, Json::object());
  if (path == "/.well-known/openid-configuration") return Discovery();
  if (path == "/jwks.json") {
    return {
        .status = 200, .headers = {{"Content-Type", "application/json"}}, .body = signer_.Jwks()};
  }
  if (path == "/authorize") return Authorize(gateway::QueryOf(request.target));
  if (path == "/end_session") return EndSession(gateway::QueryOf(request.target));
  return JsonAnswer(404, Json::object());
}

std::string OidcServer::RedirectUri() const {
  return absl::StrCat(options_.portal, "/auth/callback");
}

HttpResponse OidcServer::Discovery() const {
  return JsonAnswer(200, {{"issuer", auth::TokenClaims().issuer},
                          {"authorization_endpoint", options_.address + "/authorize"},
                          {"token_endpoint", options_.address + "/token"},
                          {"jwks_uri", options_.address + "/jwks.json"},
                          {"end_session_endpoint", options_.address + "/end_session"},
                          {"revocation_endpoint", options_.address + "/revoke"},
                          {"response_types_supported", {"code"}},
                          {"subject_types_supported", {"public"}},
                          {"id_token_signing_alg_values_supported", {"ES256"}},
                          {"code_challenge_methods_supported", {"S256"}},
                          {"authorization_response_iss_parameter_supported", true},
                          {"token_endpoint_auth_methods_supported", {"none"}}});
}

HttpResponse OidcServer::Authorize(Fields query) {
  // Where this does not hold nobody may be sent anywhere.
  if (query["client_id"] != options_.client_id || query["redirect_uri"] != RedirectUri()) {
    return Refusal("invalid_request");
  }
  if (query["response_type"] != "code" || query["code_challenge_method"] != "S256" ||
      query["code_challenge"].empty()) {
    return Redirect(
        absl::StrCat(RedirectUri(), "?",
                     EncodeFields({{"error", "invalid_request"}, {"state", query["state"]}})));
  }
  if (query.count("person") == 0) return ChoicePage(query);
  if (FindPerson(query["person"]) == nullptr) return Refusal("invalid_request");
  const std::string code = RandomText();
  {
    absl::MutexLock lock(&mutex_);
    codes_[code] = {query["person"], query["nonce"], query["code_challenge"],
                    clock_->Now() + kCodeLifetime};
  }
  return Redirect(absl::StrCat(
      RedirectUri(), "?",
      EncodeFields(
          {{"code", code}, {"state", query["state"]}, {"iss", auth::TokenClaims().issuer}})));
}

HttpResponse OidcServer::GiveTokens(Fields form) {
  if (form["client_id"] != options_.client_id) return Refusal("invalid_client");
  if (form["grant_type"] == "refresh_token") {
    std::string subject;
    {
      absl::MutexLock lock(&mutex_);
      const auto found = sessions_.find(form["refresh_token"]);
      if (found == sessions_.end()) return Refusal("invalid_grant");
      subject = found->second;
      sessions_.erase(found);
    }
    return Tokens(*FindPerson(subject), "");
  }
  if (form["grant_type"] != "authorization_code") return Refusal("unsupported_grant_type");
  Grant grant;
  {
    absl::MutexLock lock(&mutex_);
    // A code works once, for whoever tries it.
    auto found = codes_.extract(form["code"]);
    if (found.empty()) return Refusal("invalid_grant");
    grant = std::move(found.mapped());
  }
  const bool fits = grant.ends > clock_->Now() && form["redirect_uri"] == RedirectUri() &&
                    Sha256(form["code_verifier"]) == grant.challenge;
  return fits ? Tokens(*FindPerson(grant.subject), grant.nonce) : Refusal("invalid_grant");
}

std::string OidcServer::IdToken(const Person& person, const std::string& nonce) const {
  const int64_t now = absl::ToUnixSeconds(clock_->Now());
  const Json header = {{"alg", "ES256"}, {"typ", "JWT"}, {"kid", signer_.key_id()}};
  Json payload = {{"iss", auth::TokenClaims().issuer},
                  {"aud", options_.client_id},
                  {"sub", person.claims.subject},
                  {"name", person.display_name},
                  {"iat", now},
                  {"auth_time", now},
                  {"exp", now + 300}};
  if (!nonce.empty()) payload["nonce"] = nonce;
  return signer_.SignRaw(header.dump(), payload.dump());
}

HttpResponse OidcServer::Tokens(const Person& person, const std::string& nonce) {
  auth::TokenClaims claims = person.claims;
  claims.not_before = clock_->Now();
  claims.expires_at = clock_->Now() + options_.access_lifetime;
  const std::string refresh = RandomText();
  {
    absl::MutexLock lock(&mutex_);
    sessions_[refresh] = person.claims.subject;
  }
  return JsonAnswer(200, {{"access_token", signer_.Sign(claims)},
                          {"token_type", "Bearer"},
                          {"expires_in", absl::ToInt64Seconds(options_.access_lifetime)},
                          {"refresh_token", refresh},
                          {"id_token", IdToken(person, nonce)}});
}

HttpResponse OidcServer::Revoke(Fields form) {
  if (form["client_id"] != options_.client_id) return Refusal("invalid_client");
  absl::MutexLock lock(&mutex_);
  // As RFC 7009 has it: what is not known is as good as revoked.
  sessions_.erase(form["token"]);
  return JsonAnswer(200, Json::object());
}

HttpResponse OidcServer::EndSession(Fields query) const {
  const std::string& back = query["post_logout_redirect_uri"];
  return back == options_.portal + "/" ? Redirect(back) : Refusal("invalid_request");
}

}  // namespace dm::issuer
