#include "services/gateway/portal/sealed_text.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace dm::gateway {
namespace {

constexpr size_t kNonce = 12;
constexpr size_t kTag = 16;

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Context NewContext() { return {EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free}; }

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

std::optional<std::string> OpenWith(const SealedText::Key& key, absl::string_view purpose,
                                    absl::string_view packed) {
  const absl::string_view nonce = packed.substr(0, kNonce);
  const absl::string_view body = packed.substr(kNonce, packed.size() - kNonce - kTag);
  std::string tag(packed.substr(packed.size() - kTag));
  std::string text(body.size(), '\0');
  int size = 0;
  const Context context = NewContext();
  const bool genuine =
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), Bytes(nonce)) ==
          1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &size, Bytes(purpose),
                        static_cast<int>(purpose.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), Bytes(text), &size, Bytes(body),
                        static_cast<int>(body.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTag, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), Bytes(text) + size, &size) == 1;
  if (!genuine) return std::nullopt;
  return text;
}

}  // namespace

absl::StatusOr<SealedText> SealedText::FromKeys(absl::string_view lines) {
  std::vector<Key> keys;
  for (absl::string_view line : absl::StrSplit(lines, '\n', absl::SkipWhitespace())) {
    line = absl::StripAsciiWhitespace(line);
    if (line.size() != 64 || !std::all_of(line.begin(), line.end(), [](unsigned char c) {
          return absl::ascii_isxdigit(c);
        })) {
      return absl::InvalidArgumentError("a key of sessions is not 64 hexadecimal digits");
    }
    const std::string bytes = absl::HexStringToBytes(line);
    std::copy(bytes.begin(), bytes.end(), keys.emplace_back().begin());
  }
  if (keys.empty()) return absl::InvalidArgumentError("there is no key of sessions");
  return SealedText(std::move(keys));
}

std::string SealedText::Seal(absl::string_view purpose, absl::string_view text) const {
  std::string packed(kNonce + text.size() + kTag, '\0');
  // Without randomness or memory nothing can be kept secret.
  if (RAND_bytes(Bytes(packed), kNonce) != 1) std::abort();
  unsigned char* body = Bytes(packed) + kNonce;
  int size = 0;
  const Context context = NewContext();
  const bool sealed =
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, keys_.front().data(),
                         Bytes(packed)) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &size, Bytes(purpose),
                        static_cast<int>(purpose.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), body, &size, Bytes(text), static_cast<int>(text.size())) ==
          1 &&
      EVP_EncryptFinal_ex(context.get(), body + size, &size) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTag, body + text.size()) == 1;
  if (!sealed) std::abort();
  return absl::WebSafeBase64Escape(packed);
}

std::optional<std::string> SealedText::Open(absl::string_view purpose,
                                            absl::string_view sealed) const {
  std::string packed;
  if (!absl::WebSafeBase64Unescape(sealed, &packed) || packed.size() < kNonce + kTag) {
    return std::nullopt;
  }
  for (const Key& key : keys_) {
    if (auto text = OpenWith(key, purpose, packed)) return text;
  }
  return std::nullopt;
}

}  // namespace dm::gateway
