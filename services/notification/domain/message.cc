#include "services/notification/domain/message.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

#include <openssl/sha.h>

#include <array>

namespace dm::notification {
namespace {

constexpr absl::Duration kStillOfUse = absl::Hours(24);

std::string UuidOf(absl::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash.data());
  // Version 8 and the variant of RFC 9562.
  hash[6] = static_cast<unsigned char>((hash[6] & 0x0f) | 0x80);
  hash[8] = static_cast<unsigned char>((hash[8] & 0x3f) | 0x80);
  const std::string hex =
      absl::BytesToHexString(absl::string_view(reinterpret_cast<const char*>(hash.data()), 16));
  const absl::string_view digits = hex;
  return absl::StrCat(digits.substr(0, 8), "-", digits.substr(8, 4), "-", digits.substr(12, 4), "-",
                      digits.substr(16, 4), "-", digits.substr(20));
}

}  // namespace

absl::Time LatestTooLateEnd(absl::Time now) { return now - kStillOfUse; }

bool IsTooLate(absl::Time session_end, absl::Time now) {
  return session_end < LatestTooLateEnd(now);
}

std::string MessageUuid(absl::string_view event_id, absl::string_view recipient, MessageKind kind) {
  return UuidOf(absl::StrCat(event_id, "\n", recipient, "\n", MessageKindName(kind)));
}

std::string SharedCauseUuid(absl::string_view what) { return UuidOf(what); }

}  // namespace dm::notification
