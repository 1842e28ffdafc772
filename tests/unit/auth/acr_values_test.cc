#include "common/auth/acr_values.h"

#include <gtest/gtest.h>

namespace dm::auth {
namespace {

TEST(AcrValues, AreWhatAHeaderCanTell) {
  for (const char* values :
       {"", "mfa", "0", "urn:mace:incommon:iap:silver https://a.example/2?b#c"}) {
    EXPECT_TRUE(CheckAcrValues(values).ok()) << values;
  }
  for (const char* values :
       {" ", " mfa", "mfa ", "mfa  otp", "mfa\totp", "mfa\r\nSet-Cookie:", "m\"fa", "m\\fa", "é"}) {
    EXPECT_FALSE(CheckAcrValues(values).ok()) << values;
  }
}

TEST(AcrValues, HoldEachOfThemAndNothingElse) {
  EXPECT_TRUE(IsAmongAcrValues("mfa", "mfa"));
  EXPECT_TRUE(IsAmongAcrValues("mfa otp", "otp"));
  for (const char* acr : {"", " ", "m", "mfa otp", "MFA", "key"}) {
    EXPECT_FALSE(IsAmongAcrValues("mfa otp", acr)) << acr;
  }
  EXPECT_FALSE(IsAmongAcrValues("", ""));
}

}  // namespace
}  // namespace dm::auth
