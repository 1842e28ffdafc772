// Tokens: any bytes, which nobody signed and which are refused; or a header and a payload (a line
// each) that our own issuer signs, so that what is read behind the signature is met too.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/auth/jwk.h"
#include "common/auth/jwt_verifier.h"
#include "common/auth/token_signer.h"
#include "tests/fuzz/expect.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

namespace dm::auth {
namespace {

constexpr char kIssuer[] = "https://issuer.destinationmetier.example";
constexpr char kAudience[] = "destinationmetier";

class FixedClock final : public Clock {
 public:
  // The payloads of the seeds are valid then.
  absl::Time Now() const override { return absl::FromUnixSeconds(1'800'000'000); }
};

struct Issuer {
  Issuer() { verifier.SetKeys(*ParseJwks(signer.Jwks())); }
  FixedClock clock;
  TokenSigner signer = TokenSigner::Generate();
  JwtVerifier verifier{kIssuer, kAudience, &clock};
};

Issuer& TheIssuer() {
  static auto* const kIssuerOfAll = new Issuer;
  return *kIssuerOfAll;
}

void VerifyAnything(absl::string_view token) {
  FUZZ_EXPECT(!TheIssuer().verifier.Verify(token).ok());
}

// "$kid" in the header stands for the key's id, which no run has twice.
std::string WithKeyId(std::string header) {
  const size_t at = header.find("$kid");
  if (at != std::string::npos) header.replace(at, 4, TheIssuer().signer.key_id());
  return header;
}

bool IsSafeSubject(const std::string& subject) {
  return !subject.empty() && subject.size() <= 128 &&
         std::all_of(subject.begin(), subject.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                  absl::StrContains("._:-", absl::string_view(&c, 1));
         });
}

void VerifySigned(absl::string_view text) {
  const std::pair<std::string, std::string> parts = absl::StrSplit(text, absl::MaxSplits('\n', 1));
  const std::string token = TheIssuer().signer.SignRaw(WithKeyId(parts.first), parts.second);
  const auto caller = TheIssuer().verifier.Verify(token);
  if (!caller.ok()) return;
  // Whatever a token says, names are made of it safely, and these were looked at.
  FUZZ_EXPECT(IsSafeSubject(caller->subject));
  FUZZ_EXPECT(caller->Is(Role::kAnonymous));
  const auto header = nlohmann::json::parse(parts.first, nullptr, false);
  const auto payload = nlohmann::json::parse(parts.second, nullptr, false);
  FUZZ_EXPECT(header.is_object() && header.value("alg", "") == "ES256");
  FUZZ_EXPECT(payload.is_object() && payload.value("iss", "") == kIssuer);
  FUZZ_EXPECT(payload.contains("aud") && payload.contains("exp"));
}

}  // namespace
}  // namespace dm::auth

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const absl::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  data[0] % 2 == 0 ? dm::auth::VerifyAnything(text) : dm::auth::VerifySigned(text);
  return 0;
}
