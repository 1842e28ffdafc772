#pragma once

#include "absl/strings/string_view.h"
#include "services/catalogue/search/asked_words.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// A part of a text in Unicode code points: the first, and the one after the last.
struct TextRange {
  int start = 0;
  int end = 0;

  bool operator==(const TextRange&) const = default;
};

// A text as it is shown, cut into words and folded once, so that finding what was asked for in it
// costs little however often it is shown.
class FoldedText {
 public:
  explicit FoldedText(absl::string_view text);

  // The words that were asked for: whole words, in ascending order.
  std::vector<TextRange> Find(const std::vector<AskedWord>& words) const;

  // Of memory that it holds beside itself.
  size_t bytes() const { return folded_.capacity() + words_.capacity() * sizeof(Word); }

 private:
  struct Word {
    TextRange range;
    // In `folded_`.
    uint32_t offset = 0;
    uint32_t size = 0;
  };

  // One after the other, with nothing in between.
  std::string folded_;
  std::vector<Word> words_;
};

}  // namespace dm::catalogue::search
