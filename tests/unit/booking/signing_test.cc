#include "services/booking/domain/signing.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace dm::booking {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

TEST(SigningTest, CodesAreSixDigitsOfAllKinds) {
  std::set<std::string> codes;
  std::map<char, int> first_digits;
  for (int i = 0; i < 10'000; ++i) {
    const std::string code = NewCode();
    ASSERT_TRUE(IsCode(code)) << code;
    codes.insert(code);
    ++first_digits[code[0]];
  }
  // About fifty of ten thousand meet by chance.
  EXPECT_GT(codes.size(), 9'800u);
  // Leading zeros too: a thousand each, give or take five standard deviations.
  for (char digit = '0'; digit <= '9'; ++digit) {
    EXPECT_NEAR(first_digits[digit], 1000, 150) << digit;
  }
}

TEST(SigningTest, FormsAreTold) {
  for (const char* text : {"", "12345", "1234567", "12345a", " 12345", "12 456"}) {
    EXPECT_FALSE(IsCode(text)) << text;
  }
  EXPECT_TRUE(IsLinkToken("AZaz09-_AZaz09-_AZaz09"));
  for (const char* text :
       {"", "AZaz09-_AZaz09-_AZaz0", "AZaz09-_AZaz09-_AZaz0=", "AZaz09-_AZaz09-_AZaz09x"}) {
    EXPECT_FALSE(IsLinkToken(text)) << text;
  }
  EXPECT_EQ(HexHash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_TRUE(IsHexHash(HexHash("")));
  EXPECT_FALSE(IsHexHash(std::string(64, 'A')));
  EXPECT_FALSE(IsHexHash(std::string(63, 'a')));
}

TEST(SigningTest, OnlyTheCodeItselfFits) {
  const KeptCode kept = KeepCode("012345");
  EXPECT_TRUE(CodeFits("012345", kept));
  EXPECT_FALSE(CodeFits("012346", kept));
  EXPECT_FALSE(CodeFits("", kept));
  EXPECT_FALSE(CodeFits("012345", KeptCode()));
  // Kept again it looks different.
  const KeptCode again = KeepCode("012345");
  EXPECT_NE(again.salt, kept.salt);
  EXPECT_NE(again.hash, kept.hash);
  EXPECT_FALSE(CodeFits("012345", {.salt = again.salt, .hash = kept.hash}));
}

TEST(SigningTest, AMailboxGetsOneCodeAMinuteAndTenADay) {
  const absl::Time last = kNow + absl::Hours(1);
  EXPECT_EQ(WaitForCode({}, kNow), std::nullopt);
  EXPECT_EQ(WaitForCode({.in_day = 1, .first = kNow, .last = kNow}, kNow), kCodePause);
  EXPECT_EQ(WaitForCode({.in_day = 1, .first = kNow, .last = kNow}, kNow + kCodePause),
            std::nullopt);
  EXPECT_EQ(
      WaitForCode({.in_day = kCodesPerDay - 1, .first = kNow, .last = last}, last + kCodePause),
      std::nullopt);
  // Until a day after the first of them, also for a text that none was sent for.
  EXPECT_EQ(WaitForCode({.in_day = kCodesPerDay, .first = kNow}, last), absl::Hours(23));
  EXPECT_EQ(
      WaitForCode({.in_day = kCodesPerDay, .first = kNow, .last = last}, kNow + absl::Hours(24)),
      std::nullopt);
}

TEST(SigningTest, PartiesAreAskedTenTimesADay) {
  EXPECT_EQ(WaitForTelling({}, kNow), std::nullopt);
  EXPECT_EQ(WaitForTelling({kTellingsPerDay - 1, kNow}, kNow), std::nullopt);
  EXPECT_EQ(WaitForTelling({kTellingsPerDay, kNow}, kNow + absl::Hours(1)), absl::Hours(23));
  EXPECT_EQ(WaitForTelling({kTellingsPerDay, kNow}, kNow + absl::Hours(24)), std::nullopt);
}

TEST(SigningTest, AMailAddressIsShownInPart) {
  EXPECT_EQ(MaskedMail("camille@exemple.fr"), "c•••@exemple.fr");
  EXPECT_EQ(MaskedMail("c@exemple.fr"), "c•••@exemple.fr");
  EXPECT_EQ(MaskedMail(""), "");
  EXPECT_EQ(MaskedMail("@exemple.fr"), "");
}

}  // namespace
}  // namespace dm::booking
