#include "services/catalogue/search/highlight.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::catalogue::search {
namespace {

// The text with brackets around what was found.
std::string Marked(const std::string& text, const std::string& query) {
  std::string marked;
  const auto ranges = FoldedText(text).Find(ParseAskedWords(query));
  int position = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) {
      for (const TextRange& range : ranges) {
        if (range.end == position) marked += "]";
      }
      for (const TextRange& range : ranges) {
        if (range.start == position) marked += "[";
      }
      ++position;
    }
    marked += text[i];
  }
  for (const TextRange& range : ranges) {
    if (range.end == position) marked += "]";
  }
  return marked;
}

TEST(FoldedText, MarksWholeWordsInCodePoints) {
  const struct {
    const char* text;
    const char* query;
    const char* marked;
  } cases[] = {
      {"Découvrir la boulangerie", "boulang", "Découvrir la [boulangerie]"},
      {"Boulanger / Boulangère", "boulangères", "[Boulanger] / [Boulangère]"},
      {"Œuvres d'art à l'école", "oeuvre ecole", "[Œuvres] d'art à l'[école]"},
      {"boulange\xCC\x80re employée", "boulangère employé", "[boulange\xCC\x80re] [employée]"},
      {"Pain, pain et PAIN", "pain", "[Pain], [pain] et [PAIN]"},
      {"🥖 pain 🥐 pains", "le pain", "🥖 [pain] 🥐 [pains]"},
      {"le la les", "le", "le la les"},
      {"pain", "", "pain"},
      {"", "pain", ""},
      {"pain\xFF\xFEpain", "pain", "[pain]\xFF\xFE[pain]"},
  };
  for (const auto& one : cases) EXPECT_EQ(Marked(one.text, one.query), one.marked);
}

}  // namespace
}  // namespace dm::catalogue::search
