#include "services/gateway/http/content_coding.h"

#include "absl/status/status.h"

#include <gtest/gtest.h>

#include <string>

namespace dm::gateway {
namespace {

struct AcceptCase {
  const char* accept_encoding;
  bool wants_gzip;
};

class Accepts : public testing::TestWithParam<AcceptCase> {};

TEST_P(Accepts, GzipByItsWeights) {
  EXPECT_EQ(WantsGzip(GetParam().accept_encoding), GetParam().wants_gzip)
      << GetParam().accept_encoding;
}

INSTANTIATE_TEST_SUITE_P(
    All, Accepts,
    testing::Values(AcceptCase{"", false}, AcceptCase{"gzip", true}, AcceptCase{"GZIP", true},
                    AcceptCase{"deflate, gzip;q=1.0, *;q=0.5", true}, AcceptCase{"br", false},
                    AcceptCase{"gzip;q=0", false}, AcceptCase{"gzip; q=0.0", false},
                    AcceptCase{"gzip;q=0.001", true}, AcceptCase{"*", true},
                    AcceptCase{"*;q=0", false}, AcceptCase{"gzip;q=0, *", false},
                    AcceptCase{"identity, gzip;q=0.5", false},
                    AcceptCase{"identity;q=0.5, gzip", true}, AcceptCase{"identity, gzip", true},
                    AcceptCase{"gzip;q=nonsense", false}, AcceptCase{"gzip;q=2", false},
                    AcceptCase{"gzipped", false}, AcceptCase{"x-gzip", true},
                    AcceptCase{",,;q=1,", false}));

TEST(Gzip, IsReadBack) {
  for (const std::string& text :
       {std::string(), std::string("métier"), std::string(300'000, 'x'), std::string(1, '\0')}) {
    const auto back = Gunzip(Gzip(text), 300'000);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, text);
  }
  EXPECT_LT(Gzip(std::string(300'000, 'x')).size(), 3'000u);
}

TEST(Gunzip, MakesNoMoreThanTheLimit) {
  const std::string bomb = Gzip(std::string(100'000, '\0'));
  EXPECT_TRUE(Gunzip(bomb, 100'000).ok());
  EXPECT_EQ(Gunzip(bomb, 99'999).status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Gunzip(bomb, 0).status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(Gunzip, RefusesWhatIsNotWholeGzip) {
  const std::string whole = Gzip("une phrase");
  std::string changed = whole;
  changed[whole.size() - 6] ^= 1;  // The checksum.
  for (const std::string& wrong : {std::string(), std::string("{}"),
                                   whole.substr(0, whole.size() - 1), whole + "x", changed}) {
    EXPECT_EQ(Gunzip(wrong, 1000).status().code(), absl::StatusCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace dm::gateway
