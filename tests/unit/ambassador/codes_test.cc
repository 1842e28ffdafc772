#include "services/ambassador/domain/codes.h"

#include "services/ambassador/domain/characters.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::ambassador {
namespace {

TEST(CodesTest, KnowsThe101Departments) {
  int known = 0;
  for (int number = 0; number < 1000; ++number) {
    std::string code = std::to_string(number);
    if (code.size() == 1) code = "0" + code;
    known += IsDepartment(code) ? 1 : 0;
  }
  EXPECT_EQ(known + (IsDepartment("2A") ? 1 : 0) + (IsDepartment("2B") ? 1 : 0), 101);
  for (const char* code : {"", "0", "00", "1", "20", "2a", "2C", "96", "970", "975", "061", "6 "}) {
    EXPECT_FALSE(IsDepartment(code)) << code;
  }
}

TEST(CodesTest, KnowsTheFormOfEachCode) {
  struct Case {
    bool (*is)(absl::string_view);
    std::vector<std::string> yes;
    std::vector<std::string> no;
  };
  const std::vector<Case> cases = {
      {IsRomeCode, {"M1805", "A1101", "N4105"}, {"", "M180", "O1101", "m1805", "M18055", "M18O5"}},
      {IsSectorCode, {"79", "113"}, {"", "A1", "12345"}},
      {IsCommuneCode, {"61070", "2A004", "97411"}, {"", "6107", "20004", "610700", "61O70"}},
      {IsPostalCode, {"61100"}, {"", "6110", "611000", "6110O"}},
      {IsFormat, {"ON_SITE", "PHONE", "VIDEO"}, {"", "UNSPECIFIED", "on_site"}},
      {IsAudience, {"TROISIEME", "ADULT"}, {"", "UNSPECIFIED"}},
  };
  for (const Case& one : cases) {
    for (const std::string& code : one.yes) EXPECT_TRUE(one.is(code)) << code;
    for (const std::string& code : one.no) EXPECT_FALSE(one.is(code)) << code;
  }
  EXPECT_EQ(DepartmentOfCommune("61070"), "61");
  EXPECT_EQ(DepartmentOfCommune("97411"), "974");
}

TEST(CharactersTest, CountsCodePointsAndKnowsText) {
  EXPECT_EQ(CountCharacters("Éleveur"), 7u);
  for (const char* text : {"", "cœur\r\n\t", "日本", "😀"}) EXPECT_TRUE(IsText(text)) << text;
  const std::vector<std::string> not_text = {
      std::string(1, '\0'), "\x01",         "\x80",         "\xC3",
      "\xC0\xAF",           "\xE0\x80\xAF", "\xED\xA0\x80", "\xF5\x80\x80\x80",
      "\xF4\x90\x80\x80",   "\xE9t\xE9",
  };
  for (const std::string& bytes : not_text) EXPECT_FALSE(IsText(bytes)) << bytes.size();
}

}  // namespace
}  // namespace dm::ambassador
