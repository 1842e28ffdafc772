#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/company.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/page_key.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

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

}  // namespace dm::catalogue
