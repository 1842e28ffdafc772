#pragma once

#include "services/catalogue/search/offer_index.h"
#include "tests/unit/catalogue_search/search_model.h"

#include <iterator>
#include <random>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// Offers and queries of a small world in which everything meets everything.
class RandomCorpus {
 public:
  explicit RandomCorpus(unsigned seed) : random_(seed) {}

  int Upto(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }
  bool OneIn(int n) { return Upto(n - 1) == 0; }

  template <typename Value>
  std::vector<Value> Some(const std::vector<Value>& of, int most) {
    std::vector<Value> some;
    for (int i = Upto(most); i > 0; --i) some.push_back(Pick(of));
    return some;
  }

  template <typename Value>
  const Value& Pick(const std::vector<Value>& of) {
    return of[static_cast<size_t>(Upto(static_cast<int>(of.size()) - 1))];
  }

  std::string Words(int most) {
    std::string text = Pick(kWords);
    for (int i = Upto(most - 1); i > 0; --i) text += " " + Pick(kWords);
    return text;
  }

  std::vector<ProfessionWords> Professions() {
    std::vector<ProfessionWords> professions;
    for (const auto& code : kProfessions) {
      ProfessionWords words{.code = code, .folded_title = Words(2)};
      for (int i = Upto(3); i > 0; --i) words.folded_job_titles.push_back(Words(3));
      words.interests = Some(kCodes, 2);
      words.themes = Some(kCodes, 2);
      professions.push_back(words);
    }
    return professions;
  }

  std::vector<CompanyWords> Companies() {
    std::vector<CompanyWords> companies;
    for (const auto& siret : kCompanies) {
      companies.push_back({.siret = siret,
                           .folded_name = Words(2),
                           .folded_description = Words(3),
                           .sort_key = Pick(kWords),
                           .department = Pick(kDepartments),
                           .sectors = {Pick(kCodes)},
                           .latitude = 48 + Upto(5) * 0.1,
                           .longitude = Upto(5) * 0.1});
    }
    return companies;
  }

  OfferDocument Offer(int number) {
    OfferDocument offer{.id = {0, static_cast<uint64_t>(number) * 7919 % 1009},
                        .version = ++version_,
                        .folded_title = Words(3),
                        .profession = Pick(kProfessions),
                        .company = Pick(kCompanies),
                        .department = Pick(kDepartments),
                        .latitude = 48 + Upto(5) * 0.1,
                        .longitude = Upto(5) * 0.1,
                        .sectors = Some(kCodes, 3),
                        .audiences = Some(std::vector<int>{1, 2, 3, 4, 5, 6, 7}, 4),
                        .accessibility = static_cast<Accessibility>(Upto(3)),
                        .work_mode = static_cast<WorkMode>(1 + Upto(2)),
                        .languages = Some(kLanguages, 2)};
    if (OneIn(3)) offer.reserved_schools = Some(kSchools, 2);
    offer.sessions = Sessions();
    return offer;
  }

  std::vector<SessionSlot> Sessions() {
    std::vector<SessionSlot> sessions;
    for (int i = Upto(4); i > 0; --i) sessions.push_back({1 + Upto(50), !OneIn(3)});
    return sessions;
  }

  CompanyQuery AskForCompanies() {
    CompanyQuery query;
    if (OneIn(2)) query.words = ParseAskedWords(Words(2));
    if (OneIn(2)) query.departments = Some(kDepartments, 3);
    if (OneIn(2)) query.sectors = Some(kCodes, 2);
    if (OneIn(3)) query.professions = Some(kProfessions, 2);
    if (OneIn(6)) query.siren = Pick(kCompanies);
    if (OneIn(3)) query.around = Around{48.2 + Upto(3) * 0.1, 0.2, 1.0 + Upto(40)};
    query.by_distance = query.around.has_value() && OneIn(2);
    query.limit = 1 + Upto(3);
    return query;
  }

  OfferQuery Query() {
    OfferQuery query;
    if (!OneIn(3)) query.words = ParseAskedWords(Words(2));
    if (!query.words.empty() && OneIn(4)) query.words.front().alternatives.push_back(Pick(kWords));
    if (OneIn(2)) query.departments = Some(kDepartments, 2);
    if (OneIn(2)) query.sectors = Some(kCodes, 2);
    if (OneIn(3)) query.audiences = Some(std::vector<int>{1, 2, 3}, 2);
    if (OneIn(6)) query.professions = Some(kProfessions, 3);
    if (OneIn(6)) query.companies = Some(kCompanies, 3);
    if (OneIn(8)) query.interests = Some(kCodes, 3);
    if (OneIn(8)) query.themes = Some(kCodes, 3);
    if (OneIn(8)) query.accessibilities = {static_cast<Accessibility>(1 + Upto(2))};
    query.accessible_only = OneIn(10);
    if (OneIn(8)) query.work_modes = {static_cast<WorkMode>(1 + Upto(2))};
    if (OneIn(8)) query.languages = Some(kLanguages, 2);
    if (OneIn(4)) query.school = Pick(kSchools);
    if (OneIn(3)) query.around = Around{48.2 + Upto(3) * 0.1, 0.2, 1.0 + Upto(40)};
    if (OneIn(4)) query.from = Upto(40);
    if (OneIn(4)) query.until = query.from + Upto(30);
    query.available_only = OneIn(3);
    query.as_of = Upto(30);
    query.now = query.as_of + (OneIn(2) ? Upto(10) : 0);
    query.order = static_cast<OfferOrder>(Upto(2));
    if (query.order == OfferOrder::kDistance && !query.around.has_value()) {
      query.order = OfferOrder::kDate;
    }
    query.limit = 1 + Upto(12);
    return query;
  }

 private:
  const std::vector<std::string> kWords = {"boulanger", "boulang", "boulangeri", "art", "artisan",
                                           "bois",      "meca",    "mecanic",    "pain"};
  const std::vector<std::string> kProfessions = {"A1101", "B1201", "D1102", "H2301", "K1302"};
  const std::vector<std::string> kCompanies = {"1", "2", "3", "4", "5", "6"};
  const std::vector<std::string> kDepartments = {"14", "27", "50", "61", "76"};
  const std::vector<std::string> kCodes = {"1", "2", "3", "4"};
  const std::vector<std::string> kLanguages = {"fr", "en", "de"};
  const std::vector<std::string> kSchools = {"0140001A", "0610002B"};

  std::mt19937 random_;
  int64_t version_ = 0;
};

}  // namespace dm::catalogue::search
