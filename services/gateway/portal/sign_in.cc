#include "services/gateway/portal/sign_in.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/telemetry/log.h"
#include "services/gateway/portal/form_fields.h"

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

using Json = nlohmann::json;

constexpr char kSession[] = "dm_session";
constexpr char kAttempt[] = "dm_attempt";
constexpr int kAttemptSeconds = 600;
// Beyond it the oldest attempt could be answered again, for which the issuer has no other code.
constexpr size_t kMostAnswered = 10'000;
// Until the cookie is gone from the browser together with it.
constexpr int kWithBrowser = -1;
// An access token that ends sooner is renewed.
constexpr absl::Duration kRenewBefore = absl::Minutes(1);
// What browsers keep of one cookie, less its name and its attributes.
constexpr size_t kLongestCookie = 3900;
constexpr size_t kLongestReturn = 1000;

std::string RandomText() {
  unsigned char bytes[32];
  if (RAND_bytes(bytes, sizeof bytes) != 1) std::abort();
  return absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<const char*>(bytes), sizeof bytes));
}

std::string Sha256(absl::string_view text) {
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest);
  return absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<const char*>(digest), sizeof digest));
}

bool Same(absl::string_view a, absl::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

// A page of the portal, whatever was asked for: never another host, nor a sign-in again.
std::string SafeReturn(absl::string_view path) {
  const bool safe = absl::StartsWith(path, "/") && !absl::StartsWith(path, "//") &&
                    !absl::StartsWith(path, "/auth/") && path.size() <= kLongestReturn &&
                    std::all_of(path.begin(), path.end(),
                                [](unsigned char c) { return c > ' ' && c < 0x7f && c != '\\'; });
  return safe ? std::string(path) : "/";
}

std::string CookieOf(const HttpRequest& request, absl::string_view name) {
  for (const auto& [header, value] : request.headers) {
    if (header != "cookie") continue;
    for (absl::string_view pair : absl::StrSplit(value, ';')) {
      pair = absl::StripLeadingAsciiWhitespace(pair);
      if (absl::ConsumePrefix(&pair, name) && absl::ConsumePrefix(&pair, "=")) {
        return std::string(pair);
      }
    }
  }
  return "";
}

HttpResponse Redirect(const std::string& to) {
  return {.status = 303,
          .headers = {{"Location", to},
                      {"Cache-Control", "no-store"},
                      {"Referrer-Policy", "no-referrer"},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = ""};
}

HttpResponse JsonAnswer(int status, const Json& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json; charset=utf-8"},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

// The portal's page that says why nobody was signed in.
HttpResponse Failed(absl::string_view cause) {
  telemetry::Log(telemetry::Severity::kInfo, "sign_in_failed", {{"reason", cause}});
  return Redirect(absl::StrCat("/connexion?cause=", cause));
}

HttpResponse FailedBecause(const absl::Status& status) {
  return Failed(status.code() == absl::StatusCode::kUnavailable ? "indisponible" : "refus");
}

Json Parse(absl::string_view text) {
  return Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
}

// What an access token says. It comes from the issuer and was sealed here; the services verify it.
Json ClaimsOf(absl::string_view token) {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  std::string payload;
  if (parts.size() != 3 || !absl::WebSafeBase64Unescape(parts[1], &payload)) return Json::object();
  Json claims = Parse(payload);
  return claims.is_object() ? claims : Json::object();
}

// A claim as a list of texts, however it is written.
Json ListOf(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return Json::array();
  if (found->is_array()) return *found;
  if (!found->is_string()) return Json::array();
  return Json(std::vector<std::string>(
      absl::StrSplit(found->get_ref<const std::string&>(), ' ', absl::SkipEmpty())));
}

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

bool IsStaff(const std::string& access_token) {
  for (const Json& name : ListOf(ClaimsOf(access_token), "roles")) {
    const auto role = name.is_string() ? auth::ParseRole(name.get<std::string>()) : std::nullopt;
    if (role.has_value() && auth::kStaff.Contains(*role)) return true;
  }
  return false;
}

// Who signed in or out. What is no account's id for the services is none for the log either: it
// might be an address.
void LogAccount(absl::string_view event, const std::string& access_token) {
  const std::string subject = TextOf(ClaimsOf(access_token), "sub");
  telemetry::Log(telemetry::Severity::kInfo, event,
                 {{"caller", auth::IsAccountId(subject) ? subject : ""}});
}

absl::Time TimeOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer()
             ? absl::FromUnixSeconds(found->get<int64_t>())
             : absl::InfinitePast();
}

}  // namespace

SignIn::SignIn(Options options, SealedText seal, IdentityProvider* provider, const Clock* clock)
    : options_(std::move(options)),
      secure_(absl::StartsWith(options_.public_url, "https://")),
      seal_(std::move(seal)),
      provider_(provider),
      clock_(clock),
      answered_(absl::Seconds(kAttemptSeconds), kMostAnswered, clock),
      sign_ins_({.threads = 2, .queue_capacity = 64}),
      renewals_(provider, clock) {}

void SignIn::Handle(const HttpRequest& request, HttpServer::Respond respond) {
  const absl::string_view target = request.target;
  const absl::string_view path = target.substr(0, target.find('?'));
  const bool reads = request.method == "GET";
  if (path == "/auth/signin" && reads) return Begin(request, std::move(respond));
  if (path == "/auth/callback" && reads) return Complete(request, std::move(respond));
  if (path == "/auth/session" && reads) return Tell(request, std::move(respond));
  if (path == "/auth/signout" && request.method == "POST") return End(request, std::move(respond));
  std::move(respond)(JsonAnswer(404, Json::object()));
}

void SignIn::Authorize(HttpRequest* request) const {
  const bool own = request->Header("authorization").empty() && IsOwn(*request);
  const std::optional<Session> session = own ? SessionOf(*request) : std::nullopt;
  std::erase_if(request->headers, [](const auto& header) { return header.first == "cookie"; });
  if (session.has_value()) {
    request->headers.emplace_back("authorization",
                                  absl::StrCat("Bearer ", session->tokens.access_token));
  }
}

void SignIn::Begin(const HttpRequest& request, HttpServer::Respond respond) {
  // A page of another site may lead here, but not sign anybody in who did not choose to.
  const absl::string_view site = request.Header("sec-fetch-site");
  const bool sent_here = site == "cross-site" || site == "same-site";
  const std::string return_to = SafeReturn(QueryOf(request.target)["return"]);
  if (sent_here) {
    const std::string query =
        return_to == "/" ? "" : absl::StrCat("?", EncodeFields({{"return", return_to}}));
    return std::move(respond)(Redirect(absl::StrCat("/connexion", query)));
  }
  // Who is signed in as staff and yet comes here may have been refused for want of a second factor.
  const std::optional<Session> session = SessionOf(request);
  const bool as_staff = session.has_value() && IsStaff(session->tokens.access_token);
  Wait(std::move(respond), [this, return_to, as_staff] { return Start(return_to, as_staff); });
}

HttpResponse SignIn::Start(absl::string_view return_to, bool as_staff) {
  const std::string state = RandomText();
  const std::string nonce = RandomText();
  const std::string verifier = RandomText();
  const auto url = provider_->SignInUrl(state, nonce, Sha256(verifier), as_staff);
  if (!url.ok()) return FailedBecause(url.status());
  const Json attempt = {{"state", state},
                        {"nonce", nonce},
                        {"verifier", verifier},
                        {"return", std::string(return_to)},
                        {"ends", absl::ToUnixSeconds(clock_->Now()) + kAttemptSeconds}};
  HttpResponse response = Redirect(*url);
  response.headers.emplace_back(
      "Set-Cookie", Cookie(kAttempt, seal_.Seal(kAttempt, attempt.dump()), kAttemptSeconds));
  return response;
}

void SignIn::Complete(const HttpRequest& request, HttpServer::Respond respond) {
  auto query = QueryOf(request.target);
  const auto attempt = seal_.Open(kAttempt, CookieOf(request, NameOf(kAttempt)));
  const Json begun = attempt.has_value() ? Parse(*attempt) : Json::object();
  const bool ours = attempt.has_value() && Same(TextOf(begun, "state"), query["state"]) &&
                    TimeOf(begun, "ends") > clock_->Now() &&
                    // RFC 9207: an answer of another issuer is none.
                    (query.count("iss") == 0 || query["iss"] == provider_->issuer());
  if (!ours || !IsFirstAnswer(query["state"])) {
    return std::move(respond)(Failed("expiration"));
  }
  if (query["code"].empty()) return std::move(respond)(Failed("refus"));
  Wait(std::move(respond), [this, attempt = *attempt, code = query["code"]] {
    HttpResponse response = Redeem(attempt, code);
    response.headers.emplace_back("Set-Cookie", Cookie(kAttempt, "", 0));
    return response;
  });
}

// An attempt works once, also when the browser keeps its cookie: each answer is a call of the
// issuer.
bool SignIn::IsFirstAnswer(const std::string& state) {
  absl::MutexLock lock(&mutex_);
  if (answered_.Find(state) != nullptr) return false;
  answered_.Keep(state, {});
  return true;
}

HttpResponse SignIn::Redeem(const std::string& attempt, const std::string& code) {
  const Json begun = Parse(attempt);
  auto tokens = provider_->Redeem(code, TextOf(begun, "verifier"), TextOf(begun, "nonce"));
  if (!tokens.ok()) return FailedBecause(tokens.status());
  HttpResponse response = Redirect(SafeReturn(TextOf(begun, "return")));
  LogAccount("signed_in", tokens->access_token);
  Keep({*std::move(tokens), clock_->Now() + options_.session_lifetime}, &response);
  return response;
}

void SignIn::Tell(const HttpRequest& request, HttpServer::Respond respond) {
  if (!IsOwn(request)) return std::move(respond)(Told(std::nullopt));
  std::optional<Session> session = SessionOf(request);
  if (!session.has_value() || session->tokens.access_ends - clock_->Now() > kRenewBefore) {
    return std::move(respond)(Told(session));
  }
  const SignedIn now = session->tokens;
  auto tell = [this, session = *std::move(session),
               respond = std::move(respond)](const SessionRenewals::Answer& renewed) mutable {
    std::move(respond)(Renewed(std::move(session), renewed));
  };
  // Without a refresh token nobody is asked.
  if (now.refresh_token.empty()) return tell(absl::UnauthenticatedError("nothing renews it"));
  renewals_.Renew(now, std::move(tell));
}

HttpResponse SignIn::Renewed(Session session, const SessionRenewals::Answer& renewed) const {
  if (renewed.ok()) {
    session.tokens = *renewed;
    HttpResponse response = Told(session);
    Keep(session, &response);
    return response;
  }
  const bool signed_out = absl::IsCancelled(renewed.status());
  if (!signed_out && session.tokens.access_ends > clock_->Now()) return Told(session);
  // The session may go on once the issuer answers again.
  if (absl::IsUnavailable(renewed.status())) return JsonAnswer(503, Json::object());
  return WithoutSession(Told(std::nullopt));
}

void SignIn::End(const HttpRequest& request, HttpServer::Respond respond) {
  if (!IsOwn(request)) return std::move(respond)(JsonAnswer(403, Json::object()));
  const std::optional<Session> session = SessionOf(request);
  if (!session.has_value()) {
    return Wait(std::move(respond), [this] { return SignedOut(absl::OkStatus()); });
  }
  LogAccount("signed_out", session->tokens.access_token);
  renewals_.End(session->tokens,
                [this, respond = std::move(respond)](const absl::Status& told) mutable {
                  std::move(respond)(SignedOut(told));
                });
}

HttpResponse SignIn::SignedOut(const absl::Status& told) const {
  // Whatever comes of it, the cookie goes.
  if (!told.ok()) return WithoutSession(JsonAnswer(503, Json::object()));
  const auto url = provider_->SignOutUrl();
  return WithoutSession(JsonAnswer(200, {{"signOutUrl", url.ok() ? *url : ""}}));
}

void SignIn::Wait(HttpServer::Respond respond, absl::AnyInvocable<HttpResponse() &&> work) {
  // Shared, since the task is destroyed with what it holds when it is not taken.
  const auto answer = std::make_shared<HttpServer::Respond>(std::move(respond));
  const bool taken = sign_ins_.TrySubmit(
      [answer, work = std::move(work)]() mutable { std::move (*answer)(std::move(work)()); });
  if (!taken) std::move (*answer)(JsonAnswer(503, Json::object()));
}

bool SignIn::IsOwn(const HttpRequest& request) const {
  if (request.Header("x-destination-metier") != "portal") return false;
  const absl::string_view site = request.Header("sec-fetch-site");
  const absl::string_view origin = request.Header("origin");
  if (!site.empty() && site != "same-origin") return false;
  if (!origin.empty() && origin != options_.public_url) return false;
  // What changes something has to say where it comes from; every browser does.
  const bool reads = request.method == "GET" || request.method == "HEAD";
  return reads || !site.empty() || !origin.empty();
}

std::optional<SignIn::Session> SignIn::SessionOf(const HttpRequest& request) const {
  const auto text = seal_.Open(kSession, CookieOf(request, NameOf(kSession)));
  if (!text.has_value()) return std::nullopt;
  const Json kept = Parse(*text);
  Session session{.tokens = {.access_token = TextOf(kept, "access"),
                             .refresh_token = TextOf(kept, "refresh"),
                             .access_ends = TimeOf(kept, "access_ends"),
                             .display_name = TextOf(kept, "name")},
                  .ends = TimeOf(kept, "ends")};
  const absl::Time ends =
      std::min(session.ends, session.tokens.access_ends + options_.session_idle_time);
  if (ends <= clock_->Now()) return std::nullopt;
  return session;
}

void SignIn::Keep(const Session& session, HttpResponse* response) const {
  const Json kept = {{"access", session.tokens.access_token},
                     {"refresh", session.tokens.refresh_token},
                     {"access_ends", absl::ToUnixSeconds(session.tokens.access_ends)},
                     {"name", session.tokens.display_name},
                     {"ends", absl::ToUnixSeconds(session.ends)}};
  const std::string sealed =
      seal_.Seal(kSession, kept.dump(-1, ' ', false, Json::error_handler_t::replace));
  if (sealed.size() > kLongestCookie) {
    // A browser would drop it without a word.
    *response = Failed("refus");
    return;
  }
  response->headers.emplace_back("Set-Cookie", Cookie(kSession, sealed, kWithBrowser));
}

HttpResponse SignIn::WithoutSession(HttpResponse response) const {
  response.headers.emplace_back("Set-Cookie", Cookie(kSession, "", 0));
  return response;
}

HttpResponse SignIn::Told(const std::optional<Session>& session) const {
  if (!session.has_value()) return JsonAnswer(200, {{"signedIn", false}});
  const Json claims = ClaimsOf(session->tokens.access_token);
  return JsonAnswer(200, {{"signedIn", true},
                          {"displayName", session->tokens.display_name},
                          {"roles", ListOf(claims, "roles")},
                          {"companies", ListOf(claims, "companies")},
                          {"ambassador", TextOf(claims, "ambassador")},
                          {"territory", ListOf(claims, "territory")}});
}

std::string SignIn::NameOf(absl::string_view cookie) const {
  // Browsers take a name with this prefix from this host alone, over https.
  return absl::StrCat(secure_ ? "__Host-" : "", cookie);
}

std::string SignIn::Cookie(absl::string_view name, absl::string_view value, int seconds) const {
  return absl::StrCat(NameOf(name), "=", value, "; Path=/; HttpOnly; SameSite=Lax",
                      secure_ ? "; Secure" : "",
                      seconds == kWithBrowser ? "" : absl::StrCat("; Max-Age=", seconds));
}

}  // namespace dm::gateway
