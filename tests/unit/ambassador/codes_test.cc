#include "services/ambassador/domain/codes.h"

#include "services/ambassador/domain/characters.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::ambassador {
namespace {

TEST(CodesTest, KnowsWhomOneCanMeetAndHow) {
  for (const char* format : {"ON_SITE", "PHONE", "VIDEO"}) EXPECT_TRUE(IsFormat(format)) << format;
  for (const char* none : {"", "UNSPECIFIED", "on_site"}) EXPECT_FALSE(IsFormat(none)) << none;
  for (const char* audience : {"TROISIEME", "ADULT"}) EXPECT_TRUE(IsAudience(audience)) << audience;
  for (const char* none : {"", "UNSPECIFIED"}) EXPECT_FALSE(IsAudience(none)) << none;
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
