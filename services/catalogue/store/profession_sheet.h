#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/profession.h"
#include "services/catalogue/store/page_key.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

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

// Absent when there is none.
absl::StatusOr<std::optional<Profession>> FindProfession(database::Database& database,
                                                         absl::Time deadline,
                                                         const std::string& rome_code);

}  // namespace dm::catalogue
