#include "services/booking/domain/signing.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace dm::booking {
namespace {

constexpr size_t kTokenCharacters = 22;
constexpr size_t kSaltBytes = 16;
constexpr size_t kHashBytes = 32;
constexpr size_t kCodeDigits = 6;
constexpr uint32_t kCodes = 1'000'000;

// 16 MiB and some 50 ms a hash.
constexpr uint64_t kScryptCost = 1u << 14;
constexpr uint64_t kScryptBlock = 8;
constexpr uint64_t kScryptLanes = 1;
constexpr uint64_t kScryptMemory = 64u << 20;

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Without random numbers or memory there is no safe way on.
void Require(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "%s failed\n", what);
  std::abort();
}

std::string RandomBytes(size_t size) {
  std::string bytes(size, '\0');
  Require(RAND_bytes(Bytes(bytes), static_cast<int>(size)) == 1, "RAND_bytes");
  return bytes;
}

std::string Scrypt(absl::string_view code, absl::string_view salt) {
  std::string hash(kHashBytes, '\0');
  Require(EVP_PBE_scrypt(code.data(), code.size(), Bytes(salt), salt.size(), kScryptCost,
                         kScryptBlock, kScryptLanes, kScryptMemory, Bytes(hash), hash.size()) == 1,
          "EVP_PBE_scrypt");
  return hash;
}

}  // namespace

bool IsLinkToken(absl::string_view text) {
  return text.size() == kTokenCharacters && absl::c_all_of(text, [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
         });
}

std::string NewCode() {
  // What is above the last whole million would make low codes likelier.
  constexpr uint32_t kBound = UINT32_MAX - UINT32_MAX % kCodes;
  uint32_t number = UINT32_MAX;
  while (number >= kBound) {
    Require(RAND_bytes(reinterpret_cast<unsigned char*>(&number), sizeof number) == 1,
            "RAND_bytes");
  }
  std::string digits = absl::StrCat(number % kCodes);
  return std::string(kCodeDigits - digits.size(), '0') + digits;
}

bool IsCode(absl::string_view text) {
  return text.size() == kCodeDigits && absl::c_all_of(text, [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c));
         });
}

KeptCode KeepCode(absl::string_view code) {
  KeptCode kept;
  kept.salt = RandomBytes(kSaltBytes);
  kept.hash = Scrypt(code, kept.salt);
  return kept;
}

bool CodeFits(absl::string_view code, const KeptCode& kept) {
  const std::string hash = Scrypt(code, kept.salt);
  return kept.hash.size() == hash.size() &&
         CRYPTO_memcmp(hash.data(), kept.hash.data(), hash.size()) == 0;
}

std::optional<absl::Duration> WaitForCode(const CodesSent& sent, absl::Time now) {
  absl::Time next = sent.last + kCodePause;
  if (sent.in_day >= kCodesPerDay) next = std::max(next, sent.first + absl::Hours(24));
  if (now >= next) return std::nullopt;
  return next - now;
}

std::optional<absl::Duration> WaitForTelling(const Tellings& tellings, absl::Time now) {
  const absl::Time next = tellings.first + absl::Hours(24);
  if (tellings.count < kTellingsPerDay || now >= next) return std::nullopt;
  return next - now;
}

std::string HexHash(absl::string_view bytes) {
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(Bytes(bytes), bytes.size(), Bytes(hash));
  return absl::BytesToHexString(hash);
}

bool IsHexHash(absl::string_view text) {
  return text.size() == 2 * kHashBytes && absl::c_all_of(text, [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) || (c >= 'a' && c <= 'f');
         });
}

std::string MaskedMail(absl::string_view email) {
  const size_t at = email.rfind('@');
  if (at == absl::string_view::npos || at == 0) return "";
  return absl::StrCat(email.substr(0, 1), "•••", email.substr(at));
}

}  // namespace dm::booking
