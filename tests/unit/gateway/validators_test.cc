#include "services/gateway/http/validators.h"

#include <gtest/gtest.h>

namespace dm::gateway {
namespace {

TEST(EntityTag, IsThatOfTheBytes) {
  EXPECT_EQ(EntityTagOf("a"), EntityTagOf("a"));
  EXPECT_NE(EntityTagOf("a"), EntityTagOf("b"));
  EXPECT_EQ(EntityTagOf("a").front(), '"');
  EXPECT_EQ(EntityTagOf("a").back(), '"');
}

struct MatchCase {
  const char* tag;
  const char* if_none_match;
  bool matches;
};

class IfNoneMatch : public testing::TestWithParam<MatchCase> {};

TEST_P(IfNoneMatch, ComparesWeakly) {
  EXPECT_EQ(IsAmong(GetParam().tag, GetParam().if_none_match), GetParam().matches);
}

INSTANTIATE_TEST_SUITE_P(
    All, IfNoneMatch,
    testing::Values(MatchCase{"\"a\"", "\"a\"", true}, MatchCase{"\"a\"", "\"b\"", false},
                    MatchCase{"\"a\"", "", false}, MatchCase{"\"a\"", "*", true},
                    MatchCase{"\"a\"", " * ", true}, MatchCase{"\"a\"", "W/\"a\"", true},
                    MatchCase{"W/\"a\"", "\"a\"", true}, MatchCase{"\"a\"", "\"b\", \"a\"", true},
                    MatchCase{"\"a\"", "\"b\",W/\"c\" , W/\"a\"", true},
                    MatchCase{"\"a,b\"", "\"a,b\"", true}, MatchCase{"\"a\"", "\"a,b\"", false},
                    MatchCase{"\"a\"", "a", true}, MatchCase{"\"a\"", "\"a", true},
                    MatchCase{"\"a\"", ", ,", false}, MatchCase{"\"a\"", "\"", false}));

TEST(NotModified, KeepsWhatACacheNeedsAndNoBody) {
  HttpResponse response;
  response.headers = {{"Content-Type", "application/json"},
                      {"Content-Encoding", "gzip"},
                      {"Content-Security-Policy", "default-src 'self'"},
                      {"ETag", "\"a\""},
                      {"Cache-Control", "public, max-age=1"},
                      {"Vary", "Authorization"}};
  response.body = "{}";
  response.counted_as = "docs";
  const HttpResponse renewed = NotModified(response);
  EXPECT_EQ(renewed.status, 304);
  EXPECT_EQ(renewed.body, "");
  EXPECT_EQ(renewed.Header("content-type"), "");
  EXPECT_EQ(renewed.Header("content-encoding"), "");
  // A browser puts what a 304 says in the place of what it has.
  EXPECT_EQ(renewed.Header("content-security-policy"), "default-src 'self'");
  EXPECT_EQ(renewed.Header("etag"), "\"a\"");
  EXPECT_EQ(renewed.Header("cache-control"), "public, max-age=1");
  EXPECT_EQ(renewed.Header("vary"), "Authorization");
  EXPECT_EQ(renewed.counted_as, "docs");
}

}  // namespace
}  // namespace dm::gateway
