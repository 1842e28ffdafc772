#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/errors/error.h"
#include "services/ambassador/domain/ambassador.h"

#include <optional>
#include <string>
#include <vector>

// What may be asked, and where a page ends.
namespace dm::ambassador {

// A search as it was asked; CheckSearch says what is wrong with it.
struct Search {
  std::string query;
  std::vector<std::string> departments;
  std::vector<std::string> professions;
  std::vector<std::string> sectors;
  // Empty text for a value that is none.
  std::vector<std::string> formats;
  std::vector<std::string> companies;
  std::optional<double> latitude;
  std::optional<double> longitude;
  std::optional<double> radius_km;
  int page_size = 0;

  bool IsAroundPoint() const { return latitude.has_value(); }
};

// Adds everything that is wrong.
void CheckSearch(const Search& search, Violations& violations);

// The keyset of a search's row: distance in metres as the database wrote it (which reads back
// exactly; "0" without a point), folded name, id.
struct SearchPosition {
  std::string distance = "0";
  std::string sort_name;
  std::string id;

  friend bool operator==(const SearchPosition&, const SearchPosition&) = default;
};

std::vector<std::string> ToTokenParts(const SearchPosition& position);
// Absent for the first page (no parts). PAGE_TOKEN_INVALID for parts that no search made.
absl::StatusOr<std::optional<SearchPosition>> SearchPositionFrom(
    const std::vector<std::string>& parts);

// A row of a page of search results.
struct Found {
  Profile profile;
  SearchPosition position;
  // Only around a point.
  std::optional<double> distance_km;
};

struct SearchPage {
  std::vector<Found> found;
  bool has_more = false;
  // Exact up to kMostCounted.
  int total_size = 0;
};

inline constexpr int kMostCounted = 10'000;

// Days as they were asked ("YYYY-MM-DD" or empty).
struct SessionsRange {
  std::string from;
  std::string to;
};

void CheckSessionsRange(const SessionsRange& range, Violations& violations);

// Instants, the end excluded: never before `now`, since past meetings are not listed.
struct TimeRange {
  absl::Time from;
  absl::Time to;
};

// Of a range that CheckSessionsRange found nothing wrong with.
TimeRange Resolve(const SessionsRange& range, absl::Time now);

// The keyset of a session's row.
struct SessionPosition {
  int64_t start_micros = 0;
  std::string id;

  friend bool operator==(const SessionPosition&, const SessionPosition&) = default;
};

std::vector<std::string> ToTokenParts(const SessionPosition& position);
absl::StatusOr<std::optional<SessionPosition>> SessionPositionFrom(
    const std::vector<std::string>& parts);

// The id in "ambassadors/{ambassador}", in lower case; absent when `name` has another form.
std::optional<std::string> AmbassadorIdFrom(absl::string_view name);

struct SessionIds {
  std::string ambassador;
  std::string session;

  friend bool operator==(const SessionIds&, const SessionIds&) = default;
};

// The ids in "ambassadors/{ambassador}/sessions/{session}", likewise.
std::optional<SessionIds> SessionIdsFrom(absl::string_view name);

}  // namespace dm::ambassador
