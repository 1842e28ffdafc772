#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/page_key.h"
#include "services/catalogue/domain/profession.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::catalogue {

template <typename Item>
struct ListPage {
  std::vector<Item> items;
  // Absent at the end.
  std::optional<PageKey> next;
};

// In alphabetical order.
absl::StatusOr<ListPage<Sector>> ListSectors(database::Database& database, absl::Time deadline,
                                             const PageKey& after, int limit);
// In the order of the codes.
absl::StatusOr<ListPage<Interest>> ListInterests(database::Database& database, absl::Time deadline,
                                                 const PageKey& after, int limit);

// The whole sheet, in one round trip. Absent when there is none.
absl::StatusOr<std::optional<Profession>> FindProfession(database::Database& database,
                                                         absl::Time deadline,
                                                         const std::string& rome_code);

}  // namespace dm::catalogue
