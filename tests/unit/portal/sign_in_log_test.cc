// What the log says of who comes and goes.
#include "tests/unit/portal/sign_in_world.h"

#include <string>

namespace dm::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(SignInTest, LeavesALineOfWhoSignsInAndOutAndOfWhoIsNotLetIn) {
  ::testing::internal::CaptureStderr();
  SignInAs("eleve-14");
  AskAsPortal("POST", "/auth/signout");
  Ask("GET", "/auth/callback?code=made-up&state=made-up");
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr(R"("event":"signed_in","caller":"eleve-14")"));
  EXPECT_THAT(log, HasSubstr(R"("event":"signed_out","caller":"eleve-14")"));
  EXPECT_THAT(log, HasSubstr(R"("event":"sign_in_failed","reason":"expiration")"));
  EXPECT_THAT(log, Not(HasSubstr("made-up")));
}

}  // namespace
}  // namespace dm::gateway
