#include "services/catalogue/search/profession_dictionary.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/catalogue/search/near_words.h"
#include "services/catalogue/search/word_family.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dm::catalogue::search {
namespace {

// What a word is worth that is not itself what was asked.
constexpr double kBeginning = 0.8;
// Folding shortens words ("musée" is "mus"): where there is one, it is rather meant than what
// begins so.
constexpr double kBeginningOfOther = 0.4;
constexpr double kGuessedBeginning = 0.6;
constexpr double kSoundsAlike = 0.75;
constexpr double kMisspelt = 0.6;
constexpr double kBadlyMisspelt = 0.4;
constexpr double kOfFamily = 0.4;
// "soigne" of "soigner", where it is no word itself as "livre" is.
constexpr double kOfVerb = 0.8;
constexpr size_t kShortestBeginning = 3;
constexpr int kMostBeginnings = 200;

}  // namespace

void ProfessionDictionary::AddToLabel(std::string word, InLabel where) {
  words_[std::move(word)].labels.push_back(where);
}

void ProfessionDictionary::AddMention(std::string word, Mention mention) {
  auto& mentions = words_[std::move(word)].mentions;
  if (mentions.empty() || mentions.back().profession != mention.profession) {
    mentions.push_back(mention);
  } else {
    mentions.back().weight = std::max(mentions.back().weight, mention.weight);
  }
}

void ProfessionDictionary::AddWellSpelt(std::string word) { well_spelt_.insert(std::move(word)); }

void ProfessionDictionary::RateWords(size_t professions) {
  for (auto& [word, entry] : words_) {
    if (entry.rarity > 0) continue;
    std::vector<uint32_t> in;
    for (const InLabel& label : entry.labels) in.push_back(label.profession);
    for (const Mention& mention : entry.mentions) in.push_back(mention.profession);
    std::sort(in.begin(), in.end());
    const auto count = std::unique(in.begin(), in.end()) - in.begin();
    entry.rarity = std::log(1 + static_cast<double>(professions) /
                                    static_cast<double>(std::max<std::ptrdiff_t>(count, 1)));
  }
}

void ProfessionDictionary::RelateWords() {
  for (const auto& [word, entry] : words_) {
    if (std::string family = FamilyOf(word); !family.empty()) {
      families_[std::move(family)].push_back(word);
    }
    if (entry.labels.empty() && std::none_of(entry.mentions.begin(), entry.mentions.end(),
                                             [](const Mention& m) { return m.IsOfWork(); })) {
      continue;
    }
    sounds_[SoundOf(word)].push_back(word);
    spellings_[static_cast<int>(word.size())].push_back(word);
  }
}

std::vector<ProfessionDictionary::Meaning> ProfessionDictionary::MeaningsOf(const std::string& word,
                                                                            bool unfinished) const {
  std::vector<Meaning> all;
  const auto itself = words_.find(word);
  if (itself != words_.end()) {
    all.push_back({&itself->first, &itself->second, 1});
  } else if (const auto verb = words_.find(absl::StrCat(word, "er")); verb != words_.end()) {
    all.push_back({&verb->first, &verb->second, kOfVerb});
  }
  AddWords(families_, FamilyOf(word), kOfFamily, &all);
  if (unfinished) {
    AddBeginnings(word, itself == words_.end() ? kBeginning : kBeginningOfOther, &all);
  }
  // Whoever asks for a firefighter where there is none is not helped by what is spelt like one.
  if (!all.empty() || well_spelt_.contains(word)) return all;
  AddWords(sounds_, SoundOf(word), kSoundsAlike, &all);
  if (!all.empty()) return all;
  if (!unfinished) AddBeginnings(word, kGuessedBeginning, &all);
  AddMisspelt(word, &all);
  return all;
}

void ProfessionDictionary::AddBeginnings(const std::string& word, double sureness,
                                         std::vector<Meaning>* all) const {
  if (word.size() < kShortestBeginning) return;
  int added = 0;
  for (auto next = words_.upper_bound(word);
       next != words_.end() && absl::StartsWith(next->first, word) && added < kMostBeginnings;
       ++next, ++added) {
    all->push_back({&next->first, &next->second, sureness});
  }
}

void ProfessionDictionary::AddWords(const WordsByKey& words, const std::string& key,
                                    double sureness, std::vector<Meaning>* all) const {
  const auto found = words.find(key);
  if (found == words.end()) return;
  for (const std::string& word : found->second) {
    const auto known = words_.find(word);
    all->push_back({&known->first, &known->second, sureness});
  }
}

void ProfessionDictionary::AddMisspelt(const std::string& word, std::vector<Meaning>* all) const {
  NearestWords nearest(word);
  const auto length = static_cast<int>(word.size());
  for (auto near = spellings_.lower_bound(length - kMostEdits);
       near != spellings_.end() && near->first <= length + kMostEdits; ++near) {
    for (const std::string& known : near->second) nearest.Consider(known);
  }
  for (const std::string& near : nearest.Take()) {
    const auto found = words_.find(near);
    const bool barely = EditsBetween(word, near, 1) > 1;
    all->push_back({&found->first, &found->second, barely ? kBadlyMisspelt : kMisspelt});
  }
}

}  // namespace dm::catalogue::search
