#include "common/auth/token_signer.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include <nlohmann/json.hpp>
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/sha.h>

#include <cstdio>
#include <cstdlib>

namespace dm::auth {
namespace {

using Json = nlohmann::json;

EVP_PKEY* KeyOf(const std::shared_ptr<void>& key) { return static_cast<EVP_PKEY*>(key.get()); }

std::shared_ptr<void> Own(EVP_PKEY* key) {
  if (key == nullptr) {
    std::fputs("no usable P-256 key\n", stderr);
    std::abort();
  }
  return {key, [](void* raw) { EVP_PKEY_free(static_cast<EVP_PKEY*>(raw)); }};
}

std::string Coordinate(EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key, name, &number);
  std::string bytes(32, '\0');
  BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), 32);
  BN_free(number);
  return absl::WebSafeBase64Escape(bytes);
}

std::string BytesOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<size_t>(size));
  BIO_free(bio);
  return text;
}

}  // namespace

TokenSigner::TokenSigner(std::shared_ptr<void> key) : key_(std::move(key)) {
  const std::string x = Coordinate(KeyOf(key_), OSSL_PKEY_PARAM_EC_PUB_X);
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(x.data()), x.size(), digest);
  key_id_ = absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<const char*>(digest), 12));
}

TokenSigner TokenSigner::Generate() { return TokenSigner(Own(EVP_EC_gen("P-256"))); }

TokenSigner TokenSigner::FromPem(const std::string& pem) {
  BIO* const bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return TokenSigner(Own(key));
}

std::string TokenSigner::PrivateKeyPem() const {
  BIO* const bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(bio, KeyOf(key_), nullptr, nullptr, 0, nullptr, nullptr);
  return BytesOf(bio);
}

std::string TokenSigner::Jwks() const {
  const Json key = {{"kty", "EC"},
                    {"crv", "P-256"},
                    {"use", "sig"},
                    {"alg", "ES256"},
                    {"kid", key_id_},
                    {"x", Coordinate(KeyOf(key_), OSSL_PKEY_PARAM_EC_PUB_X)},
                    {"y", Coordinate(KeyOf(key_), OSSL_PKEY_PARAM_EC_PUB_Y)}};
  return Json({{"keys", Json::array({key})}}).dump();
}

std::string TokenSigner::Sign(const TokenClaims& claims) const {
  Json payload = {{"iss", claims.issuer},
                  {"aud", claims.audience},
                  {"sub", claims.subject},
                  {"roles", claims.roles},
                  {"nbf", absl::ToUnixSeconds(claims.not_before)},
                  {"iat", absl::ToUnixSeconds(claims.not_before)},
                  {"exp", absl::ToUnixSeconds(claims.expires_at)}};
  if (!claims.companies.empty()) payload["companies"] = claims.companies;
  if (!claims.ambassador.empty()) payload["ambassador"] = claims.ambassador;
  if (!claims.territory.empty()) payload["territory"] = claims.territory;
  if (!claims.scopes.empty()) payload["scope"] = absl::StrJoin(claims.scopes, " ");
  if (!claims.acr.empty()) payload["acr"] = claims.acr;
  const Json header = {{"alg", "ES256"}, {"typ", "at+jwt"}, {"kid", key_id_}};
  return SignRaw(header.dump(), payload.dump());
}

std::string TokenSigner::SignRaw(const std::string& header_json,
                                 const std::string& payload_json) const {
  const std::string text = absl::StrCat(absl::WebSafeBase64Escape(header_json), ".",
                                        absl::WebSafeBase64Escape(payload_json));
  EVP_MD_CTX* const context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, KeyOf(key_));
  unsigned char der[80];
  size_t size = sizeof(der);
  EVP_DigestSign(context, der, &size, reinterpret_cast<const unsigned char*>(text.data()),
                 text.size());
  EVP_MD_CTX_free(context);
  const unsigned char* from = der;
  ECDSA_SIG* const pair = d2i_ECDSA_SIG(nullptr, &from, static_cast<long>(size));
  std::string signature(64, '\0');
  auto* const bytes = reinterpret_cast<unsigned char*>(signature.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), bytes, 32);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), bytes + 32, 32);
  ECDSA_SIG_free(pair);
  return absl::StrCat(text, ".", absl::WebSafeBase64Escape(signature));
}

}  // namespace dm::auth
