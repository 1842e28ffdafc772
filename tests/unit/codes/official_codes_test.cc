#include "common/codes/official_codes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm {
namespace {

TEST(OfficialCodesTest, EveryDepartmentHasItsName) {
  EXPECT_EQ(DepartmentName("61"), "Orne");
  EXPECT_EQ(DepartmentName("01"), "Ain");
  EXPECT_EQ(DepartmentName("2B"), "Haute-Corse");
  EXPECT_EQ(DepartmentName("988"), "Nouvelle-Calédonie");
  for (const char* none : {"", "0", "00", "1", "20", "2a", "2C", "96", "970", "061", "6 ", "999"}) {
    EXPECT_EQ(DepartmentName(none), "") << none;
    EXPECT_FALSE(IsDepartment(none)) << none;
  }
}

TEST(OfficialCodesTest, EachHasItsShape) {
  const struct {
    bool (*is)(absl::string_view);
    std::vector<std::string> yes;
    std::vector<std::string> no;
  } kCases[] = {
      {IsRomeCode, {"M1805", "A1101", "N4105"}, {"", "M180", "m1805", "M18055", "M18O5"}},
      {IsListCode, {"79", "113", "H11"}, {"", "12345678901", "1 2"}},
      {IsCommuneCode, {"61070", "2A004", "97411"}, {"", "6107", "20004", "610700", "61O70"}},
      {IsPostalCode, {"61100"}, {"", "6110", "611000", "6110O"}},
      {IsNafCode, {"17.22Z"}, {"", "1722Z", "17.22z", "17.2ZZ"}},
      {IsUai,
       {"0750655E", "0750654D", "0610021S", "6200001G"},
       {"", "0750655D", "075065E", "00750655E", "0750655e", "O750655E", "0750655"}},
      {IsDepartment, {"61", "2A", "974"}, {"61070"}},
  };
  for (const auto& one : kCases) {
    for (const std::string& code : one.yes) EXPECT_TRUE(one.is(code)) << code;
    for (const std::string& code : one.no) EXPECT_FALSE(one.is(code)) << code;
  }
}

TEST(OfficialCodesTest, ACommuneIsInItsDepartment) {
  EXPECT_EQ(DepartmentOfCommune("61070"), "61");
  EXPECT_EQ(DepartmentOfCommune("2A004"), "2A");
  EXPECT_EQ(DepartmentOfCommune("97411"), "974");
}

}  // namespace
}  // namespace dm
