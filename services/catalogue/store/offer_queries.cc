#include "services/catalogue/store/offer_queries.h"

#include "services/catalogue/store/rows.h"

namespace dm::catalogue {
namespace {

using database::Statement;

// Offers in the order of their ids in $1, each with the first $3 sessions after $2. The limit takes
// nothing away: it lets PostgreSQL expect few rows without knowing how many ids will come, so that
// it keeps one plan. Planning anew takes five times as long as reading an offer. For the same
// reason sectors are not asked of sector_list, which is planned in every statement.
constexpr Statement kDetails{"offer_details", R"sql(
SELECT o.id, o.siret, c.display_name, o.rome_code, p.title AS profession_title, o.title,
       o.description, array_to_string(o.audiences, ',') AS audiences,
       coalesce(site.street, c.street) AS street,
       coalesce(site.postal_code, c.postal_code) AS postal_code, m.name AS commune,
       m.code AS commune_code, m.department, m.latitude, m.longitude,
       (SELECT string_agg(s.code || chr(31) || s.label, chr(30) ORDER BY s.sort_key, s.code)
        FROM sectors s WHERE s.code = ANY (o.sectors)) AS sectors,
       o.instant_confirmation, o.demonstration,
       coalesce(o.ogr_code, '') AS appellation, o.accessibility, o.work_mode,
       array_to_string(o.languages, ',') AS languages, o.hours, o.supervision, o.to_bring,
       array_to_string(o.reserved_schools, ',') AS reserved_schools, o.priority_areas_only,
       coalesce(o.site_key, '') AS site, o.state,
       (SELECT string_agg(concat_ws(',', x.id, dm_micros(x.start_time), dm_micros(x.end_time),
                                    x.capacity, x.held), ';' ORDER BY x.start_time)
        FROM (SELECT * FROM sessions x
              WHERE x.offer_id = o.id AND NOT x.closed AND x.start_time > dm_time($2)
              ORDER BY x.start_time LIMIT $3) AS x) AS sessions
FROM (SELECT * FROM unnest($1::uuid[]) WITH ORDINALITY LIMIT cardinality($1::uuid[]))
  AS wanted (id, place)
JOIN offers o USING (id)
JOIN companies c USING (siret)
JOIN professions p USING (rome_code)
LEFT JOIN sites site ON (site.siret, site.key) = (o.siret, o.site_key)
JOIN communes m ON m.code = coalesce(site.commune_code, c.commune_code)
WHERE o.published
ORDER BY wanted.place
)sql"};

}  // namespace

absl::StatusOr<std::vector<Offer>> FindOffers(database::Database& database, absl::Time deadline,
                                              const std::vector<std::string>& ids, absl::Time now,
                                              int most_sessions) {
  std::vector<Offer> offers;
  if (ids.empty()) return offers;
  const auto rows = database.Query(deadline, kDetails, ids, database::ToMicros(now), most_sessions);
  if (!rows.ok()) return rows.status();
  const ColumnNumbers numbers(*rows);
  for (const pqxx::row& row : *rows) {
    const NumberedRow numbered{row, numbers};
    offers.push_back(ToOffer(numbered));
    offers.back().sessions = ToSessions(numbered["sessions"].c_str());
  }
  return offers;
}

}  // namespace dm::catalogue
