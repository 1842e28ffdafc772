#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/catalogue.h"
#include "services/catalogue/domain/search_rules.h"
#include "services/catalogue/domain/words.h"

#include <optional>
#include <string>
#include <vector>

// What readers ask of the catalogue. Pages go on after a key, so that rows that come and go between
// two pages make nobody miss a row or see one twice.
namespace dm::catalogue {

// The key of a page's last row, as text; what stands in it is the query's own business.
using PageKey = std::vector<std::string>;

struct LabelledPage {
  std::vector<Labelled> items;
  // Absent at the end.
  std::optional<PageKey> next;
};

// In alphabetical order.
absl::StatusOr<LabelledPage> ListSectors(database::Database& database, absl::Time deadline,
                                         const PageKey& after, int limit);
// In the order of the codes.
absl::StatusOr<LabelledPage> ListInterests(database::Database& database, absl::Time deadline,
                                           const PageKey& after, int limit);

struct ProfessionCriteria {
  TextQuery query;
  std::vector<std::string> sectors;
  std::vector<std::string> interests;
  std::vector<std::string> riasec;
  PageKey after;
  int limit = 20;
};

struct ProfessionPage {
  // With the one job title that matched, if any.
  std::vector<Profession> professions;
  std::optional<PageKey> next;
  int total = 0;
};

absl::StatusOr<ProfessionPage> SearchProfessions(database::Database& database, absl::Time deadline,
                                                 const ProfessionCriteria& criteria);
// Absent when there is none.
absl::StatusOr<std::optional<Profession>> FindProfession(database::Database& database,
                                                         absl::Time deadline,
                                                         const std::string& rome_code);

struct CompanyCriteria {
  TextQuery query;
  std::vector<std::string> departments;
  std::vector<std::string> sectors;
  PageKey after;
  int limit = 20;
};

struct CompanyPage {
  std::vector<Company> companies;
  std::optional<PageKey> next;
  int total = 0;
};

absl::StatusOr<CompanyPage> SearchCompanies(database::Database& database, absl::Time deadline,
                                            const CompanyCriteria& criteria);
absl::StatusOr<std::optional<Company>> FindCompany(database::Database& database,
                                                   absl::Time deadline, const std::string& siret);

struct Around {
  double latitude = 0;
  double longitude = 0;
  double radius_km = 0;
};

struct OfferCriteria {
  TextQuery query;
  std::vector<std::string> departments;
  std::vector<std::string> sectors;
  std::vector<std::string> professions;
  std::vector<std::string> companies;
  std::vector<int> audiences;
  std::optional<Around> around;
  Span span;
  bool available_only = false;
  bool accessible_only = false;
  OfferOrder order = OfferOrder::kDate;
  absl::Time now;
  PageKey after;
  int limit = 20;
};

struct OfferPage {
  // Each with its sessions that match.
  std::vector<Offer> offers;
  std::optional<PageKey> next;
  int total = 0;
  // Most first. Of départements and audiences without labels.
  std::vector<ValueCount> departments;
  std::vector<ValueCount> sectors;
  std::vector<ValueCount> audiences;
};

absl::StatusOr<OfferPage> SearchOffers(database::Database& database, absl::Time deadline,
                                       const OfferCriteria& criteria);
// A published offer with its sessions to come.
absl::StatusOr<std::optional<Offer>> FindOffer(database::Database& database, absl::Time deadline,
                                               const std::string& id, absl::Time now);

}  // namespace dm::catalogue
