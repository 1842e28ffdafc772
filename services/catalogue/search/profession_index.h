#pragma once

#include "services/catalogue/domain/labelled.h"
#include "services/catalogue/search/everyday_words.h"
#include "services/catalogue/search/profession_dictionary.h"

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
  struct Found;
  struct Share;
  struct Shares;

  void AddLabel(const std::string& text, Label label);
  void AddMentions(const std::string& text, uint32_t profession, double weight);
  void AddSkills();

  void AddShares(const std::vector<ProfessionDictionary::Meaning>& meanings, Shares* shares) const;
  Found Find(const std::string& text) const;
  void FindLabels(const Shares& shares, Found* found) const;
  bool Meets(const ProfessionDocument& profession, const ProfessionQuery& query) const;
  const ProfessionDocument& DocumentOf(const Label& label) const {
    return professions_[label.profession];
  }

  std::vector<ProfessionDocument> professions_;
  std::vector<Label> labels_;
  ProfessionDictionary dictionary_;
};

}  // namespace dm::catalogue::search
