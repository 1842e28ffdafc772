#include "common/auth/jwt_verifier.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "common/errors/error.h"

#include <nlohmann/json.hpp>
#include <openssl/ecdsa.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace dm::auth {
namespace {

using Json = nlohmann::json;

constexpr size_t kLongestToken = 8192;
constexpr absl::Duration kSkew = absl::Seconds(30);
// Some MiB; of more callers than that at a time, some are verified again.
constexpr size_t kKnownTokens = 16'384;

absl::Status TokenInvalid(absl::string_view cause) {
  ErrorDetails details;
  details.reason = "TOKEN_INVALID";
  details.message_fr = "Votre session n'est plus valable. Reconnectez-vous.";
  details.message_en = "Your session is no longer valid. Please sign in again.";
  return MakeError(absl::StatusCode::kUnauthenticated, cause, std::move(details));
}

bool IsSafeSubject(absl::string_view subject) {
  return !subject.empty() && subject.size() <= 128 &&
         std::all_of(subject.begin(), subject.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' ||
                  c == ':' || c == '-';
         });
}

std::vector<std::string> TextsOf(const Json& claims, const char* name) {
  std::vector<std::string> texts;
  const auto found = claims.find(name);
  if (found == claims.end()) return texts;
  if (found->is_string()) {
    for (absl::string_view text :
         absl::StrSplit(found->get_ref<const std::string&>(), ' ', absl::SkipEmpty())) {
      texts.emplace_back(text);
    }
  } else if (found->is_array()) {
    for (const Json& text : *found) {
      if (text.is_string()) texts.push_back(text.get<std::string>());
    }
  }
  return texts;
}

std::optional<Role> ParseRole(absl::string_view name) {
  static constexpr std::pair<absl::string_view, Role> kRoles[] = {
      {"applicant", Role::kApplicant},   {"guardian", Role::kGuardian}, {"host", Role::kHost},
      {"ambassador", Role::kAmbassador}, {"agency", Role::kAgency},     {"partner", Role::kPartner},
      {"operator", Role::kOperator}};
  for (const auto& [text, role] : kRoles) {
    if (text == name) return role;
  }
  return std::nullopt;
}

// JWS carries r and s side by side (RFC 7518, 3.4); OpenSSL wants them as DER.
std::string ToDer(absl::string_view signature) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(signature.data());
  std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(ECDSA_SIG_new(), ECDSA_SIG_free);
  ECDSA_SIG_set0(pair.get(), BN_bin2bn(bytes, 32, nullptr), BN_bin2bn(bytes + 32, 32, nullptr));
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  std::string text = size > 0 ? std::string(reinterpret_cast<char*>(der), size) : "";
  OPENSSL_free(der);
  return text;
}

bool SignatureFits(const VerificationKey& key, absl::string_view text,
                   absl::string_view signature) {
  std::string bytes(signature);
  if (key.algorithm == VerificationKey::Algorithm::kEs256) {
    if (signature.size() != 64) return false;
    bytes = ToDer(signature);
  }
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                  EVP_MD_CTX_free);
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.key.get()) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(bytes.data()),
                          bytes.size(), reinterpret_cast<const unsigned char*>(text.data()),
                          text.size()) == 1;
}

bool MeansAudience(const Json& claims, const std::string& audience) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  if (found->is_string()) return *found == audience;
  return found->is_array() && std::find(found->begin(), found->end(), audience) != found->end();
}

// A time claim; absent when it is missing or no number that stands for a time.
std::optional<absl::Time> TimeOf(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds >= 0 && seconds < 1e11)) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

absl::Status CheckSignature(const KeySet& keys, absl::string_view header_json,
                            absl::string_view signed_text, absl::string_view signature) {
  const Json header = Json::parse(header_json.begin(), header_json.end(), nullptr, false);
  if (!header.is_object()) return TokenInvalid("the token's header is no JSON object");
  if (header.contains("crit")) return TokenInvalid("the token has critical headers");
  const auto text = [&header](const char* name) {
    return header.contains(name) && header[name].is_string() ? header[name].get<std::string>() : "";
  };
  const auto key = keys.find(text("kid"));
  if (key == keys.end()) return TokenInvalid("the token's key is unknown");
  const char* const algorithm =
      key->second.algorithm == VerificationKey::Algorithm::kEs256 ? "ES256" : "RS256";
  if (text("alg") != algorithm) return TokenInvalid("the token's algorithm is not its key's");
  if (!SignatureFits(key->second, signed_text, signature)) {
    return TokenInvalid("the token's signature is wrong");
  }
  return absl::OkStatus();
}

Caller ToCaller(const Json& claims, std::string subject) {
  Caller caller;
  caller.subject = std::move(subject);
  for (const std::string& name : TextsOf(claims, "roles")) {
    if (const std::optional<Role> role = ParseRole(name)) caller.roles.Add(*role);
  }
  caller.companies = TextsOf(claims, "companies");
  const std::vector<std::string> ambassador = TextsOf(claims, "ambassador");
  if (ambassador.size() == 1) caller.ambassador = ambassador[0];
  caller.territory = TextsOf(claims, "territory");
  caller.scopes = TextsOf(claims, "scope");
  return caller;
}

}  // namespace

JwtVerifier::JwtVerifier(std::string issuer, std::string audience, const Clock* clock)
    : issuer_(std::move(issuer)),
      audience_(std::move(audience)),
      clock_(clock),
      keys_(std::make_shared<KeySet>()),
      known_(kKnownTokens) {}

void JwtVerifier::SetKeys(KeySet keys) {
  auto fresh = std::make_shared<const KeySet>(std::move(keys));
  absl::MutexLock lock(&mutex_);
  keys_ = std::move(fresh);
}

absl::StatusOr<KnownToken> JwtVerifier::Examine(absl::string_view token,
                                                std::shared_ptr<const KeySet> keys) const {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  std::string header;
  std::string payload;
  std::string signature;
  if (parts.size() != 3 || !absl::WebSafeBase64Unescape(parts[0], &header) ||
      !absl::WebSafeBase64Unescape(parts[1], &payload) ||
      !absl::WebSafeBase64Unescape(parts[2], &signature)) {
    return TokenInvalid("the token is malformed");
  }
  const absl::Status signature_status = CheckSignature(
      *keys, header, token.substr(0, parts[0].size() + 1 + parts[1].size()), signature);
  if (!signature_status.ok()) return signature_status;

  const Json claims = Json::parse(payload, nullptr, false);
  if (!claims.is_object()) return TokenInvalid("the token's payload is no JSON object");
  if (!claims.contains("iss") || claims["iss"] != issuer_) {
    return TokenInvalid("the token's issuer is another");
  }
  if (!MeansAudience(claims, audience_)) return TokenInvalid("the token is for somebody else");
  KnownToken known;
  const std::optional<absl::Time> expires = TimeOf(claims, "exp");
  if (!expires.has_value()) return TokenInvalid("the token has no end");
  known.expires = *expires;
  if (claims.contains("nbf")) {
    const std::optional<absl::Time> not_before = TimeOf(claims, "nbf");
    if (!not_before.has_value()) return TokenInvalid("the token's beginning is no time");
    known.not_before = *not_before;
  }
  const std::vector<std::string> subject = TextsOf(claims, "sub");
  if (subject.size() != 1 || !IsSafeSubject(subject[0])) {
    return TokenInvalid("the token's subject is missing or of a wrong form");
  }
  known.caller = ToCaller(claims, subject[0]);
  known.keys = std::move(keys);
  return known;
}

absl::StatusOr<Caller> JwtVerifier::Verify(absl::string_view token) const {
  if (token.size() > kLongestToken) return TokenInvalid("the token is too long");
  std::shared_ptr<const KeySet> keys;
  {
    absl::MutexLock lock(&mutex_);
    keys = keys_;
  }
  std::string digest = KnownTokens::DigestOf(token);
  std::shared_ptr<const KnownToken> known = known_.Find(digest);
  if (known == nullptr || known->keys != keys) {
    absl::StatusOr<KnownToken> examined = Examine(token, std::move(keys));
    if (!examined.ok()) return examined.status();
    known = std::make_shared<const KnownToken>(*std::move(examined));
    known_.Add(std::move(digest), known);
  }
  const absl::Time now = clock_->Now();
  if (now >= known->expires + kSkew) return TokenInvalid("the token has expired");
  if (now < known->not_before - kSkew) return TokenInvalid("the token is not valid yet");
  return known->caller;
}

}  // namespace dm::auth
