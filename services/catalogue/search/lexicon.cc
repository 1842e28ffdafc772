#include "services/catalogue/search/lexicon.h"

#include "absl/strings/str_split.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace dm::catalogue::search {
namespace {

// Every word of one profession is added before those of the next.
void AddWords(const std::string& folded, uint32_t number, uint16_t score,
              absl::btree_map<std::string, Lexicon::Entry>* words) {
  for (const absl::string_view word : absl::StrSplit(folded, ' ', absl::SkipEmpty())) {
    auto& professions = (*words)[std::string(word)].professions;
    if (professions.empty() || professions.back().number != number) {
      professions.push_back({number, score});
    } else {
      professions.back().score = std::max(professions.back().score, score);
    }
  }
}

void AddCompanies(const std::vector<CompanyWords>& companies, const std::vector<uint32_t>& numbers,
                  Lexicon* lexicon) {
  std::vector<size_t> order(companies.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&companies](size_t a, size_t b) {
    return std::tie(companies[a].sort_key, companies[a].siret) <
           std::tie(companies[b].sort_key, companies[b].siret);
  });
  for (const size_t i : order) {
    const CompanyWords& company = companies[i];
    const auto position = static_cast<uint32_t>(lexicon->companies.size());
    lexicon->companies.push_back({.number = numbers[i],
                                  .siret = company.siret,
                                  .sort_key = company.sort_key,
                                  .department = company.department,
                                  .sectors = company.sectors,
                                  .point = GlobePoint::Of(company.latitude, company.longitude)});
    for (const std::string* const text : {&company.folded_name, &company.folded_description}) {
      for (const absl::string_view word : absl::StrSplit(*text, ' ', absl::SkipEmpty())) {
        auto& positions = lexicon->of_company_word[std::string(word)];
        if (positions.empty() || positions.back() != position) positions.push_back(position);
      }
    }
  }
}

}  // namespace

Lexicon Lexicon::Build(const Words& words, const std::vector<uint32_t>& profession_numbers,
                       const std::vector<uint32_t>& company_numbers) {
  Lexicon lexicon;
  for (size_t i = 0; i < words.professions.size(); ++i) {
    const ProfessionWords& profession = words.professions[i];
    const uint32_t number = profession_numbers[i];
    AddWords(profession.folded_title, number, kProfessionTitleScore, &lexicon.words);
    for (const std::string& title : profession.folded_job_titles) {
      AddWords(title, number, kJobTitleScore, &lexicon.words);
    }
    for (const std::string& code : profession.interests) {
      lexicon.of_interest[code].push_back(number);
    }
    for (const std::string& code : profession.themes) lexicon.of_theme[code].push_back(number);
  }
  for (size_t i = 0; i < words.companies.size(); ++i) {
    for (const absl::string_view word :
         absl::StrSplit(words.companies[i].folded_name, ' ', absl::SkipEmpty())) {
      auto& numbers = lexicon.words[std::string(word)].companies;
      if (numbers.empty() || numbers.back() != company_numbers[i]) {
        numbers.push_back(company_numbers[i]);
      }
    }
  }
  AddCompanies(words.companies, company_numbers, &lexicon);
  for (const Labelled& sector : words.sectors) lexicon.sectors[sector.code] = sector.label;
  return lexicon;
}

}  // namespace dm::catalogue::search
