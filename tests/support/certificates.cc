#include "tests/support/certificates.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>

namespace dm::testing {
namespace {

void Must(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "certificates: %s failed\n", what);
  std::abort();
}

EVP_PKEY* NewKey() {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  Must(key != nullptr, "EVP_EC_gen");
  return key;
}

void SetTime(ASN1_TIME* time, absl::Duration from_now) {
  Must(ASN1_TIME_set(time, absl::ToTimeT(absl::Now() + from_now)) != nullptr, "ASN1_TIME_set");
}

void AddExtension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  Must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1, value.c_str());
  X509_EXTENSION_free(extension);
}

// Unsigned.
X509* NewCertificate(EVP_PKEY* key, const std::string& common_name) {
  X509* const certificate = X509_new();
  Must(certificate != nullptr && X509_set_version(certificate, 2) == 1, "X509_new");
  unsigned char serial[8];
  Must(RAND_bytes(serial, sizeof(serial)) == 1, "RAND_bytes");
  serial[0] &= 0x7f;
  BIGNUM* const number = BN_bin2bn(serial, sizeof(serial), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  Must(X509_set_pubkey(certificate, key) == 1, "X509_set_pubkey");
  return certificate;
}

template <typename Write>
std::string Pem(const Write& write) {
  BIO* const bio = BIO_new(BIO_s_mem());
  Must(write(bio) == 1, "PEM");
  char* data = nullptr;
  const auto size = static_cast<size_t>(BIO_get_mem_data(bio, &data));
  std::string text(data, size);
  BIO_free(bio);
  return text;
}

std::string PemOf(X509* certificate) {
  return Pem([certificate](BIO* bio) { return PEM_write_bio_X509(bio, certificate); });
}

std::string AlternativeNames(const CertificateWish& wish) {
  std::string names;
  const auto add = [&names](const char* kind, const std::string& name) {
    absl::StrAppend(&names, names.empty() ? "" : ",", kind, ":", name);
  };
  for (const std::string& name : wish.dns) add("DNS", name);
  for (const std::string& name : wish.uris) add("URI", name);
  return names;
}

}  // namespace

struct TestAuthority::Signer {
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
};

TestAuthority::TestAuthority() : signer_(new Signer) {
  signer_->key = NewKey();
  // Authorities of one name must differ by their keys alone: that is what tests are about.
  X509* const own = NewCertificate(signer_->key, "Test authority");
  signer_->certificate = own;
  SetTime(X509_getm_notBefore(own), -absl::Hours(24));
  SetTime(X509_getm_notAfter(own), absl::Hours(24));
  X509_set_issuer_name(own, X509_get_subject_name(own));
  AddExtension(own, own, NID_basic_constraints, "critical,CA:TRUE");
  AddExtension(own, own, NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(own, own, NID_subject_key_identifier, "hash");
  Must(X509_sign(own, signer_->key, EVP_sha256()) > 0, "X509_sign");
  pem_ = PemOf(own);
}

TestAuthority::~TestAuthority() {
  X509_free(signer_->certificate);
  EVP_PKEY_free(signer_->key);
}

IssuedCertificate TestAuthority::Issue(const CertificateWish& wish) const {
  EVP_PKEY* const key = NewKey();
  X509* const certificate = NewCertificate(key, wish.common_name);
  SetTime(X509_getm_notBefore(certificate), wish.valid_from);
  SetTime(X509_getm_notAfter(certificate), wish.valid_until);
  X509* const issuer = signer_->certificate;
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  AddExtension(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(certificate, issuer, NID_key_usage, "critical,digitalSignature");
  AddExtension(certificate, issuer, NID_ext_key_usage, wish.usages);
  AddExtension(certificate, issuer, NID_authority_key_identifier, "keyid");
  const std::string names = AlternativeNames(wish);
  if (!names.empty()) AddExtension(certificate, issuer, NID_subject_alt_name, names);
  Must(X509_sign(certificate, signer_->key, EVP_sha256()) > 0, "X509_sign");
  IssuedCertificate issued = {PemOf(certificate), Pem([key](BIO* bio) {
                                return PEM_write_bio_PrivateKey(bio, key, nullptr, nullptr, 0,
                                                                nullptr, nullptr);
                              })};
  X509_free(certificate);
  EVP_PKEY_free(key);
  return issued;
}

}  // namespace dm::testing
