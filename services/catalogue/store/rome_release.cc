#include "services/catalogue/store/rome_release.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <optional>
#include <string>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kCurrent{"current_rome_version",
                             "SELECT version FROM rome_releases WHERE is_current"};

// At most one is current, at every moment.
constexpr Statement kRetire{
    "retire_rome_release",
    "UPDATE rome_releases SET is_current = false WHERE is_current AND version <> $1"};

// Days and title that are not told stay as they are.
constexpr Statement kRelease{"import_rome_release", R"sql(
WITH known AS MATERIALIZED (
  SELECT EXISTS (SELECT FROM rome_releases WHERE version = $1) AS there
), written AS (
  INSERT INTO rome_releases AS r (version, published, validated, title, imported, is_current)
  VALUES ($1, $2::date, $3::date, $4, dm_time($5), true)
  ON CONFLICT (version) DO UPDATE
  SET published = coalesce(EXCLUDED.published, r.published),
      validated = coalesce(EXCLUDED.validated, r.validated),
      title = coalesce(nullif(EXCLUDED.title, ''), r.title),
      imported = EXCLUDED.imported, is_current = true
  WHERE (r.published, r.validated, r.title, r.is_current)
        IS DISTINCT FROM
        (coalesce(EXCLUDED.published, r.published), coalesce(EXCLUDED.validated, r.validated),
         coalesce(nullif(EXCLUDED.title, ''), r.title), true)
  RETURNING 1
)
SELECT 1 AS read, count(written) FILTER (WHERE NOT there) AS added,
       count(written) FILTER (WHERE there) AS changed, 0 AS moved, 0 AS vanished
FROM known LEFT JOIN written ON true
)sql"};

std::optional<std::string> ToDate(std::optional<absl::CivilDay> day) {
  if (!day.has_value()) return std::nullopt;
  return absl::StrFormat("%04d-%02d-%02d", day->year(), day->month(), day->day());
}

void WarnOfOlder(ImportSteps& import, const std::string& version) {
  const pqxx::result current = import.transaction().Exec(kCurrent);
  int there = 0;
  int coming = 0;
  if (current.empty() || !absl::SimpleAtoi(current[0]["version"].c_str(), &there) ||
      !absl::SimpleAtoi(version, &coming) || coming >= there) {
    return;
  }
  import.Warn(absl::StrCat("la version ", coming, " du ROME remplace la version ", there,
                           ", plus récente"));
}

}  // namespace

bool ImportRomeRelease(ImportSteps& import, const RomeRelease& release) {
  if (release.version.empty()) return false;
  WarnOfOlder(import, release.version);
  import.transaction().Exec(kRetire, release.version);
  return import
      .Count("rome_releases",
             import.transaction().Exec(kRelease, release.version, ToDate(release.published),
                                       ToDate(release.validated), release.title,
                                       database::ToMicros(import.run().now)))
      .any();
}

}  // namespace dm::catalogue
