#include "common/auth/jwk.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"

#include <nlohmann/json.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <utility>

namespace dm::auth {
namespace {

using Json = nlohmann::json;
using KeyPtr = std::shared_ptr<EVP_PKEY>;

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string BytesOf(const Json& object, const char* name) {
  std::string bytes;
  return absl::WebSafeBase64Unescape(TextOf(object, name), &bytes) ? bytes : "";
}

KeyPtr MakeKey(const char* type, OSSL_PARAM_BLD* builder) {
  std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> params(OSSL_PARAM_BLD_to_param(builder),
                                                                 OSSL_PARAM_free);
  std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return nullptr;
  }
  return KeyPtr(key, EVP_PKEY_free);
}

KeyPtr MakeEcKey(const Json& jwk) {
  const std::string x = BytesOf(jwk, "x");
  const std::string y = BytesOf(jwk, "y");
  if (TextOf(jwk, "crv") != "P-256" || x.size() != 32 || y.size() != 32) return nullptr;
  const std::string point = "\x04" + x + y;
  std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(OSSL_PARAM_BLD_new(),
                                                                          OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                   point.size());
  return MakeKey("EC", builder.get());
}

KeyPtr MakeRsaKey(const Json& jwk) {
  const auto number = [&jwk](const char* name) {
    const std::string bytes = BytesOf(jwk, name);
    return std::unique_ptr<BIGNUM, decltype(&BN_free)>(
        BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()), nullptr),
        BN_free);
  };
  const auto modulus = number("n");
  const auto exponent = number("e");
  if (BN_num_bits(modulus.get()) < 2048 || BN_is_zero(exponent.get())) return nullptr;
  std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> builder(OSSL_PARAM_BLD_new(),
                                                                          OSSL_PARAM_BLD_free);
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get());
  return MakeKey("RSA", builder.get());
}

}  // namespace

bool IsKeyId(absl::string_view text) {
  return !text.empty() && text.size() <= 128 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-_.~:+=", c);
  });
}

absl::StatusOr<KeySet> ParseJwks(absl::string_view json) {
  const Json document = Json::parse(json.begin(), json.end(), nullptr, false);
  if (!document.is_object() || !document.contains("keys") || !document["keys"].is_array()) {
    return absl::InvalidArgumentError("not a JWKS document");
  }
  // What the key itself says it is for; silence is consent.
  const auto may_verify = [](const Json& jwk, const char* algorithm_name) {
    const std::string use = TextOf(jwk, "use");
    const std::string named = TextOf(jwk, "alg");
    const auto operations = jwk.find("key_ops");
    return (use.empty() || use == "sig") && (named.empty() || named == algorithm_name) &&
           (operations == jwk.end() ||
            std::find(operations->begin(), operations->end(), "verify") != operations->end());
  };
  KeySet keys;
  for (const Json& jwk : document["keys"]) {
    if (!jwk.is_object()) continue;
    const std::string id = TextOf(jwk, "kid");
    if (!IsKeyId(id)) continue;
    const std::string type = TextOf(jwk, "kty");
    KeyPtr key;
    auto algorithm = VerificationKey::Algorithm::kEs256;
    if (type == "EC" && may_verify(jwk, "ES256")) {
      key = MakeEcKey(jwk);
    } else if (type == "RSA" && may_verify(jwk, "RS256")) {
      key = MakeRsaKey(jwk);
      algorithm = VerificationKey::Algorithm::kRs256;
    }
    // Of two keys of one name neither can be meant.
    if (key == nullptr) continue;
    if (!keys.emplace(id, VerificationKey{algorithm, std::move(key)}).second) {
      return absl::InvalidArgumentError("two keys of one name in the JWKS document");
    }
  }
  if (keys.empty()) return absl::InvalidArgumentError("no usable key in the JWKS document");
  return keys;
}

}  // namespace dm::auth
