#include "services/catalogue/search/profession_index.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/search/profession_words.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace dm::catalogue::search {
namespace {

// How much a title tells, and a word in a text about the profession.
constexpr double kTitleWeight = 10;
constexpr double kEverydayWeight = 10;
constexpr double kEverydayStep = 0.7;
constexpr double kJobTitleWeight = 7;
constexpr double kRareJobTitleWeight = 4;
constexpr double kSectorWeight = 2;
constexpr double kInterestWeight = 1.5;
constexpr double kDefinitionWeight = 1;
constexpr double kSkillWeight = 0.5;

// The words of the work count together like a title, however many they are.
constexpr double kWorkTitleWeight = 6;
// Of what a profession is worth by its best title, how much all else that it has adds.
constexpr double kRest = 0.5;
// A title that is exactly what was asked.
constexpr double kWhole = 1.5;
// What is left of the score where next to nothing of what was asked is met, and from which weight
// on a word is met fully.
constexpr double kLeastMet = 0.3;
constexpr double kFullyMet = 4;
// Of the best score: what is below is chance.
constexpr double kLeastPart = 0.3;

std::vector<std::string> WordsOf(const std::string& text) {
  return absl::StrSplit(FoldWords(text), ' ', absl::SkipEmpty());
}

bool Has(const std::vector<Labelled>& values, const std::vector<std::string>& codes) {
  return codes.empty() || std::any_of(values.begin(), values.end(), [&](const Labelled& value) {
           return std::find(codes.begin(), codes.end(), value.code) != codes.end();
         });
}

}  // namespace

// What a text finds: by label and by profession, in the order of their numbers.
struct ProfessionIndex::Found {
  struct LabelFound {
    uint32_t label = 0;
    double score = 0;
    // Whether it has every word.
    bool all_words = false;
  };
  std::vector<LabelFound> labels;
  // Score by profession; 0 for what was not found.
  std::vector<double> scores;
  // The best label of each profession, or none.
  std::vector<std::optional<uint32_t>> best_labels;
};

// What asked words are worth to a profession, together.
struct ProfessionIndex::Share {
  // By the best place where each stands.
  double weighed = 0;
  // However it stands there, as long as it is no passing mention.
  double met = 0;
  // Among the words of the work alone.
  double in_work = 0;

  void Raise(double rarity, double weight) {
    weighed = std::max(weighed, rarity * weight);
    met = std::max(met, rarity * std::min(1.0, weight / kFullyMet));
  }
  void Add(const Share& other) {
    weighed += other.weighed;
    met += other.met;
    in_work += other.in_work;
  }
};

struct ProfessionIndex::Shares {
  struct OfLabel {
    double worth = 0;
    int words = 0;
  };
  absl::flat_hash_map<uint32_t, OfLabel> of_labels;
  std::vector<Share> of_professions;
  // Of all words that were asked, which are so many.
  double worth = 0;
  int asked = 0;
};

ProfessionIndex::ProfessionIndex(std::vector<ProfessionDocument> professions,
                                 const std::vector<EverydayWords>& everyday)
    : professions_(std::move(professions)) {
  absl::flat_hash_map<std::string, uint32_t> numbers;
  for (uint32_t i = 0; i < professions_.size(); ++i) {
    const ProfessionDocument& document = professions_[i];
    numbers[document.code] = i;
    AddLabel(document.title, {.profession = i, .kind = Kind::kTitle, .weight = kTitleWeight});
    for (uint32_t j = 0; j < document.job_titles.size(); ++j) {
      const auto& title = document.job_titles[j];
      AddLabel(title.label, {.profession = i,
                             .job_title = j,
                             .kind = title.rare ? Kind::kRareJobTitle : Kind::kJobTitle,
                             .weight = title.rare ? kRareJobTitleWeight : kJobTitleWeight});
    }
    for (const auto& sector : document.sectors) AddMentions(sector.label, i, kSectorWeight);
    for (const auto& theme : document.themes) AddMentions(theme.label, i, kSectorWeight);
    for (const auto& interest : document.interests) AddMentions(interest.label, i, kInterestWeight);
    AddMentions(document.work_words, i, ProfessionDictionary::kWorkWeight);
    AddMentions(document.definition, i, kDefinitionWeight);
  }
  for (const EverydayWords& line : everyday) {
    for (std::string& word : ParseProfessionQuery(line.words)) {
      dictionary_.AddWellSpelt(std::move(word));
    }
    double weight = kEverydayWeight;
    for (const std::string& code : line.professions) {
      const auto found = numbers.find(code);
      if (found != numbers.end()) {
        AddLabel(line.words,
                 {.profession = found->second, .kind = Kind::kEveryday, .weight = weight});
      }
      weight -= kEverydayStep;
    }
  }
  // Words of skills come last: many professions are asked for the same, and what a title says is no
  // less telling for that.
  dictionary_.RateWords(professions_.size());
  AddSkills();
  dictionary_.RateWords(professions_.size());
  dictionary_.RelateWords();
}

void ProfessionIndex::AddSkills() {
  for (uint32_t i = 0; i < professions_.size(); ++i) {
    for (const std::string& skill : professions_[i].main_skills) {
      AddMentions(skill, i, kSkillWeight);
    }
  }
}

void ProfessionIndex::AddLabel(const std::string& text, Label label) {
  std::vector<std::string> words = ParseProfessionQuery(text);
  label.words = static_cast<uint16_t>(words.size());
  const auto number = static_cast<uint32_t>(labels_.size());
  for (std::string& word : words) {
    dictionary_.AddToLabel(std::move(word), {number, label.profession});
  }
  labels_.push_back(label);
}

void ProfessionIndex::AddMentions(const std::string& text, uint32_t profession, double weight) {
  for (std::string& word : WordsOf(text)) {
    dictionary_.AddMention(std::move(word), {profession, weight});
  }
}

void ProfessionIndex::AddShares(const std::vector<ProfessionDictionary::Meaning>& meanings,
                                Shares* shares) const {
  // What the word adds to a label or a profession is the best of its meanings there.
  absl::flat_hash_map<uint32_t, double> of_label;
  absl::flat_hash_map<uint32_t, Share> of_profession;
  double worth = 0;
  for (const auto& meaning : meanings) {
    const double rarity = meaning.entry->rarity * meaning.sureness;
    worth = std::max(worth, rarity);
    for (const auto& [label, profession] : meaning.entry->labels) {
      double& best = of_label[label];
      best = std::max(best, rarity);
      of_profession[profession].Raise(rarity, labels_[label].weight);
    }
    for (const auto& mention : meaning.entry->mentions) {
      Share& share = of_profession[mention.profession];
      share.Raise(rarity, mention.weight);
      if (mention.IsOfWork()) share.in_work = std::max(share.in_work, rarity);
    }
  }
  ++shares->asked;
  // A word that nothing has counts as a rare one, lest the others pass for all that was asked.
  shares->worth +=
      meanings.empty() ? std::log(1 + static_cast<double>(professions_.size())) / 2 : worth;
  for (const auto& [label, best] : of_label) {
    auto& share = shares->of_labels[label];
    share.worth += best;
    ++share.words;
  }
  for (const auto& [profession, share] : of_profession) {
    shares->of_professions[profession].Add(share);
  }
}

ProfessionIndex::Found ProfessionIndex::Find(const std::string& text) const {
  const std::vector<std::string> asked = ParseProfessionQuery(text);
  const bool unfinished = EndsInsideWord(text);
  Shares shares{.of_professions = std::vector<Share>(professions_.size())};
  for (size_t i = 0; i < asked.size(); ++i) {
    AddShares(dictionary_.MeaningsOf(asked[i], unfinished && i + 1 == asked.size()), &shares);
  }
  Found found{.scores = std::vector<double>(professions_.size()),
              .best_labels = std::vector<std::optional<uint32_t>>(professions_.size())};
  // First the scores of the best labels.
  FindLabels(shares, &found);
  for (size_t i = 0; i < professions_.size(); ++i) {
    const Share& share = shares.of_professions[i];
    const double work = kWorkTitleWeight * share.in_work * share.in_work / shares.worth;
    found.scores[i] = (std::max(found.scores[i], work) + kRest * share.weighed) *
                      (kLeastMet + (1 - kLeastMet) * share.met / shares.worth);
  }
  return found;
}

void ProfessionIndex::FindLabels(const Shares& shares, Found* found) const {
  for (const auto& [number, share] : shares.of_labels) {
    const Label& label = labels_[number];
    const double asked_part = share.worth / shares.worth;
    const double label_part = std::min(1.0, static_cast<double>(share.words) / label.words);
    const bool whole = asked_part > 0.999 && share.words == label.words;
    const double score =
        label.weight * share.worth * asked_part * (0.5 + 0.5 * label_part) * (whole ? kWhole : 1);
    found->labels.push_back({number, score, share.words == shares.asked});
    double& best = found->scores[label.profession];
    auto& best_label = found->best_labels[label.profession];
    if (score > best || (score == best && (!best_label.has_value() || number < *best_label))) {
      best = score;
      best_label = number;
    }
  }
  std::sort(found->labels.begin(), found->labels.end(),
            [](const auto& a, const auto& b) { return a.label < b.label; });
}

bool ProfessionIndex::Meets(const ProfessionDocument& profession,
                            const ProfessionQuery& query) const {
  const auto is_among = [](const auto& value, const auto& values) {
    return values.empty() || std::find(values.begin(), values.end(), value) != values.end();
  };
  return Has(profession.sectors, query.sectors) && Has(profession.interests, query.interests) &&
         Has(profession.themes, query.themes) && is_among(profession.domain, query.domains) &&
         is_among(profession.ecological_transition, query.ecological_transitions) &&
         (profession.digital_transition || !query.digital_transition_only) &&
         (profession.demographic_transition || !query.demographic_transition_only) &&
         (query.riasec.empty() ||
          std::any_of(query.riasec.begin(), query.riasec.end(), [&](const std::string& letter) {
            return absl::StrContains(profession.riasec, letter);
          }));
}

std::vector<ProfessionHit> ProfessionIndex::Search(const ProfessionQuery& query) const {
  std::vector<ProfessionHit> hits;
  const bool by_title = FoldWords(query.text).empty();
  Found found;
  double least = 0;
  if (!by_title) {
    found = Find(query.text);
    for (const double score : found.scores) least = std::max(least, score * kLeastPart);
  }
  for (size_t i = 0; i < professions_.size(); ++i) {
    const ProfessionDocument& profession = professions_[i];
    if (!by_title && (found.scores[i] <= 0 || found.scores[i] < least)) continue;
    if (!Meets(profession, query)) continue;
    ProfessionHit hit{.place = by_title ? 0 : -std::llround(found.scores[i] * 1000),
                      .sort_key = profession.sort_key,
                      .code = profession.code};
    if (!by_title && found.best_labels[i].has_value()) {
      const Label& label = labels_[*found.best_labels[i]];
      if (label.kind == Kind::kJobTitle || label.kind == Kind::kRareJobTitle) {
        const auto& title = profession.job_titles[label.job_title];
        hit.job_title = Labelled{title.code, title.label};
      }
    }
    hits.push_back(std::move(hit));
  }
  std::sort(hits.begin(), hits.end(), [](const ProfessionHit& a, const ProfessionHit& b) {
    return std::tie(a.place, a.sort_key, a.code) < std::tie(b.place, b.sort_key, b.code);
  });
  return hits;
}

std::vector<ProfessionSuggestion> ProfessionIndex::Suggest(const std::string& text,
                                                           size_t limit) const {
  std::vector<ProfessionSuggestion> suggestions;
  if (FoldWords(text).empty()) return suggestions;
  const Found found = Find(text);
  struct Candidate {
    double score = 0;
    uint32_t label = 0;
  };
  // The best label of each profession that has all words.
  absl::flat_hash_map<uint32_t, Candidate> best;
  for (const auto& one : found.labels) {
    if (!one.all_words) continue;
    Candidate& candidate = best[labels_[one.label].profession];
    if (one.score > candidate.score) candidate = {one.score, one.label};
  }
  std::vector<Candidate> candidates;
  for (const auto& [profession, candidate] : best) candidates.push_back(candidate);
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::pair(-a.score, a.label) < std::pair(-b.score, b.label);
  });
  for (const Candidate& candidate : candidates) {
    if (suggestions.size() == limit) break;
    const Label& label = labels_[candidate.label];
    const ProfessionDocument& profession = DocumentOf(label);
    if (label.kind == Kind::kJobTitle || label.kind == Kind::kRareJobTitle) {
      const auto& title = profession.job_titles[label.job_title];
      suggestions.push_back({profession.code, title.code, title.label});
    } else {
      suggestions.push_back({profession.code, "", profession.title});
    }
  }
  return suggestions;
}

std::vector<std::string> ProfessionIndex::Meant(const std::string& text) const {
  std::vector<std::string> meant;
  const std::vector<std::string> asked = ParseProfessionQuery(text);
  const bool unfinished = EndsInsideWord(text);
  for (size_t i = 0; i < asked.size(); ++i) {
    for (const auto& meaning :
         dictionary_.MeaningsOf(asked[i], unfinished && i + 1 == asked.size())) {
      meant.push_back(*meaning.word);
    }
  }
  return meant;
}

}  // namespace dm::catalogue::search
