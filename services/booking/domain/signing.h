#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <optional>
#include <string>

// The secrets that a signature needs: a link that opens the paper, and a code that shows that who
// signs reads the mailbox now. Neither is stored: a link as its hash, since 128 random bits cannot
// be guessed; a code as a slow salted hash, since a million codes can be tried: whoever reads the
// table would need hours, and a code lives minutes.
namespace dm::booking {

// How long a link opens the paper; never longer than until the stay begins.
inline constexpr absl::Duration kLinkLife = absl::Hours(30 * 24);
// Between two links to the same party.
inline constexpr absl::Duration kLinkPause = absl::Minutes(5);
// How often in 24 hours the parties of an agreement are asked, or asked again.
inline constexpr int kTellingsPerDay = 10;
inline constexpr absl::Duration kCodeLife = absl::Minutes(10);
// Guesses at one code, right or wrong.
inline constexpr int kCodeTries = 5;
// Between two codes to the same party, and codes in a day: fifty guesses at a million.
inline constexpr absl::Duration kCodePause = absl::Minutes(1);
inline constexpr int kCodesPerDay = 10;

// Whether a text can be the token of a link.
bool IsLinkToken(absl::string_view text);

// Six random digits, each code as likely as another.
std::string NewCode();
bool IsCode(absl::string_view text);

// A code as it is kept.
struct KeptCode {
  // 16 random bytes.
  std::string salt;
  // scrypt, 32 bytes.
  std::string hash;
};
// Takes some tens of milliseconds, as CodeFits does.
KeptCode KeepCode(absl::string_view code);
// Compares in constant time.
bool CodeFits(absl::string_view code, const KeptCode& kept);

// The codes that a party was sent, whatever became of the text meanwhile: a new text gives no new
// guesses.
struct CodesSent {
  // Within the last 24 hours, and the first of those.
  int in_day = 0;
  absl::Time first = absl::InfinitePast();
  // The last for the text that stands.
  absl::Time last = absl::InfinitePast();
};

// How long the party must wait for the next code; absent when it may have one now.
std::optional<absl::Duration> WaitForCode(const CodesSent& sent, absl::Time now);

// How often parties were asked within the last 24 hours, and when the first time of those was.
struct Tellings {
  int count = 0;
  absl::Time first = absl::InfinitePast();
};
// How long the parties of an agreement are left alone; absent when they may be asked now.
std::optional<absl::Duration> WaitForTelling(const Tellings& tellings, absl::Time now);

// SHA-256 as 64 hexadecimal digits in lower case.
std::string HexHash(absl::string_view bytes);
bool IsHexHash(absl::string_view text);

// What a party may be told of the mailbox that a code went to: "c•••@exemple.fr".
std::string MaskedMail(absl::string_view email);

}  // namespace dm::booking
