#include "common/auth/bearer.h"

#include "common/errors/error.h"

#include <gtest/gtest.h>

namespace dm::auth {
namespace {

TEST(Bearer, IsTheTokenOfTheHeader) {
  EXPECT_EQ(BearerToken("").value(), "");
  EXPECT_EQ(BearerToken("Bearer a.b.c").value(), "a.b.c");
  EXPECT_EQ(BearerToken("bearer   a.b.c ").value(), "a.b.c");
}

TEST(Bearer, IsNothingElse) {
  for (const char* header : {"Basic dTpw", "Bearer", "Bearer ", "a.b.c", "Bearer a b", "Bearer a,b",
                             "Bearer a,Bearer b", ",", "DPoP a.b.c"}) {
    const auto token = BearerToken(header);
    ASSERT_FALSE(token.ok()) << header;
    EXPECT_EQ(token.status().code(), absl::StatusCode::kUnauthenticated);
    EXPECT_EQ(ErrorReasonOf(token.status()), "TOKEN_INVALID");
  }
}

}  // namespace
}  // namespace dm::auth
