#pragma once

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// The words that professions are found by, folded (domain/words.h), and what an asked word may mean
// among them. Filled first: the words, then RateWords, more words and RateWords again as often as
// wanted, then RelateWords. From then on it is read only, by as many threads as want to.
class ProfessionDictionary {
 public:
  // The least weight of a mention among the words of the work (everyday_words.h), and of no other.
  static constexpr double kWorkWeight = 7;

  // That a title or phrase has a word.
  struct InLabel {
    uint32_t label = 0;
    uint32_t profession = 0;
  };
  // A word of a text about a profession, and how much it tells.
  struct Mention {
    uint32_t profession = 0;
    double weight = 0;
    bool IsOfWork() const { return weight >= kWorkWeight; }
  };
  struct Entry {
    std::vector<InLabel> labels;
    std::vector<Mention> mentions;
    // Of the professions, how rarely it is met.
    double rarity = 0;
  };
  // A word that an asked word stands for, and how sure that is: 1 for the word itself.
  struct Meaning {
    const std::string* word;
    const Entry* entry;
    double sureness = 0;
  };

  void AddToLabel(std::string word, InLabel where);
  // Of several mentions of a word for one profession, one after the other, the weightiest counts.
  void AddMention(std::string word, Mention mention);
  // That people know the word, whatever it means: it is never taken for another one's misspelling.
  void AddWellSpelt(std::string word);
  // Rates the words that are not rated yet, among so many professions.
  void RateWords(size_t professions);
  void RelateWords();

  // Everything that the word may mean; `unfinished` where it may be only the beginning of one.
  std::vector<Meaning> MeaningsOf(const std::string& word, bool unfinished) const;

 private:
  using WordsByKey = absl::flat_hash_map<std::string, std::vector<std::string>>;

  void AddBeginnings(const std::string& word, double sureness, std::vector<Meaning>* all) const;
  void AddWords(const WordsByKey& words, const std::string& key, double sureness,
                std::vector<Meaning>* all) const;
  void AddMisspelt(const std::string& word, std::vector<Meaning>* all) const;

  absl::btree_map<std::string, Entry> words_;
  absl::flat_hash_set<std::string> well_spelt_;
  // Words by what they have in common (word_family.h).
  WordsByKey families_;
  // Those that a word may be meant for which nobody knows, by sound and by length: the words of
  // titles and of the work, for texts have too many.
  WordsByKey sounds_;
  absl::btree_map<int, std::vector<std::string>> spellings_;
};

}  // namespace dm::catalogue::search
