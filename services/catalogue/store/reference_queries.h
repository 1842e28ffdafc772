#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/page_key.h"
#include "services/catalogue/domain/profession.h"
#include "services/catalogue/domain/reference.h"

#include <optional>
#include <string>
#include <vector>

// Reads of the official lists; what is obsolete is in none. Each goes on after a key of an earlier
// page, if any.
namespace dm::catalogue {

template <typename Item>
struct ReferencePage {
  std::vector<Item> items;
  std::optional<PageKey> next;
};

// Places that are asked for by the beginnings of words, all of which must be met.
struct PlaceCriteria {
  std::vector<std::string> words;
  // Empty for all.
  std::vector<std::string> departments;
  PageKey after;
  int limit = 0;
};

// By words those with the most inhabitants first, else in alphabetical order.
absl::StatusOr<ReferencePage<Commune>> ListCommunes(database::Database& database,
                                                    absl::Time deadline,
                                                    const PlaceCriteria& criteria);
// In alphabetical order. Words are folded.
absl::StatusOr<ReferencePage<School>> ListSchools(database::Database& database, absl::Time deadline,
                                                  const PlaceCriteria& criteria);
absl::StatusOr<ReferencePage<Theme>> ListThemes(database::Database& database, absl::Time deadline,
                                                const PageKey& after, int limit);
absl::StatusOr<ReferencePage<ProfessionalDomain>> ListDomains(database::Database& database,
                                                              absl::Time deadline,
                                                              const PageKey& after, int limit);

// Absent for a list that was never imported.
// All that were imported, in the order of their names.
absl::StatusOr<std::vector<Source>> ListSources(database::Database& database, absl::Time deadline);
absl::StatusOr<std::optional<Source>> FindSource(database::Database& database, absl::Time deadline,
                                                 const std::string& name);

}  // namespace dm::catalogue
