#include "services/gateway/http/path_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dm::gateway {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(PercentDecode, ReadsEscapesAndRefusesBadOnes) {
  EXPECT_EQ(*PercentDecode("boulang%C3%A8re"), "boulangère");
  EXPECT_EQ(*PercentDecode("%41%4a%4A"), "AJJ");
  for (const char* bad : {"%", "%4", "a%zz", "%00", "%C3", "%ED%A0%80", "%FF", "%C0%AF"}) {
    EXPECT_FALSE(PercentDecode(bad).ok()) << bad;
  }
}

TEST(RequestPath, SplitsSegmentsAndVerb) {
  const auto path = RequestPath::Parse("/v1/bookings/a%3Ab:cancel");
  ASSERT_TRUE(path.ok());
  EXPECT_THAT(path->segments, ElementsAre("v1", "bookings", "a:b"));
  EXPECT_EQ(path->verb, "cancel");
}

TEST(RequestPath, RefusesWhatCouldPassForAnotherPath) {
  for (const char* bad : {"v1/x", "", "*", "/v1/offers/a%2Fb", "/v1/%zz", "/v1/x:%"}) {
    EXPECT_FALSE(RequestPath::Parse(bad).ok()) << bad;
  }
}

struct MatchCase {
  const char* path_template;
  const char* path;
  // "field=value field=value", or null for no match.
  const char* bindings;
};

class PathTemplateMatch : public testing::TestWithParam<MatchCase> {};

TEST_P(PathTemplateMatch, BindsVariables) {
  const auto path_template = PathTemplate::Parse(GetParam().path_template);
  ASSERT_TRUE(path_template.ok()) << path_template.status();
  PathTemplate::Bindings bindings;
  const bool matched = path_template->Match(*RequestPath::Parse(GetParam().path), &bindings);
  ASSERT_EQ(matched, GetParam().bindings != nullptr);
  if (!matched) return;
  std::string text;
  for (const auto& [field, value] : bindings) {
    text += (text.empty() ? "" : " ") + field + "=" + value;
  }
  EXPECT_EQ(text, GetParam().bindings);
}

INSTANTIATE_TEST_SUITE_P(
    All, PathTemplateMatch,
    testing::Values(MatchCase{"/v1/sectors", "/v1/sectors", ""},
                    MatchCase{"/v1/sectors", "/v1/sectors/", nullptr},
                    MatchCase{"/v1/sectors", "/v1/sector", nullptr},
                    MatchCase{"/v1/offers:search", "/v1/offers:search", ""},
                    MatchCase{"/v1/offers:search", "/v1/offers", nullptr},
                    MatchCase{"/v1/{name=offers/*}", "/v1/offers/42", "name=offers/42"},
                    MatchCase{"/v1/{name=offers/*}", "/v1/offers/", nullptr},
                    MatchCase{"/v1/{name=offers/*}", "/v1/offers/42/sessions", nullptr},
                    MatchCase{"/v1/{name=offers/*}", "/v1/offers/42:cancel", nullptr},
                    MatchCase{"/v1/{name=offers/*}", "/v1/offers/a%3Ab", "name=offers/a:b"},
                    MatchCase{"/v1/{name=bookings/*}:cancel", "/v1/bookings/7:cancel",
                              "name=bookings/7"},
                    MatchCase{"/v1/{name=bookings/*}:cancel", "/v1/bookings/7:accept", nullptr},
                    MatchCase{"/v1/{parent=ambassadors/*}/sessions", "/v1/ambassadors/é/sessions",
                              "parent=ambassadors/é"},
                    MatchCase{"/v1/{contact.name=people/*/contact}", "/v1/people/me/contact",
                              "contact.name=people/me/contact"},
                    MatchCase{"/v1/{contact.name=people/*/contact}", "/v1/people/a:b/contact",
                              "contact.name=people/a:b/contact"},
                    MatchCase{"/v1/{name}/x/{other}", "/v1/a/x/b", "name=a other=b"},
                    MatchCase{"/v1/*/x/{other}", "/v1/a/x/b", "other=b"},
                    MatchCase{"/v1/{name=files/**}", "/v1/files/a/b/c", "name=files/a/b/c"},
                    MatchCase{"/v1/{name=files/**}", "/v1/files", "name=files"},
                    MatchCase{"/v1/{name=files/**}", "/v1/files/a//b", nullptr},
                    MatchCase{"/v1/{name=files/**}", "/v1/file/a", nullptr},
                    MatchCase{"/v1/{name=files/**}:move", "/v1/files/a/b:move", "name=files/a/b"},
                    MatchCase{"/v1/{name=files/**}:move", "/v1/files/a/b", nullptr},
                    MatchCase{"/v1/{kind}/{name=**}", "/v1/k/a/b", "kind=k name=a/b"},
                    MatchCase{"/v1/**", "/v1/a/b", ""}));

TEST(PathTemplate, RefusesWhatItCannotMatch) {
  for (const char* bad : {"", "v1", "/", "/v1/{name=offers/*", "/v1/{=x}", "/v1/**/x", "/v1/***",
                          "/v1//x", "/v1/{name=offers/*}x", "/v1/x:", "/v1/{name=**}/x"}) {
    EXPECT_FALSE(PathTemplate::Parse(bad).ok()) << bad;
  }
}

TEST(PathTemplate, TriesLiteralsBeforeWildcards) {
  const auto literal = PathTemplate::Parse("/v1/people/me/contact");
  const auto wildcard = PathTemplate::Parse("/v1/{name=people/*/contact}");
  EXPECT_TRUE(literal->Precedes(*wildcard));
  EXPECT_FALSE(wildcard->Precedes(*literal));
  const auto rest = PathTemplate::Parse("/v1/{name=people/**}");
  EXPECT_TRUE(wildcard->Precedes(*rest));
  EXPECT_FALSE(rest->Precedes(*wildcard));
}

}  // namespace
}  // namespace dm::gateway
