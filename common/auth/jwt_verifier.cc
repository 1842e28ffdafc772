#include "common/auth/jwt_verifier.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/auth/acr_values.h"
#include "common/auth/strict_json.h"
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

constexpr size_t kLongestToken = 4096;
constexpr absl::Duration kSkew = absl::Seconds(30);
constexpr absl::Duration kKeysComeWithin = absl::Seconds(1);
// Some MiB; of more callers than that at a time, some are verified again.
constexpr size_t kKnownTokens = 16'384;

absl::Status TokenInvalid(absl::string_view cause,
                          std::optional<absl::Duration> retry_after = std::nullopt) {
  ErrorDetails details;
  details.retry_after = retry_after;
  details.reason = "TOKEN_INVALID";
  details.message_fr = "Votre session n'est plus valable. Reconnectez-vous.";
  details.message_en = "Your session is no longer valid. Please sign in again.";
  return MakeError(absl::StatusCode::kUnauthenticated, cause, std::move(details));
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

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// Access tokens, and the plain JWTs that many issuers send as such; "application/" may stand
// before.
bool IsTypeOf(JwtVerifier::Kind kind, absl::string_view type) {
  if (absl::StartsWithIgnoreCase(type, "application/")) type.remove_prefix(12);
  if (absl::EqualsIgnoreCase(type, "JWT")) return true;
  return kind == JwtVerifier::Kind::kAccess ? absl::EqualsIgnoreCase(type, "at+jwt") : type.empty();
}

// What is true of a header whichever key it names.
absl::Status CheckHeader(const Json& header, JwtVerifier::Kind kind) {
  // Extensions that must be understood, and keys that the token brings itself.
  for (const char* name : {"crit", "jwk", "jku", "x5c", "x5u", "b64", "zip", "enc"}) {
    if (header.contains(name)) {
      return TokenInvalid(absl::StrCat("the token's header has '", name, "'"));
    }
  }
  if (!IsTypeOf(kind, TextOf(header, "typ"))) {
    return TokenInvalid("the token is of another type");
  }
  if (!IsKeyId(TextOf(header, "kid"))) return TokenInvalid("the token names no key");
  return absl::OkStatus();
}

absl::Status CheckSignature(const VerificationKey& key, const Json& header,
                            absl::string_view signed_text, absl::string_view signature) {
  const char* const algorithm =
      key.algorithm == VerificationKey::Algorithm::kEs256 ? "ES256" : "RS256";
  if (TextOf(header, "alg") != algorithm) {
    return TokenInvalid("the token's algorithm is not its key's");
  }
  if (!SignatureFits(key, signed_text, signature)) {
    return TokenInvalid("the token's signature is wrong");
  }
  return absl::OkStatus();
}

// Bytes of base64url in its one canonical spelling: without padding, whitespace or spare bits.
bool Decode(absl::string_view text, std::string* bytes) {
  return absl::WebSafeBase64Unescape(text, bytes) && absl::WebSafeBase64Escape(*bytes) == text;
}

// What only an ID token says: that is for a client, and no access token.
bool IsIdToken(const Json& claims) {
  return claims.contains("nonce") || claims.contains("at_hash") || claims.contains("c_hash");
}

// Fills the times of a token; all of them make sense together.
absl::Status TakeTimes(const Json& claims, KnownToken* known) {
  const std::optional<absl::Time> expires = TimeOf(claims, "exp");
  if (!expires.has_value()) return TokenInvalid("the token has no end");
  known->expires = *expires;
  for (const char* name : {"nbf", "iat"}) {
    if (!claims.contains(name)) continue;
    const std::optional<absl::Time> from = TimeOf(claims, name);
    if (!from.has_value() || *from >= *expires) {
      return TokenInvalid(absl::StrCat("the token's ", name, " is no time before its end"));
    }
    known->not_before = std::max(known->not_before, *from);
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

void WithholdStaff(const std::string& acr_values, Caller* caller) {
  caller->withheld = caller->roles.Take(kStaff);
  if (caller->withheld != Roles()) caller->acr_values = acr_values;
}

}  // namespace

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

bool IsAccountId(absl::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == ':' ||
           c == '-';
  });
}

JwtVerifier::JwtVerifier(std::string issuer, std::string audience, const Clock* clock, Kind kind,
                         std::string staff_acr)
    : issuer_(std::move(issuer)),
      audience_(std::move(audience)),
      clock_(clock),
      kind_(kind),
      staff_acr_(std::move(staff_acr)),
      keys_(std::make_shared<KeySet>()),
      known_(kKnownTokens) {}

void JwtVerifier::SetKeys(KeySet keys) {
  auto fresh = std::make_shared<const KeySet>(std::move(keys));
  absl::MutexLock lock(&mutex_);
  keys_ = std::move(fresh);
}

void JwtVerifier::OnUnknownKey(std::function<bool()> ask) {
  absl::MutexLock lock(&mutex_);
  on_unknown_key_ = std::move(ask);
}

absl::Status JwtVerifier::UnknownKey() const {
  bool coming = false;
  {
    // Under the lock, so that who sets another waits for the answer of this one.
    absl::MutexLock lock(&mutex_);
    coming = on_unknown_key_ != nullptr && on_unknown_key_();
  }
  constexpr char kCause[] = "the token's key is unknown";
  return coming ? TokenInvalid(kCause, kKeysComeWithin) : TokenInvalid(kCause);
}

absl::StatusOr<KnownToken> JwtVerifier::Examine(absl::string_view token,
                                                std::shared_ptr<const KeySet> keys) const {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '.');
  std::string header_json;
  std::string payload;
  std::string signature;
  if (parts.size() != 3 || !Decode(parts[0], &header_json) || !Decode(parts[1], &payload) ||
      !Decode(parts[2], &signature)) {
    return TokenInvalid("the token is malformed");
  }
  const std::optional<Json> header = ParseStrictObject(header_json);
  if (!header.has_value()) return TokenInvalid("the token's header is no plain JSON object");
  absl::Status status = CheckHeader(*header, kind_);
  if (!status.ok()) return status;
  const auto key = keys->find(TextOf(*header, "kid"));
  if (key == keys->end()) return UnknownKey();
  status = CheckSignature(key->second, *header,
                          token.substr(0, parts[0].size() + 1 + parts[1].size()), signature);
  if (!status.ok()) return status;

  const std::optional<Json> parsed = ParseStrictObject(payload);
  if (!parsed.has_value()) return TokenInvalid("the token's payload is no plain JSON object");
  const Json& claims = *parsed;
  if (TextOf(claims, "iss") != issuer_) return TokenInvalid("the token's issuer is another");
  if (!MeansAudience(claims, audience_)) return TokenInvalid("the token is for somebody else");
  if (kind_ == Kind::kAccess && IsIdToken(claims)) {
    return TokenInvalid("the token is an ID token");
  }
  KnownToken known;
  status = TakeTimes(claims, &known);
  if (!status.ok()) return status;
  const std::vector<std::string> subject = TextsOf(claims, "sub");
  if (subject.size() != 1 || !IsAccountId(subject[0])) {
    return TokenInvalid("the token's subject is missing or of a wrong form");
  }
  if (claims.contains("acr") && !claims["acr"].is_string()) {
    return TokenInvalid("the token's acr is no text");
  }
  known.caller = ToCaller(claims, subject[0]);
  if (!staff_acr_.empty() && !IsAmongAcrValues(staff_acr_, TextOf(claims, "acr"))) {
    WithholdStaff(staff_acr_, &known.caller);
  }
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
