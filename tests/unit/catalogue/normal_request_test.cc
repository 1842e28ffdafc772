#include "services/catalogue/api/normal_request.h"

#include "destinationmetier/catalogue/v1/catalogue_service.pb.h"

#include <gtest/gtest.h>

#include <string>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;

TEST(Normalise, MakesRequestsThatAskTheSameTheSame) {
  pb::SearchOffersRequest one;
  one.set_query("  Boulangère ÉTÉ");
  one.add_departments("61");
  one.add_departments("14");
  one.add_departments("61");
  one.add_audiences(destinationmetier::type::v1::AUDIENCE_ADULT);
  pb::SearchOffersRequest other;
  other.set_query("boulangere ete");
  other.add_departments("14");
  other.add_departments("61");
  other.add_audiences(destinationmetier::type::v1::AUDIENCE_ADULT);
  other.set_order_by("relevance");
  other.set_page_size(20);
  Normalise(&one);
  Normalise(&other);
  EXPECT_EQ(one.SerializeAsString(), other.SerializeAsString());
  const std::string once = one.SerializeAsString();
  Normalise(&one);
  EXPECT_EQ(one.SerializeAsString(), once);
  other.add_departments("27");
  Normalise(&other);
  EXPECT_NE(other.SerializeAsString(), once);
}

TEST(Normalise, KeepsWhetherTheLastWordIsFinished) {
  pb::SearchProfessionsRequest typing;
  typing.set_query("Boul");
  pb::SearchProfessionsRequest typed;
  typed.set_query("Boul ");
  Normalise(&typing);
  Normalise(&typed);
  EXPECT_NE(typing.SerializeAsString(), typed.SerializeAsString());
  EXPECT_EQ(typed.query(), "boul ");
}

}  // namespace
}  // namespace dm::catalogue
