#include "common/process/tls_material.h"

#include "absl/strings/str_cat.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iterator>
#include <memory>
#include <vector>

namespace dm::process {
namespace {

template <auto Free>
struct Freeing {
  template <typename T>
  void operator()(T* thing) const {
    Free(thing);
  }
};
using Bio = std::unique_ptr<BIO, Freeing<BIO_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freeing<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freeing<X509_free>>;

absl::Status Wrong(const std::string& path, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat(path, " ", what));
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) return Wrong(path, "cannot be read");
  return text;
}

Bio Reading(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// All certificates of a text, in their order; none when one of them is broken.
std::vector<Certificate> ParseCertificates(const std::string& text) {
  const Bio bio = Reading(text);
  std::vector<Certificate> certificates;
  ERR_clear_error();
  while (X509* const certificate = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    certificates.emplace_back(certificate);
  }
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) certificates.clear();
  return certificates;
}

// A key behind a pass phrase is none: nobody is there to be asked for it.
Key ParseKey(const std::string& text) {
  const Bio bio = Reading(text);
  const auto no_pass_phrase = +[](char*, int, int, void*) { return -1; };
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_pass_phrase, nullptr));
  ERR_clear_error();
  return key;
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm parts = {};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

absl::Status CheckOwnCertificate(const std::string& path, X509* certificate, absl::string_view name,
                                 absl::Time now) {
  if (now < TimeOf(X509_get0_notBefore(certificate))) return Wrong(path, "is not valid yet");
  if (now >= TimeOf(X509_get0_notAfter(certificate))) return Wrong(path, "has expired");
  constexpr unsigned kExactly = X509_CHECK_FLAG_NO_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
  if (X509_check_host(certificate, name.data(), name.size(), kExactly, nullptr) != 1) {
    return Wrong(path, absl::StrCat("does not have '", name,
                                    "' as a DNS name among its subject alternative names"));
  }
  if (X509_check_purpose(certificate, X509_PURPOSE_SSL_SERVER, 0) != 1 ||
      X509_check_purpose(certificate, X509_PURPOSE_SSL_CLIENT, 0) != 1) {
    return Wrong(path, "is not for both TLS servers and TLS clients");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TlsMaterial> ReadTlsMaterial(const TlsFiles& files, absl::string_view name,
                                            absl::Time now) {
  TlsMaterial material;
  for (const auto& [path, text] :
       {std::pair(files.certificate, &material.certificate), std::pair(files.key, &material.key),
        std::pair(files.authority, &material.authority)}) {
    absl::StatusOr<std::string> read = ReadText(path);
    if (!read.ok()) return read.status();
    *text = *std::move(read);
  }
  const std::vector<Certificate> chain = ParseCertificates(material.certificate);
  if (chain.empty()) return Wrong(files.certificate, "holds no certificate, or a broken one");
  const Key key = ParseKey(material.key);
  if (key == nullptr) return Wrong(files.key, "holds no private key without a pass phrase");
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    ERR_clear_error();
    return Wrong(files.key, "is not the key of the certificate");
  }
  const absl::Status own = CheckOwnCertificate(files.certificate, chain.front().get(), name, now);
  if (!own.ok()) return own;
  const std::vector<Certificate> authorities = ParseCertificates(material.authority);
  if (authorities.empty()) return Wrong(files.authority, "holds no certificate, or a broken one");
  material.certificate_expiry = TimeOf(X509_get0_notAfter(chain.front().get()));
  material.authority_expiry = absl::InfiniteFuture();
  for (const Certificate& authority : authorities) {
    material.authority_expiry =
        std::min(material.authority_expiry, TimeOf(X509_get0_notAfter(authority.get())));
  }
  return material;
}

}  // namespace dm::process
