#pragma once

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "services/catalogue/search/globe.h"
#include "services/catalogue/search/offer_document.h"

#include <cstdint>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// Small numbers for codes, in the order in which they were first met; a number is for ever.
class Numbering {
 public:
  uint32_t Of(const std::string& code) {
    return numbers_.try_emplace(code, static_cast<uint32_t>(numbers_.size())).first->second;
  }
  // Null where the code was never met.
  const uint32_t* Find(const std::string& code) const {
    const auto found = numbers_.find(code);
    return found == numbers_.end() ? nullptr : &found->second;
  }
  size_t size() const { return numbers_.size(); }

 private:
  absl::flat_hash_map<std::string, uint32_t> numbers_;
};

// What a word that was asked for is worth, by where it stands: the best place counts.
constexpr uint16_t kTitleScore = 1000;
constexpr uint16_t kProfessionTitleScore = 600;
constexpr uint16_t kCompanyScore = 400;
constexpr uint16_t kJobTitleScore = 200;

// The words of professions and companies, by which their offers are found.
struct Lexicon {
  struct Profession {
    uint32_t number = 0;
    uint16_t score = 0;
  };
  struct Entry {
    std::vector<Profession> professions;
    std::vector<uint32_t> companies;
  };

  absl::btree_map<std::string, Entry> words;
  // Numbers of professions by code.
  absl::flat_hash_map<std::string, std::vector<uint32_t>> of_interest;
  absl::flat_hash_map<std::string, std::vector<uint32_t>> of_theme;
  // Labels by code.
  absl::flat_hash_map<std::string, std::string> sectors;

  // A company as searches for companies see it.
  struct Company {
    uint32_t number = 0;
    std::string siret;
    std::string sort_key;
    std::string department;
    std::vector<std::string> sectors;
    GlobePoint point;
  };
  // By name, and by words of name and description their positions in that order.
  std::vector<Company> companies;
  absl::btree_map<std::string, std::vector<uint32_t>> of_company_word;

  // The numbers stand in the same order as the professions and companies.
  static Lexicon Build(const Words& words, const std::vector<uint32_t>& profession_numbers,
                       const std::vector<uint32_t>& company_numbers);
};

}  // namespace dm::catalogue::search
