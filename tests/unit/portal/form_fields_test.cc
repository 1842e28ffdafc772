#include "services/gateway/portal/form_fields.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::gateway {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(FormFields, ComeBackAsTheyWere) {
  const std::string text = EncodeFields({{"retour", "/mini-stages?q=é&x=1"}, {"vide", ""}});
  EXPECT_EQ(text, "retour=%2fmini-stages%3fq%3d%c3%a9%26x%3d1&vide=");
  EXPECT_THAT(DecodeFields(text),
              ElementsAre(Pair("retour", "/mini-stages?q=é&x=1"), Pair("vide", "")));
}

TEST(FormFields, LeaveAloneWhatIsNotEncodedWell) {
  EXPECT_THAT(DecodeFields("a=%zz&b=%4&c=1+2&a=second&=x&d"),
              ElementsAre(Pair("", "x"), Pair("a", "%zz"), Pair("b", "%4"), Pair("c", "1 2"),
                          Pair("d", "")));
}

TEST(FormFields, AreFoundInATarget) {
  EXPECT_THAT(QueryOf("/auth/signin?return=%2F"), ElementsAre(Pair("return", "/")));
  EXPECT_THAT(QueryOf("/auth/signin"), ElementsAre());
}

}  // namespace
}  // namespace dm::gateway
