#include "services/catalogue/store/offer_queries.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/catalogue/store/rows.h"
#include "services/catalogue/store/text_search.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;

// One look at what may match answers everything: the page, the total, and each facet as if its own
// condition had not been asked for. An offer stands where its first session stands that matched
// when the first page was read ($14), and is shown while one is still to come ($13). The rank is an
// integer: keys are compared for equality, and floats that went through text twice should not
// matter.
constexpr Statement kSearch{"search_offers", R"sql(
WITH asked AS (
  SELECT to_tsquery('pg_catalog.simple', $1) AS words, globe_point($7, $8) AS point,
         chord_of_arc($9) AS chord
), candidates AS MATERIALIZED (
  SELECT o.id, o.department, o.sectors, o.audiences, s.first_start,
         CASE WHEN $15 = 0 AND $1 <> ''
              THEN -(ts_rank('{0.05, 0.2, 0.6, 1.0}', o.document, a.words) * 1000000)::int
              WHEN $15 = 2 THEN round(cube_distance(o.position, a.point) * 1000)::int
              ELSE 0 END AS place,
         $2::text[] = '{}' OR o.department = ANY ($2::text[]) AS in_department,
         $3::text[] = '{}' OR o.sectors && $3::text[] AS in_sector,
         $4::smallint[] = '{}' OR o.audiences && $4::smallint[] AS for_audience
  FROM asked a
  CROSS JOIN offers o
  CROSS JOIN LATERAL (
    -- The count is there lest PostgreSQL looks twice into the index, for the least and the greatest.
    SELECT min(x.start_time) AS first_start, max(x.start_time) AS last_start, count(*) AS matching
    FROM sessions x
    WHERE x.offer_id = o.id AND NOT x.closed AND x.start_time > dm_time($14)
      AND x.start_time >= dm_time($10) AND x.start_time < dm_time($11)
      AND (NOT $12 OR x.held < x.capacity)
  ) AS s
  WHERE o.published
    AND ($1 = '' OR o.document @@ a.words)
    AND ($5::text[] = '{}' OR o.rome_code = ANY ($5::text[]))
    AND ($6::text[] = '{}' OR o.siret = ANY ($6::text[]))
    AND ($7::float8 IS NULL OR (o.position <@ cube_enlarge(a.point, a.chord, 3)
                                AND cube_distance(o.position, a.point) <= a.chord))
    AND (NOT $16 OR o.accessible)
    AND s.matching > 0 AND s.last_start > dm_time($13)
), matches AS (
  SELECT * FROM candidates WHERE in_department AND in_sector AND for_audience
), page AS (
  SELECT id, place, dm_micros(first_start) AS first_start FROM matches
  WHERE $17::int IS NULL
     OR (place, dm_micros(first_start), id) > ($17::int, $18::bigint, $19::uuid)
  ORDER BY place, matches.first_start, id LIMIT $20
)
SELECT 'offer' AS kind, id::text AS value, place, first_start, 0 AS count, '' AS label FROM page
UNION ALL
SELECT 'total', '', 0, 0, count(*), '' FROM matches
UNION ALL
SELECT 'department', department, 0, 0, count(*), ''
FROM candidates WHERE in_sector AND for_audience GROUP BY department
UNION ALL
SELECT 'sector', f.code, 0, 0, f.count, s.label
FROM (SELECT code, count(*) FROM candidates, unnest(sectors) AS code
      WHERE in_department AND for_audience GROUP BY code) AS f
JOIN sectors s USING (code)
UNION ALL
SELECT 'audience', audience::text, 0, 0, count(*), ''
FROM candidates, unnest(audiences) AS audience
WHERE in_department AND in_sector GROUP BY audience
)sql"};

// Offers in the order of their ids in $1, each with the sessions that match.
constexpr Statement kDetails{"offer_details", R"sql(
SELECT o.id, o.siret, c.display_name, o.rome_code, p.title AS profession_title, o.title,
       o.description, array_to_string(o.audiences, ',') AS audiences,
       coalesce(site.street, c.street) AS street,
       coalesce(site.postal_code, c.postal_code) AS postal_code, m.name AS commune,
       m.code AS commune_code, m.department, m.latitude, m.longitude,
       sector_list(o.sectors) AS sectors, o.instant_confirmation, o.demonstration,
       coalesce(o.ogr_code, '') AS appellation, o.accessibility, o.work_mode,
       array_to_string(o.languages, ',') AS languages, o.hours, o.supervision, o.to_bring,
       array_to_string(o.reserved_schools, ',') AS reserved_schools, o.priority_areas_only,
       coalesce(o.site_key, '') AS site, o.state,
       arc_of_chord(cube_distance(o.position, globe_point($6, $7))) AS distance,
       (SELECT string_agg(concat_ws(',', x.id, dm_micros(x.start_time), dm_micros(x.end_time),
                                    x.capacity, x.held), ';' ORDER BY x.start_time)
        FROM (SELECT * FROM sessions x
              WHERE x.offer_id = o.id AND NOT x.closed AND x.start_time > dm_time($2)
                AND x.start_time >= dm_time($3) AND x.start_time < dm_time($4)
                AND (NOT $5 OR x.held < x.capacity)
              ORDER BY x.start_time LIMIT 50) AS x) AS sessions
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place)
JOIN offers o USING (id)
JOIN companies c USING (siret)
JOIN professions p USING (rome_code)
LEFT JOIN sites site ON (site.siret, site.key) = (o.siret, o.site_key)
JOIN communes m ON m.code = coalesce(site.commune_code, c.commune_code)
WHERE o.published
ORDER BY wanted.place
)sql"};

// Where no day bounds a search: beyond every session, and within what a timestamptz can hold.
constexpr int64_t kEarliest = 0;
constexpr int64_t kLatest = 7'258'118'400'000'000;  // The year 2200.

int64_t FromMicros(const Span& span) {
  return span.from.has_value() ? std::clamp(database::ToMicros(*span.from), kEarliest, kLatest)
                               : kEarliest;
}

int64_t UntilMicros(const Span& span) {
  return span.until.has_value() ? std::clamp(database::ToMicros(*span.until), kEarliest, kLatest)
                                : kLatest;
}

Offer ToOffer(const pqxx::row& row) {
  Offer offer{.id = row["id"].c_str(),
              .siret = row["siret"].c_str(),
              .company_display_name = row["display_name"].c_str(),
              .rome_code = row["rome_code"].c_str(),
              .profession_title = row["profession_title"].c_str(),
              .title = row["title"].c_str(),
              .description = row["description"].c_str(),
              .audiences = ToNumbers(row["audiences"].c_str()),
              .place = ToPlace(row),
              .sectors = ToLabelled(row["sectors"].c_str()),
              .accessibility = static_cast<Accessibility>(row["accessibility"].as<int>()),
              .instant_confirmation = row["instant_confirmation"].as<bool>(),
              .demonstration = row["demonstration"].as<bool>(),
              .sessions = ToSessions(row["sessions"].c_str()),
              .appellation = row["appellation"].c_str(),
              .work_mode = static_cast<WorkMode>(row["work_mode"].as<int>()),
              .languages = ToTexts(row["languages"].c_str()),
              .hours = ParseDayHours(row["hours"].c_str()),
              .supervision = row["supervision"].c_str(),
              .to_bring = row["to_bring"].c_str(),
              .reserved_schools = ToTexts(row["reserved_schools"].c_str()),
              .priority_areas_only = row["priority_areas_only"].as<bool>(),
              .site = row["site"].c_str(),
              .state = static_cast<OfferState>(row["state"].as<int>())};
  if (!row["distance"].is_null()) offer.distance_km = row["distance"].as<double>();
  return offer;
}

// PostgreSQL refuses to calculate with what is all but zero: 5e-324 / 6371 underflows. These are
// far less than a millimetre.
constexpr double kLeastDegrees = 1e-9;
constexpr double kLeastRadiusKm = 1e-6;

double Degrees(double value) { return std::abs(value) < kLeastDegrees ? 0 : value; }

std::vector<Offer> Details(Transaction& transaction, const std::vector<std::string>& ids,
                           const OfferCriteria& criteria) {
  std::optional<double> latitude;
  std::optional<double> longitude;
  if (criteria.around.has_value()) {
    latitude = Degrees(criteria.around->latitude);
    longitude = Degrees(criteria.around->longitude);
  }
  std::vector<Offer> offers;
  if (ids.empty()) return offers;
  const pqxx::result rows =
      transaction.Exec(kDetails, ids, database::ToMicros(criteria.now), FromMicros(criteria.span),
                       UntilMicros(criteria.span), criteria.available_only, latitude, longitude);
  for (const pqxx::row& row : rows) offers.push_back(ToOffer(row));
  return offers;
}

// A key is [tsquery, when the first page was read, place, first start, id].
constexpr size_t kKeySize = 5;

pqxx::result Run(Transaction& transaction, const OfferCriteria& criteria,
                 const std::string& tsquery) {
  const PageKey& after = criteria.after;
  const bool first = after.size() != kKeySize;
  const auto key = [&](size_t i) {
    return first ? std::nullopt : std::optional<std::string>(after[i]);
  };
  const std::string now = absl::StrCat(database::ToMicros(criteria.now));
  std::optional<double> latitude;
  std::optional<double> longitude;
  std::optional<double> radius;
  if (criteria.around.has_value()) {
    latitude = Degrees(criteria.around->latitude);
    longitude = Degrees(criteria.around->longitude);
    radius = std::max(criteria.around->radius_km, kLeastRadiusKm);
  }
  return transaction.Exec(kSearch, tsquery, criteria.departments, criteria.sectors,
                          criteria.audiences, criteria.professions, criteria.companies, latitude,
                          longitude, radius, FromMicros(criteria.span), UntilMicros(criteria.span),
                          criteria.available_only, now, first ? now : after[1],
                          static_cast<int>(criteria.order), criteria.accessible_only, key(2),
                          key(3), key(4), criteria.limit + 1);
}

void SortByCount(std::vector<ValueCount>* counts) {
  std::sort(counts->begin(), counts->end(), [](const ValueCount& a, const ValueCount& b) {
    return std::pair(-a.count, a.value) < std::pair(-b.count, b.value);
  });
}

// Fills everything but the offers; returns their ids in order.
std::vector<std::string> ToPage(const pqxx::result& rows, const OfferCriteria& criteria,
                                const std::string& tsquery, OfferPage* page) {
  struct Key {
    std::string id;
    int place;
    int64_t first_start;
  };
  std::vector<Key> keys;
  for (const pqxx::row& row : rows) {
    const absl::string_view kind = row["kind"].c_str();
    ValueCount counted{row["value"].c_str(), row["label"].c_str(), row["count"].as<int>()};
    if (kind == "offer") {
      keys.push_back(
          {row["value"].c_str(), row["place"].as<int>(), row["first_start"].as<int64_t>()});
    } else if (kind == "total") {
      page->total = counted.count;
    } else if (kind == "department") {
      page->departments.push_back(std::move(counted));
    } else if (kind == "sector") {
      page->sectors.push_back(std::move(counted));
    } else {
      page->audiences.push_back(std::move(counted));
    }
  }
  for (auto* counts : {&page->departments, &page->sectors, &page->audiences}) SortByCount(counts);
  // The union keeps no order.
  std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
    return std::tie(a.place, a.first_start, a.id) < std::tie(b.place, b.first_start, b.id);
  });
  if (keys.size() > static_cast<size_t>(criteria.limit)) {
    keys.resize(static_cast<size_t>(criteria.limit));
    const bool first = criteria.after.size() != kKeySize;
    page->next = PageKey{
        tsquery, first ? absl::StrCat(database::ToMicros(criteria.now)) : criteria.after[1],
        absl::StrCat(keys.back().place), absl::StrCat(keys.back().first_start), keys.back().id};
  }
  std::vector<std::string> ids;
  for (Key& key : keys) ids.push_back(std::move(key.id));
  return ids;
}

bool Found(const pqxx::result& rows) {
  return std::any_of(rows.begin(), rows.end(), [](const pqxx::row& row) {
    return absl::string_view(row["kind"].c_str()) != "total" || row["count"].as<int>() > 0;
  });
}

}  // namespace

absl::StatusOr<OfferPage> SearchOffers(database::Database& database, absl::Time deadline,
                                       const OfferCriteria& criteria) {
  return database.Read(deadline, [&](Transaction& transaction) -> absl::StatusOr<OfferPage> {
    const bool first = criteria.after.size() != kKeySize;
    std::string tsquery = first ? criteria.query.tsquery : criteria.after[0];
    pqxx::result rows = Run(transaction, criteria, tsquery);
    if (first && !criteria.query.empty() && !Found(rows)) {
      if (TextQuery corrected = CorrectSpelling(transaction, criteria.query); !corrected.empty()) {
        tsquery = corrected.tsquery;
        rows = Run(transaction, criteria, tsquery);
      }
    }
    OfferPage page;
    const std::vector<std::string> ids = ToPage(rows, criteria, tsquery, &page);
    page.offers = Details(transaction, ids, criteria);
    return page;
  });
}

absl::StatusOr<std::optional<Offer>> FindOffer(database::Database& database, absl::Time deadline,
                                               const std::string& id, absl::Time now) {
  const auto rows =
      database.Query(deadline, kDetails, std::vector<std::string>{id}, database::ToMicros(now),
                     kEarliest, kLatest, false, std::optional<double>(), std::optional<double>());
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::optional<Offer>();
  return std::optional<Offer>(ToOffer((*rows)[0]));
}

}  // namespace dm::catalogue
