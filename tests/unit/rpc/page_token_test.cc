#include "common/rpc/page_token.h"

#include "common/errors/error.h"
#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"

#include <gtest/gtest.h>

namespace dm::rpc {
namespace {

using destinationmetier::catalogue::v1::SearchOffersRequest;

class SettableClock final : public Clock {
 public:
  absl::Time Now() const override { return now; }
  absl::Time now = absl::FromUnixSeconds(1'800'000'000);
};

class PageTokensTest : public testing::Test {
 protected:
  SettableClock clock_;
  PageTokens tokens_{std::string(32, 'k'), &clock_};
};

TEST_F(PageTokensTest, GivesBackThePositionForTheSameQueryOnly) {
  const std::vector<std::string> position = {"Boulangerie:7", "", std::string("\0\n", 2)};
  const std::string token = tokens_.Make("query", position);
  const auto read = tokens_.Read(token, "query");
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, position);
  EXPECT_EQ(ErrorReasonOf(tokens_.Read(token, "other").status()), "PAGE_TOKEN_INVALID");
  EXPECT_TRUE(tokens_.Read("", "query")->empty());
}

TEST_F(PageTokensTest, RefusesWhatItDidNotMake) {
  const std::string token = tokens_.Make("query", {"1"});
  std::vector<std::string> foreign = {
      "x", "!", std::string(5000, 'A'),
      PageTokens(std::string(32, 'z'), &clock_).Make("query", {"1"})};
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    // Far enough that base64's unused bits cannot hide it.
    changed[i] = changed[i] == 'A' ? 'Q' : 'A';
    foreign.push_back(changed);
    if (i > 0) foreign.push_back(token.substr(0, i));
  }
  for (const std::string& text : foreign) {
    const auto read = tokens_.Read(text, "query");
    EXPECT_EQ(ErrorReasonOf(read.status()), "PAGE_TOKEN_INVALID") << text;
    EXPECT_EQ(read.status().code(), absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(PageTokensTest, APositionThatLastsIsGoodForItsQueryHoweverOld) {
  const std::string token = tokens_.Make("query", {"1", "2"});
  clock_.now += absl::Hours(24 * 400);
  EXPECT_EQ(tokens_.ReadLasting(token, "query"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(tokens_.ReadLasting(token, "other"), std::nullopt);
  EXPECT_EQ(tokens_.ReadLasting("", "query"), std::nullopt);
  EXPECT_EQ(
      tokens_.ReadLasting(PageTokens(std::string(32, 'z'), &clock_).Make("query", {"1"}), "query"),
      std::nullopt);
}

TEST_F(PageTokensTest, LivesForADayWheneverInAnHourItWasMade) {
  for (const absl::Duration into_the_hour : {absl::ZeroDuration(), absl::Minutes(59)}) {
    clock_.now = absl::FromUnixSeconds(500'000 * 3600) + into_the_hour;
    const std::string token = tokens_.Make("query", {"1"});
    clock_.now += absl::Hours(24);
    EXPECT_TRUE(tokens_.Read(token, "query").ok());
    clock_.now += absl::Hours(1);
    EXPECT_FALSE(tokens_.Read(token, "query").ok());
  }
}

TEST_F(PageTokensTest, IsTheSameForAnHourSoThatAnUnchangedAnswerIsRecognized) {
  const std::string token = tokens_.Make("query", {"1"});
  clock_.now += absl::Hours(1) - absl::Microseconds(1);
  EXPECT_EQ(tokens_.Make("query", {"1"}), token);
  clock_.now += absl::Microseconds(1);
  EXPECT_NE(tokens_.Make("query", {"1"}), token);
}

TEST(QueryFingerprintTest, IsOfTheQueryAndNotOfThePage) {
  SearchOffersRequest request;
  request.add_departments("61");
  const std::string fingerprint = QueryFingerprint(request);
  request.set_page_size(7);
  request.set_page_token("x");
  EXPECT_EQ(QueryFingerprint(request), fingerprint);
  request.add_departments("14");
  EXPECT_NE(QueryFingerprint(request), fingerprint);
}

TEST(EffectivePageSizeTest, HasADefaultAndAnUpperLimit) {
  const std::pair<int, int> kCases[] = {{0, 20}, {1, 1}, {100, 100}, {101, 100}, {1'000'000, 100}};
  for (const auto& [asked, given] : kCases) EXPECT_EQ(EffectivePageSize(asked), given);
}

}  // namespace
}  // namespace dm::rpc
