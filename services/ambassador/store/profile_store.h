#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/ambassador/domain/ambassador.h"
#include "services/ambassador/domain/search.h"

#include <optional>
#include <string>
#include <vector>

namespace dm::ambassador::store {

struct SessionPage {
  std::vector<Session> sessions;
  bool has_more = false;
};

// What the public reads. Thread-safe.
class ProfileStore {
 public:
  // `database` outlives the store.
  explicit ProfileStore(database::Database* database) : database_(database) {}

  // A page of at most `limit` rows after `after`, nearest first around a point, else by name.
  absl::StatusOr<SearchPage> Find(absl::Time deadline, absl::Time now, const Search& search,
                                  const std::optional<SearchPosition>& after, int limit) const;

  // NOT_FOUND when unknown or not published.
  absl::StatusOr<Profile> Get(absl::Time deadline, absl::Time now, const std::string& id) const;

  // Those that are published, in the order of their ids.
  absl::StatusOr<std::vector<Profile>> GetMany(absl::Time deadline, absl::Time now,
                                               const std::vector<std::string>& ids) const;

  // A page of at most `limit` sessions that start in `range`, soonest first. NOT_FOUND as Get.
  absl::StatusOr<SessionPage> ListSessions(absl::Time deadline, const std::string& ambassador_id,
                                           const TimeRange& range,
                                           const std::optional<SessionPosition>& after,
                                           int limit) const;

 private:
  database::Database* database_;
};

}  // namespace dm::ambassador::store
