#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/page_key.h"
#include "services/catalogue/domain/profession.h"
#include "services/catalogue/search/profession_index.h"

#include <optional>
#include <vector>

namespace dm::catalogue {

struct ProfessionCriteria {
  search::ProfessionQuery query;
  PageKey after;
  int limit = 20;
};

struct ProfessionPage {
  // With the one job title that matched, if any.
  std::vector<Profession> professions;
  std::optional<PageKey> next;
  int total = 0;
};

// Which professions match is the index's to say; what is shown of them is read by their keys.
absl::StatusOr<ProfessionPage> SearchProfessions(database::Database& database,
                                                 const search::ProfessionIndex& index,
                                                 absl::Time deadline,
                                                 const ProfessionCriteria& criteria);

}  // namespace dm::catalogue
