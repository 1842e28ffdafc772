#pragma once

#include "absl/time/time.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dm::auth {

// What a development token says; the names are those of the claims.
struct TokenClaims {
  std::string subject;
  // "applicant", "host" and so on.
  std::vector<std::string> roles;
  std::vector<std::string> companies;
  std::string ambassador;
  std::vector<std::string> territory;
  std::vector<std::string> scopes;
  // How the person signed in; not said when empty.
  std::string acr;
  std::string issuer = "https://issuer.destinationmetier.example";
  std::string audience = "destinationmetier";
  absl::Time not_before;
  absl::Time expires_at;
};

// Signs tokens with ES256 as an identity provider would: for development and tests only. No service
// links this.
class TokenSigner {
 public:
  // A new key pair, with a key id made from its public part.
  static TokenSigner Generate();
  // From the PEM text that PrivateKeyPem gave; ends the process when it is none.
  static TokenSigner FromPem(const std::string& pem);

  std::string PrivateKeyPem() const;
  // The JWKS document with the public key.
  std::string Jwks() const;
  std::string Sign(const TokenClaims& claims) const;
  // Signs any JSON header and payload: for tests of what a verifier must refuse.
  std::string SignRaw(const std::string& header_json, const std::string& payload_json) const;
  const std::string& key_id() const { return key_id_; }

 private:
  explicit TokenSigner(std::shared_ptr<void> key);
  std::shared_ptr<void> key_;
  std::string key_id_;
};

}  // namespace dm::auth
