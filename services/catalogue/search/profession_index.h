#pragma once

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "services/catalogue/domain/labelled.h"
#include "services/catalogue/search/everyday_words.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// A profession that is not obsolete, with all that it is found by.
struct ProfessionDocument {
  struct JobTitle {
    std::string code;
    std::string label;
    // Known to few.
    bool rare = false;
  };

  std::string code;
  std::string title;
  std::string sort_key;
  std::string definition;
  std::vector<JobTitle> job_titles;
  // What the work mainly asks for, in the words of ROME.
  std::vector<std::string> main_skills;
  // What is done, seen and used in it, and where, in the words of those who do not know it.
  std::string work_words;
  std::vector<Labelled> sectors;
  std::vector<Labelled> interests;
  std::vector<Labelled> themes;
  std::string domain;
  // Letters of RIASEC.
  std::string riasec;
  // 0 not stated, 1 green, 2 strategic, 3 white, 4 brown.
  int ecological_transition = 0;
  bool digital_transition = false;
  bool demographic_transition = false;
};

// All conditions hold at once; an empty list is no condition, and of a list one value is enough.
struct ProfessionQuery {
  std::string text;
  std::vector<std::string> sectors;
  std::vector<std::string> interests;
  std::vector<std::string> themes;
  std::vector<std::string> domains;
  std::vector<std::string> riasec;
  std::vector<int> ecological_transitions;
  bool digital_transition_only = false;
  bool demographic_transition_only = false;
};

struct ProfessionHit {
  // Where it stands: minus the score, then the title's sort key, then the code.
  int64_t place = 0;
  std::string sort_key;
  std::string code;
  // The job title that was nearest to what was asked; none where the profession's own title was, or
  // nothing of the kind.
  std::optional<Labelled> job_title;
};

// Something to complete what is typed with.
struct ProfessionSuggestion {
  std::string profession;
  // ROME's code of the job title; empty for the profession's own title.
  std::string job_title;
  std::string text;
};

// The professions in memory: some thousand titles, so that every word of them can be looked at. A
// score depends on how rare a word is among the professions, so it changes with an import and never
// between. Immutable.
class ProfessionIndex {
 public:
  ProfessionIndex() = default;
  ProfessionIndex(std::vector<ProfessionDocument> professions,
                  const std::vector<EverydayWords>& everyday);

  // All that match, best first; those that match far less than the best are left out. Without words
  // all of them, by title.
  std::vector<ProfessionHit> Search(const ProfessionQuery& query) const;
  // At most `limit`, best first, each of another profession.
  std::vector<ProfessionSuggestion> Suggest(const std::string& text, size_t limit) const;
  // The words that something is marked for: what was asked, put right where nothing has it.
  std::vector<std::string> Meant(const std::string& text) const;

 private:
  enum class Kind : uint8_t { kTitle, kJobTitle, kRareJobTitle, kEveryday };
  // A title or phrase of a profession.
  struct Label {
    uint32_t profession = 0;
    // Of the job title among those of the profession.
    uint32_t job_title = 0;
    Kind kind = Kind::kTitle;
    uint16_t words = 0;
    double weight = 0;
  };
  // A word of a text about a profession, and how much it tells.
  struct Mention {
    uint32_t profession = 0;
    double weight = 0;
  };
  struct Entry {
    std::vector<uint32_t> labels;
    std::vector<Mention> mentions;
    // Of the professions, how rarely it is met.
    double rarity = 0;
  };
  using Dictionary = absl::btree_map<std::string, Entry>;
  // A word that an asked word stands for, and how sure that is.
  struct Meaning {
    const std::string* word;
    const Entry* entry;
    double sureness = 0;
  };
  struct Found;
  struct Share;
  struct Shares;
  using WordsByKey = absl::flat_hash_map<std::string, std::vector<std::string>>;

  void AddLabel(const std::string& text, Label label);
  void AddMentions(const std::string& text, uint32_t profession, double weight);
  // Rates the words that are not rated yet. Those of skills come last: many professions are asked
  // for the same, and what a title says is no less telling for that.
  void RateWords();
  void AddSkills();
  void RelateWords();

  std::vector<Meaning> MeaningsOf(const std::string& word, bool unfinished) const;
  void AddBeginnings(const std::string& word, double sureness, std::vector<Meaning>* all) const;
  void AddWords(const WordsByKey& words, const std::string& key, double sureness,
                std::vector<Meaning>* all) const;
  static bool IsOfWork(const Mention& mention);
  void AddShares(const std::vector<Meaning>& meanings, Shares* shares) const;
  Found Find(const std::string& text) const;
  void FindLabels(const Shares& shares, Found* found) const;
  bool Meets(const ProfessionDocument& profession, const ProfessionQuery& query) const;
  const ProfessionDocument& DocumentOf(const Label& label) const {
    return professions_[label.profession];
  }

  std::vector<ProfessionDocument> professions_;
  std::vector<Label> labels_;
  Dictionary words_;
  // Words by what they have in common (word_family.h).
  WordsByKey families_;
  // Those that a word may be meant for which nobody knows, by sound and by length: the words of
  // titles and of the work, for texts have too many.
  WordsByKey sounds_;
  absl::btree_map<int, std::vector<std::string>> spellings_;
};

}  // namespace dm::catalogue::search
