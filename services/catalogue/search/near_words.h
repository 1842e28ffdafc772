#pragma once

#include "absl/strings/string_view.h"
#include "services/catalogue/search/asked_words.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue::search {

// No word is put right by more.
constexpr int kMostEdits = 2;

// How many letters must be put in, left out, replaced or swapped with their neighbour to make one
// word of the other; `most` + 1 when it is more than `most`.
int EditsBetween(absl::string_view a, absl::string_view b, int most);

// Of the words that it is shown, those that are spelt most like one word. The order in which they
// are shown does not matter.
class NearestWords {
 public:
  explicit NearestWords(std::string word);

  void Consider(absl::string_view candidate);
  // At most three, the likeliest first.
  std::vector<std::string> Take();

 private:
  struct Candidate {
    int edits = 0;
    bool other_beginning = false;
    std::string word;
  };

  std::string word_;
  uint64_t letters_;
  int most_edits_;
  std::vector<Candidate> candidates_;
};

// The words with each that is not known replaced by those that are spelt most like it.
// `consider_all` shows a NearestWords all that are known. Empty when there is nothing to put right.
template <typename IsKnown, typename ConsiderAll>
std::vector<AskedWord> PutRight(std::vector<AskedWord> words, IsKnown is_known,
                                ConsiderAll consider_all) {
  bool changed = false;
  for (AskedWord& word : words) {
    if (is_known(word)) continue;
    NearestWords nearest(word.alternatives.front());
    consider_all(&nearest);
    std::vector<std::string> alternatives = nearest.Take();
    if (alternatives.empty()) continue;
    word.prefix = word.prefix && alternatives.size() == 1;
    word.alternatives = std::move(alternatives);
    changed = true;
  }
  if (!changed) words.clear();
  return words;
}

}  // namespace dm::catalogue::search
