#include "services/catalogue/store/offer_queries.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "services/catalogue/store/rows.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;

// Offers in the order of their ids in $1, each with the sessions that match. The limit takes
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
       arc_of_chord(cube_distance(o.position, globe_point($6, $7))) AS distance,
       (SELECT string_agg(concat_ws(',', x.id, dm_micros(x.start_time), dm_micros(x.end_time),
                                    x.capacity, x.held), ';' ORDER BY x.start_time)
        FROM (SELECT * FROM sessions x
              WHERE x.offer_id = o.id AND NOT x.closed AND x.start_time > dm_time($2)
                AND x.start_time >= dm_time($3) AND x.start_time < dm_time($4)
                AND (NOT $5 OR x.held < x.capacity)
              ORDER BY x.start_time LIMIT 50) AS x) AS sessions
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

// Where no day bounds a search: beyond every session, and within what a timestamptz can hold.
constexpr int64_t kEarliest = 0;
constexpr int64_t kLatest = 7'258'118'400'000'000;  // The year 2200.

// The bounds of what is shown of an offer's sessions.
struct SessionBounds {
  int64_t now = 0;
  int64_t from = kEarliest;
  int64_t until = kLatest;
  bool available_only = false;
};

SessionBounds BoundsOf(const OfferCriteria& criteria) {
  const auto micros = [](const std::optional<absl::Time>& time, int64_t otherwise) {
    return time.has_value() ? std::clamp(database::ToMicros(*time), kEarliest, kLatest) : otherwise;
  };
  return {.now = database::ToMicros(criteria.now),
          .from = micros(criteria.span.from, kEarliest),
          .until = micros(criteria.span.until, kLatest),
          .available_only = criteria.query.available_only};
}

Offer ToFound(const NumberedRow& row) {
  Offer offer = ToOffer(row);
  offer.sessions = ToSessions(row["sessions"].c_str());
  if (!row["distance"].is_null()) offer.distance_km = row["distance"].as<double>();
  return offer;
}

// PostgreSQL refuses to calculate with what is all but zero: 5e-324 / 6371 underflows. This is far
// less than a millimetre.
constexpr double kLeastDegrees = 1e-9;

double Degrees(double value) { return std::abs(value) < kLeastDegrees ? 0 : value; }

absl::StatusOr<std::vector<Offer>> Details(database::Database& database, absl::Time deadline,
                                           const std::vector<std::string>& ids,
                                           const SessionBounds& bounds,
                                           const std::optional<Around>& around) {
  std::vector<Offer> offers;
  if (ids.empty()) return offers;
  std::optional<double> latitude;
  std::optional<double> longitude;
  if (around.has_value()) {
    latitude = Degrees(around->latitude);
    longitude = Degrees(around->longitude);
  }
  const auto rows = database.Query(deadline, kDetails, ids, bounds.now, bounds.from, bounds.until,
                                   bounds.available_only, latitude, longitude);
  if (!rows.ok()) return rows.status();
  const ColumnNumbers numbers(*rows);
  for (const pqxx::row& row : *rows) offers.push_back(ToFound({row, numbers}));
  return offers;
}

// A key is [words, when the first page was read, place, first start, id].
constexpr size_t kKeySize = 5;

PageKey ToKey(const search::OfferQuery& query, const search::OfferPosition& last) {
  return {search::WriteAskedWords(query.words), absl::StrCat(query.as_of), absl::StrCat(last.place),
          absl::StrCat(last.first_start), last.id.ToString()};
}

// Our tokens are signed: whatever is in them was once written by ToKey.
void GoOnAfter(const PageKey& key, search::OfferQuery* query) {
  search::OfferPosition after;
  const auto id = search::OfferId::Parse(key[4]);
  if (!absl::SimpleAtoi(key[1], &query->as_of) || !absl::SimpleAtoi(key[2], &after.place) ||
      !absl::SimpleAtoi(key[3], &after.first_start) || !id.has_value()) {
    return;
  }
  after.id = *id;
  query->words = search::ReadAskedWords(key[0]);
  query->after = after;
}

search::OfferQuery ToQuery(const OfferCriteria& criteria, const SessionBounds& bounds) {
  search::OfferQuery query = criteria.query;
  query.now = bounds.now;
  query.as_of = query.now;
  query.from = bounds.from;
  query.until = bounds.until == kLatest ? query.until : bounds.until;
  if (criteria.after.size() == kKeySize) GoOnAfter(criteria.after, &query);
  return query;
}

search::OfferHits Find(const search::OfferIndex& index, search::OfferQuery* query) {
  search::OfferHits hits = index.Search(*query);
  if (hits.total > 0 || query->after.has_value() || query->words.empty()) return hits;
  std::vector<search::AskedWord> corrected = index.CorrectSpelling(query->words);
  if (corrected.empty()) return hits;
  query->words = std::move(corrected);
  return index.Search(*query);
}

}  // namespace

absl::StatusOr<OfferPage> SearchOffers(database::Database& database,
                                       const search::OfferIndex& index, absl::Time deadline,
                                       const OfferCriteria& criteria) {
  if (!index.whole()) return BackendUnavailableError("search index");
  const SessionBounds bounds = BoundsOf(criteria);
  search::OfferQuery query = ToQuery(criteria, bounds);
  search::OfferHits hits = Find(index, &query);
  std::vector<std::string> ids;
  for (const search::OfferPosition& hit : hits.page) ids.push_back(hit.id.ToString());
  auto offers = Details(database, deadline, ids, bounds, query.around);
  if (!offers.ok()) return offers.status();
  OfferPage page{.offers = *std::move(offers),
                 .total = hits.total,
                 .departments = std::move(hits.departments),
                 .sectors = std::move(hits.sectors),
                 .audiences = std::move(hits.audiences)};
  if (hits.more) page.next = ToKey(query, hits.page.back());
  page.words = std::move(query.words);
  return page;
}

absl::StatusOr<std::vector<Offer>> FindOffers(database::Database& database, absl::Time deadline,
                                              const std::vector<std::string>& ids, absl::Time now) {
  return Details(database, deadline, ids, {.now = database::ToMicros(now)}, std::nullopt);
}

}  // namespace dm::catalogue
