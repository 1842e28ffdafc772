#include "common/auth/link_token.h"

#include "absl/strings/escaping.h"

#include <gtest/gtest.h>

#include <set>

namespace dm::auth {
namespace {

TEST(LinkTokenTest, Has128BitsInTheAlphabetOfUrlsAndIsNeverTheSame) {
  std::set<std::string> tokens;
  for (int i = 0; i < 1000; ++i) {
    const std::string token = NewLinkToken();
    EXPECT_EQ(token.size(), 22u);
    EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                      "0123456789-_"),
              std::string::npos);
    tokens.insert(token);
  }
  EXPECT_EQ(tokens.size(), 1000u);
}

TEST(LinkTokenTest, IsStoredAsItsSha256) {
  EXPECT_EQ(absl::BytesToHexString(HashOfLinkToken("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace dm::auth
