#pragma once

#include "absl/time/time.h"

#include <memory>
#include <string>
#include <vector>

namespace dm::testing {

// What a certificate and its key are to say; the good one by default.
struct CertificateWish {
  // Subject alternative names.
  std::vector<std::string> dns = {};
  std::vector<std::string> uris = {};
  std::string common_name = "process";
  absl::Duration valid_from = -absl::Hours(1);
  absl::Duration valid_until = absl::Hours(1);
  std::string usages = "serverAuth,clientAuth";
};

struct IssuedCertificate {
  std::string certificate;
  std::string key;
};

// An authority that signs what a test asks for, with keys on P-256. Thread-compatible.
class TestAuthority {
 public:
  TestAuthority();
  ~TestAuthority();

  // Its own certificate.
  const std::string& pem() const { return pem_; }
  IssuedCertificate Issue(const CertificateWish& wish) const;
  // One of the suite's.
  IssuedCertificate IssueTo(const std::string& process) const {
    CertificateWish wish;
    wish.dns = {process};
    return Issue(wish);
  }

 private:
  struct Signer;

  std::unique_ptr<Signer> signer_;
  std::string pem_;
};

}  // namespace dm::testing
