#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/profession.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/page_key.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

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

}  // namespace dm::catalogue
