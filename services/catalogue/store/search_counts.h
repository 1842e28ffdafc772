#pragma once

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/page_key.h"
#include "services/catalogue/domain/search_tally.h"

#include <optional>
#include <string>
#include <vector>

// How often what was searched for, by day.
namespace dm::catalogue {

// Adds searches to those of a day. `counted` is in the order of subject and words, so that replicas
// wait for each other and never in a circle; one call is one transaction.
absl::Status AddSearches(database::Database& database, absl::Time deadline, absl::CivilDay day,
                         const std::vector<CountedSearch>& counted);

// Deletes what was not searched for often enough on its day, for days before `day`, and everything
// before `oldest`.
absl::Status ForgetSearches(database::Database& database, absl::Time deadline, absl::CivilDay day,
                            absl::CivilDay oldest);

struct FrequentSearchQuery {
  // Those that found nothing, most of these first; else those that were made most.
  bool in_vain = false;
  // Absent for all.
  std::optional<SearchSubject> subject;
  absl::CivilDay first;
  absl::CivilDay last;
  int limit = 0;
  PageKey after;
};

struct FrequentSearches {
  // Of all subjects that were asked for; `subject` means nothing.
  std::vector<CountedSearch> searches;
  std::optional<PageKey> next;
};

absl::StatusOr<FrequentSearches> ListFrequentSearches(database::Database& database,
                                                      absl::Time deadline,
                                                      const FrequentSearchQuery& query);

}  // namespace dm::catalogue
