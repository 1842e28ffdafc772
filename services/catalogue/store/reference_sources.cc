#include "services/catalogue/store/reference_sources.h"

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kRecord{"record_reference_source", R"sql(
INSERT INTO reference_sources AS s (name, published, imported)
VALUES ($1, $2::date, dm_time($3))
ON CONFLICT (name) DO UPDATE SET published = excluded.published, imported = excluded.imported
WHERE $4::boolean OR s.published IS DISTINCT FROM excluded.published
)sql"};

}  // namespace

void RecordSource(ImportSteps& import, const std::string& source,
                  std::optional<absl::CivilDay> published, bool changed) {
  std::optional<std::string> day;
  if (published.has_value()) day = absl::FormatCivilTime(*published);
  import.transaction().Exec(kRecord, source, day, database::ToMicros(import.run().now), changed);
}

}  // namespace dm::catalogue
