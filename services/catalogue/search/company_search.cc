#include "services/catalogue/search/company_search.h"

#include "absl/strings/match.h"
#include "services/catalogue/search/near_words.h"
#include "services/catalogue/search/word_match.h"

#include <algorithm>
#include <utility>

namespace dm::catalogue::search {
namespace {

bool HasAny(const std::vector<std::string>& values, const std::vector<std::string>& asked) {
  return asked.empty() || std::any_of(values.begin(), values.end(), [&](const std::string& value) {
           return std::find(asked.begin(), asked.end(), value) != asked.end();
         });
}

class CompanySearch {
 public:
  CompanySearch(const OfferColumns& columns, const Lexicon& lexicon, const CompanyQuery& query)
      : columns_(columns), lexicon_(lexicon), query_(query), offers_(columns.live()) {
    if (query.around.has_value()) {
      point_ = GlobePoint::Of(query.around->latitude, query.around->longitude);
      most_ = ChordOfArc(query.around->radius_km);
    }
    if (!query.professions.empty()) KeepProfessions();
  }

  CompanyHits Run() {
    if (query_.words.empty()) {
      for (const auto& company : lexicon_.companies) Consider(company);
    } else {
      WithAllWords().ForEach([this](uint32_t i) { Consider(lexicon_.companies[i]); });
    }
    std::sort_heap(hits_.page.begin(), hits_.page.end());
    hits_.more = hits_.page.size() > static_cast<size_t>(query_.limit);
    if (hits_.more) hits_.page.pop_back();
    hits_.departments = ToCounts(departments_, false);
    hits_.sectors = ToCounts(sectors_, true);
    return std::move(hits_);
  }

 private:
  using Counts = absl::flat_hash_map<absl::string_view, int>;

  void KeepProfessions() {
    Bitmap rows;
    for (const std::string& code : query_.professions) {
      const uint32_t* const number = columns_.professions.Find(code);
      if (number == nullptr || *number >= columns_.of_profession.size()) continue;
      for (const Row row : columns_.of_profession[*number]) rows.Set(row);
    }
    offers_ &= rows;
  }

  Bitmap WithAllWords() const {
    Bitmap all = Bitmap::Full(lexicon_.companies.size());
    for (const AskedWord& word : query_.words) {
      Bitmap some;
      ForEachMeant(lexicon_.of_company_word, word, [&some](const auto& positions, bool) {
        for (const uint32_t position : positions) some.Set(position);
      });
      all &= some;
    }
    return all;
  }

  bool HasOffer(const Lexicon::Company& company) const {
    if (company.number >= columns_.of_company.size()) return false;
    const Rows& rows = columns_.of_company[company.number];
    return std::any_of(rows.begin(), rows.end(), [this](Row row) { return offers_.Test(row); });
  }

  void Consider(const Lexicon::Company& company) {
    if (!absl::StartsWith(company.siret, query_.siren)) return;
    const double chord = point_.has_value() ? point_->ChordTo(company.point) : 0;
    if (point_.has_value() && chord > most_) return;
    const bool in_department = query_.departments.empty() ||
                               std::find(query_.departments.begin(), query_.departments.end(),
                                         company.department) != query_.departments.end();
    const bool in_sector = HasAny(company.sectors, query_.sectors);
    if ((!in_department && !in_sector) || !HasOffer(company)) return;
    if (in_sector) ++departments_[company.department];
    if (in_department) {
      for (const std::string& sector : company.sectors) ++sectors_[sector];
    }
    if (!in_department || !in_sector) return;
    ++hits_.total;
    AddToPage({query_.by_distance ? Metres(chord) : 0, company.sort_key, company.siret});
  }

  // The first of those after the key, in a heap with the last of them on top.
  void AddToPage(CompanyPosition position) {
    if (query_.after.has_value() && position <= *query_.after) return;
    hits_.page.push_back(std::move(position));
    std::push_heap(hits_.page.begin(), hits_.page.end());
    if (hits_.page.size() > static_cast<size_t>(query_.limit) + 1) {
      std::pop_heap(hits_.page.begin(), hits_.page.end());
      hits_.page.pop_back();
    }
  }

  // A département may have the code of a sector.
  std::vector<ValueCount> ToCounts(const Counts& counts, bool of_sectors) const {
    std::vector<ValueCount> values;
    for (const auto& [value, count] : counts) {
      ValueCount& added =
          values.emplace_back(ValueCount{.value = std::string(value), .count = count});
      const auto label = lexicon_.sectors.find(value);
      if (of_sectors && label != lexicon_.sectors.end()) added.label = label->second;
    }
    SortByCount(&values);
    return values;
  }

  const OfferColumns& columns_;
  const Lexicon& lexicon_;
  const CompanyQuery& query_;
  // The published offers of which a company has to have one.
  Bitmap offers_;
  std::optional<GlobePoint> point_;
  double most_ = 0;
  Counts departments_;
  Counts sectors_;
  CompanyHits hits_;
};

}  // namespace

CompanyHits SearchCompanies(const OfferColumns& columns, const Lexicon& lexicon,
                            const CompanyQuery& query) {
  return CompanySearch(columns, lexicon, query).Run();
}

std::vector<AskedWord> CorrectCompanySpelling(const Lexicon& lexicon,
                                              const std::vector<AskedWord>& words) {
  return PutRight(
      words,
      [&lexicon](const AskedWord& word) {
        bool known = false;
        ForEachMeant(lexicon.of_company_word, word, [&known](const auto&, bool) { known = true; });
        return known;
      },
      [&lexicon](NearestWords* nearest) {
        for (const auto& [word, positions] : lexicon.of_company_word) nearest->Consider(word);
      });
}

}  // namespace dm::catalogue::search
