#pragma once

#include "absl/strings/str_split.h"
#include "services/catalogue/search/company_search.h"
#include "services/catalogue/search/offer_query.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

// What a search answers, by loops over everything: the index has to say the same.
namespace dm::catalogue::search {

struct SearchModel {
  std::map<OfferId, OfferDocument> offers;
  std::map<std::string, ProfessionWords> professions;
  std::map<std::string, CompanyWords> companies;

  struct Match {
    OfferPosition position;
    const OfferDocument* offer;
  };

  static bool Has(const std::vector<std::string>& values, const std::string& value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  }

  // 4 for the word itself, 3 for one that begins so or is spelt so, 0 for none; quarters.
  static int Quarters(const std::string& text, const AskedWord& asked) {
    int best = 0;
    for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ' '))) {
      for (const std::string& alternative : asked.alternatives) {
        if (word == alternative) best = std::max(best, asked.alternatives.size() == 1 ? 4 : 3);
        if (asked.prefix && word.starts_with(alternative)) best = std::max(best, 3);
      }
    }
    return best;
  }

  int Score(const OfferDocument& offer, const AskedWord& asked) const {
    int best = Quarters(offer.folded_title, asked) * 250;
    if (const auto found = professions.find(offer.profession); found != professions.end()) {
      best = std::max(best, Quarters(found->second.folded_title, asked) * 150);
      for (const auto& title : found->second.folded_job_titles) {
        best = std::max(best, Quarters(title, asked) * 50);
      }
    }
    if (const auto found = companies.find(offer.company); found != companies.end()) {
      best = std::max(best, Quarters(found->second.folded_name, asked) * 100);
    }
    return best;
  }

  bool LeadsTo(const OfferDocument& offer, const std::vector<std::string>& asked,
               std::vector<std::string> ProfessionWords::*codes) const {
    const auto found = professions.find(offer.profession);
    if (asked.empty()) return true;
    return found != professions.end() &&
           std::any_of(asked.begin(), asked.end(),
                       [&](const std::string& code) { return Has(found->second.*codes, code); });
  }

  template <typename Placed>
  static double Chord(const Placed& offer, const Around& around) {
    const auto point = [](double latitude, double longitude) {
      const double radians = std::acos(-1.0) / 180;
      return std::vector<double>{
          6371 * std::cos(latitude * radians) * std::cos(longitude * radians),
          6371 * std::cos(latitude * radians) * std::sin(longitude * radians),
          6371 * std::sin(latitude * radians)};
    };
    const auto a = point(offer.latitude, offer.longitude);
    const auto b = point(around.latitude, around.longitude);
    return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
  }

  // The sessions that match, in order.
  static std::vector<int64_t> Starts(const OfferDocument& offer, const OfferQuery& query) {
    std::vector<int64_t> starts;
    for (const SessionSlot& slot : offer.sessions) {
      if (slot.start > query.as_of && slot.start >= query.from && slot.start < query.until &&
          (slot.has_seats || !query.available_only)) {
        starts.push_back(slot.start);
      }
    }
    std::sort(starts.begin(), starts.end());
    return starts;
  }

  bool IsAsked(const OfferDocument& offer, const OfferQuery& query) const {
    for (const AskedWord& word : query.words) {
      if (Score(offer, word) == 0) return false;
    }
    if (!query.professions.empty() && !Has(query.professions, offer.profession)) return false;
    if (!query.companies.empty() && !Has(query.companies, offer.company)) return false;
    if (!LeadsTo(offer, query.interests, &ProfessionWords::interests)) return false;
    if (!LeadsTo(offer, query.themes, &ProfessionWords::themes)) return false;
    if (!query.accessibilities.empty() &&
        std::count(query.accessibilities.begin(), query.accessibilities.end(),
                   offer.accessibility) == 0) {
      return false;
    }
    if (query.accessible_only && offer.accessibility != Accessibility::kFull) return false;
    if (!query.work_modes.empty() && offer.work_mode != WorkMode::kHybrid &&
        std::count(query.work_modes.begin(), query.work_modes.end(), offer.work_mode) == 0) {
      return false;
    }
    if (!query.languages.empty() &&
        std::none_of(offer.languages.begin(), offer.languages.end(),
                     [&](const auto& language) { return Has(query.languages, language); })) {
      return false;
    }
    if (!query.school.empty() && !offer.reserved_schools.empty() &&
        !Has(offer.reserved_schools, query.school)) {
      return false;
    }
    if (query.around.has_value()) {
      const double most = 2 * 6371 * std::sin(query.around->radius_km / (2 * 6371));
      if (Chord(offer, *query.around) > most) return false;
    }
    const auto starts = Starts(offer, query);
    return !starts.empty() && starts.back() > query.now;
  }

  int64_t Place(const OfferDocument& offer, const OfferQuery& query) const {
    if (query.order == OfferOrder::kDistance) {
      return std::llround(Chord(offer, *query.around) * 1000);
    }
    if (query.order != OfferOrder::kRelevance) return 0;
    int64_t score = 0;
    std::string whole;
    for (const AskedWord& word : query.words) {
      score += Score(offer, word);
      whole += (whole.empty() ? "" : " ") + word.alternatives.front();
    }
    return -(whole == offer.folded_title ? 2 * score : score);
  }

  CompanyHits SearchCompanies(const CompanyQuery& query) const {
    CompanyHits hits;
    std::map<std::string, int> departments;
    std::map<std::string, int> sectors;
    std::vector<CompanyPosition> matches;
    for (const auto& [siret, company] : companies) {
      const std::string text = company.folded_name + " " + company.folded_description;
      const bool has_words =
          std::all_of(query.words.begin(), query.words.end(),
                      [&](const AskedWord& word) { return Quarters(text, word) > 0; });
      const bool has_offer =
          std::any_of(offers.begin(), offers.end(), [&, key = siret](const auto& offer) {
            return offer.second.company == key &&
                   (query.professions.empty() || Has(query.professions, offer.second.profession));
          });
      if (!has_words || !has_offer || !siret.starts_with(query.siren)) continue;
      double chord = 0;
      if (query.around.has_value()) {
        chord = Chord(company, *query.around);
        if (chord > 2 * 6371 * std::sin(query.around->radius_km / (2 * 6371))) continue;
      }
      const bool in_department =
          query.departments.empty() || Has(query.departments, company.department);
      const bool in_sector =
          query.sectors.empty() ||
          std::any_of(company.sectors.begin(), company.sectors.end(),
                      [&](const auto& sector) { return Has(query.sectors, sector); });
      if (in_sector) ++departments[company.department];
      if (in_department) {
        for (const auto& sector : company.sectors) ++sectors[sector];
      }
      if (in_department && in_sector) {
        matches.push_back(
            {query.by_distance ? std::llround(chord * 1000) : 0, company.sort_key, siret});
      }
    }
    for (const auto& [value, count] : departments) {
      hits.departments.push_back({.value = value, .count = count});
    }
    for (const auto& [value, count] : sectors) {
      hits.sectors.push_back({.value = value, .count = count});
    }
    hits.total = static_cast<int>(matches.size());
    std::sort(matches.begin(), matches.end());
    for (const CompanyPosition& match : matches) {
      if (query.after.has_value() && match <= *query.after) continue;
      if (hits.page.size() == static_cast<size_t>(query.limit)) {
        hits.more = true;
        break;
      }
      hits.page.push_back(match);
    }
    return hits;
  }

  OfferHits Search(const OfferQuery& query) const {
    OfferHits hits;
    std::map<std::string, int> departments;
    std::map<std::string, int> sectors;
    std::map<int, int> audiences;
    std::vector<OfferPosition> matches;
    for (const auto& [id, offer] : offers) {
      if (!IsAsked(offer, query)) continue;
      const bool in_department =
          query.departments.empty() || Has(query.departments, offer.department);
      const bool in_sector =
          query.sectors.empty() ||
          std::any_of(offer.sectors.begin(), offer.sectors.end(),
                      [&](const auto& sector) { return Has(query.sectors, sector); });
      const bool for_audience =
          query.audiences.empty() ||
          std::any_of(offer.audiences.begin(), offer.audiences.end(), [&](int audience) {
            return std::count(query.audiences.begin(), query.audiences.end(), audience) > 0;
          });
      if (in_sector && for_audience) ++departments[offer.department];
      if (in_department && for_audience) {
        for (const auto& sector : std::set(offer.sectors.begin(), offer.sectors.end())) {
          ++sectors[sector];
        }
      }
      if (in_department && in_sector) {
        for (const int audience : std::set(offer.audiences.begin(), offer.audiences.end())) {
          ++audiences[audience];
        }
      }
      if (in_department && in_sector && for_audience) {
        matches.push_back({Place(offer, query), Starts(offer, query).front(), id});
      }
    }
    for (const auto& [value, count] : departments)
      hits.departments.push_back({.value = value, .count = count});
    for (const auto& [value, count] : sectors)
      hits.sectors.push_back({.value = value, .count = count});
    for (const auto& [value, count] : audiences)
      hits.audiences.push_back({.value = std::to_string(value), .count = count});
    hits.total = static_cast<int>(matches.size());
    std::sort(matches.begin(), matches.end());
    for (const OfferPosition& match : matches) {
      if (query.after.has_value() && match <= *query.after) continue;
      if (hits.page.size() == static_cast<size_t>(query.limit)) {
        hits.more = true;
        break;
      }
      hits.page.push_back(match);
    }
    return hits;
  }
};

}  // namespace dm::catalogue::search
