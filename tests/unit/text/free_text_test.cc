#include "common/text/free_text.h"

#include <gtest/gtest.h>

#include <string>

namespace dm {
namespace {

std::string Repeat(const std::string& text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) repeated += text;
  return repeated;
}

TEST(FreeTextTest, TakesAnyWordsOfThatLength) {
  for (const std::string& text :
       {std::string(), std::string("Notre fournil est en travaux.\nDésolés !"), Repeat("é", 500),
        Repeat("😀", 500)}) {
    EXPECT_EQ(FreeTextFault(text, 500), "") << text;
  }
}

TEST(FreeTextTest, RefusesMoreCharactersAndControlCharacters) {
  EXPECT_EQ(FreeTextFault(Repeat("é", 501), 500), "must have at most 500 characters");
  for (const std::string& text :
       {std::string("a\0b", 3), std::string("a\rb"), std::string("a\tb"), std::string("a\x7F")}) {
    EXPECT_EQ(FreeTextFault(text, 500), "must not hold control characters") << text;
  }
}

}  // namespace
}  // namespace dm
