// Three ways to meet a reader of page tokens: with any bytes; with a token of ours, whatever its
// position holds, which is read back; and with such a token changed somewhere, which is refused.
#include "absl/strings/escaping.h"
#include "absl/strings/str_split.h"
#include "common/rpc/page_token.h"
#include "tests/fuzz/expect.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dm::rpc {
namespace {

constexpr char kQuery[] = "fingerprint";

const PageTokens& Tokens() {
  static const auto* const kTokens = new PageTokens(std::string(32, 'k'), &Clock::System());
  return *kTokens;
}

void ReadAnything(absl::string_view token) {
  const auto position = Tokens().Read(token, kQuery);
  // Nobody but Make makes one.
  FUZZ_EXPECT(position.ok() == token.empty());
}

void ReadOurs(absl::string_view text) {
  const std::vector<std::string> position = absl::StrSplit(text, '|');
  const std::string token = Tokens().Make(kQuery, position);
  const auto read = Tokens().Read(token, kQuery);
  // Beyond 4 KiB it is refused, which is more than any key has.
  FUZZ_EXPECT(read.ok() == (token.size() <= 4096));
  if (read.ok()) FUZZ_EXPECT(*read == position);
  FUZZ_EXPECT(!Tokens().Read(token, "another").ok());
}

void ReadChanged(absl::string_view change) {
  std::string bytes;
  const std::string token = Tokens().Make(kQuery, {"2027-02-01", "offers/1"});
  FUZZ_EXPECT(absl::WebSafeBase64Unescape(token, &bytes));
  const std::string original = bytes;
  for (size_t i = 0; i + 1 < change.size(); i += 2) {
    bytes[static_cast<uint8_t>(change[i]) % bytes.size()] ^= change[i + 1];
  }
  if (bytes == original) return;
  FUZZ_EXPECT(!Tokens().Read(absl::WebSafeBase64Escape(bytes), kQuery).ok());
}

}  // namespace
}  // namespace dm::rpc

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      dm::rpc::ReadAnything(text);
      break;
    case 1:
      dm::rpc::ReadOurs(text);
      break;
    default:
      dm::rpc::ReadChanged(text);
  }
  return 0;
}
