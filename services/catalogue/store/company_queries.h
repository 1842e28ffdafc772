#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/company.h"
#include "services/catalogue/domain/page_key.h"
#include "services/catalogue/search/offer_index.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

struct CompanyPage {
  std::vector<Company> companies;
  std::optional<PageKey> next;
  int total = 0;
  // Most first. Of départements without labels.
  std::vector<ValueCount> departments;
  std::vector<ValueCount> sectors;
  // What was asked in the end, its spelling put right or not.
  std::vector<search::AskedWord> words;
};

// Goes on after a key of an earlier page, if any. Which companies match is the index's to say; what
// is shown of them is read by their keys.
absl::StatusOr<CompanyPage> SearchCompanies(database::Database& database,
                                            const search::OfferIndex& index, absl::Time deadline,
                                            search::CompanyQuery query, const PageKey& after);
absl::StatusOr<std::optional<Company>> FindCompany(database::Database& database,
                                                   absl::Time deadline, const std::string& siret);
// Those that are known, in the order of `sirets` and without their sites.
absl::StatusOr<std::vector<Company>> FindCompanies(database::Database& database,
                                                   absl::Time deadline,
                                                   const std::vector<std::string>& sirets);

}  // namespace dm::catalogue
