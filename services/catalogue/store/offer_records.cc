#include "services/catalogue/store/offer_records.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "services/catalogue/domain/offer_states.h"
#include "services/catalogue/store/rows.h"

#include <algorithm>
#include <utility>

namespace dm::catalogue {
namespace {

using database::FromMicros;
using database::Statement;

#define DM_OFFER_RECORD                                                                        \
  "SELECT o.id, o.siret, c.display_name, coalesce(o.rome_code, '') AS rome_code, "             \
  "coalesce(p.title, '') AS profession_title, coalesce(p.obsolete, false) AS "                 \
  "profession_obsolete, "                                                                      \
  "o.title, o.description, array_to_string(o.audiences, ',') AS audiences, "                   \
  "coalesce(x.street, c.street) AS street, coalesce(x.postal_code, c.postal_code) AS "         \
  "postal_code, "                                                                              \
  "m.name AS commune, m.code AS commune_code, m.department, m.latitude, m.longitude, "         \
  "sector_list(o.sectors) AS sectors, o.instant_confirmation, o.demonstration, "               \
  "coalesce(o.ogr_code, '') AS appellation, o.accessibility, o.work_mode, "                    \
  "array_to_string(o.languages, ',') AS languages, o.hours, o.supervision, o.to_bring, "       \
  "array_to_string(o.reserved_schools, ',') AS reserved_schools, o.priority_areas_only, "      \
  "coalesce(o.site_key, '') AS site, o.state, o.key, o.version, o.state_why, o.state_text, "   \
  "o.state_party, dm_micros(o.create_time) AS create_time, "                                   \
  "dm_micros(o.update_time) AS update_time, dm_micros(o.publish_time) AS publish_time, "       \
  "c.department AS company_department, c.banned, dm_micros(c.closed_time) AS closed_time, "    \
  "c.monthly_request_quota, "                                                                  \
  "(SELECT count(*) FROM offer_reports r WHERE r.offer_id = o.id AND r.resolve_time IS NULL) " \
  "AS open_reports "                                                                           \
  "FROM offers o "                                                                             \
  "JOIN companies c USING (siret) "                                                            \
  "LEFT JOIN professions p USING (rome_code) "                                                 \
  "LEFT JOIN sites x ON (x.siret, x.key) = (o.siret, o.site_key) "                             \
  "JOIN communes m ON m.code = coalesce(x.commune_code, c.commune_code) "

constexpr Statement kFind{"offer_record", DM_OFFER_RECORD "WHERE o.id = $1::uuid"};

constexpr Statement kSessions{"offer_record_sessions", R"sql(
SELECT id, dm_micros(start_time) AS start_time, dm_micros(end_time) AS end_time, capacity, held,
       dm_micros(cancel_time) AS cancel_time, closed, version
FROM sessions WHERE offer_id = $1::uuid ORDER BY start_time DESC LIMIT $2
)sql"};

constexpr Statement kSessionsOfMany{"sessions_of_offer_records", R"sql(
SELECT s.*
FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (offer_id, place)
CROSS JOIN LATERAL (
  SELECT wanted.place, id, dm_micros(start_time) AS start_time, dm_micros(end_time) AS end_time,
         capacity, held, dm_micros(cancel_time) AS cancel_time, closed, version
  FROM sessions WHERE offer_id = wanted.offer_id ORDER BY start_time DESC LIMIT $2) AS s
ORDER BY s.place, s.start_time DESC
)sql"};

constexpr Statement kLockSession{"lock_offer_session", R"sql(
SELECT id, dm_micros(start_time) AS start_time, dm_micros(end_time) AS end_time, capacity, held,
       dm_micros(cancel_time) AS cancel_time, closed, version
FROM sessions WHERE offer_id = $1::uuid AND id = $2::uuid FOR UPDATE
)sql"};

#define DM_OFFER_RECORD_PAGE                         \
  "(o.update_time, o.id) < (dm_time($1), $2::uuid) " \
  "AND ($3 OR o.state = ANY ($4::smallint[])) "      \
  "ORDER BY o.update_time DESC, o.id DESC LIMIT $5"

constexpr Statement kOfCompanies{"offer_records_of_companies", DM_OFFER_RECORD
                                 "WHERE o.siret = ANY ($6::text[]) AND " DM_OFFER_RECORD_PAGE};

constexpr Statement kOfTerritory{
    "offer_records_of_territory", DM_OFFER_RECORD
    "WHERE ($6 OR c.department = ANY ($7::text[]) OR o.siret = ANY ($8::text[])) "
    "AND " DM_OFFER_RECORD_PAGE};

// What waits for an agency is few among many.
constexpr Statement kWaiting{
    "offer_records_waiting", DM_OFFER_RECORD
    "WHERE o.state = 2 "
    "AND ($6 OR c.department = ANY ($7::text[]) OR o.siret = ANY ($8::text[])) "
    "AND " DM_OFFER_RECORD_PAGE};

constexpr Statement kStanding{"company_standing", R"sql(
SELECT siret, department, banned, dm_micros(closed_time) AS closed_time, monthly_request_quota
FROM companies WHERE siret = $1
)sql"};

// Not FOR UPDATE: that would wait for all who insert what names the company.
constexpr Statement kLockCompany{"lock_company",
                                 "SELECT FROM companies WHERE siret = $1 FOR NO KEY UPDATE"};

constexpr Statement kLockCompanyOf{"lock_company_of_offer", R"sql(
SELECT FROM companies WHERE siret = (SELECT siret FROM offers WHERE id = $1::uuid)
FOR NO KEY UPDATE
)sql"};

constexpr Statement kLockOffer{"lock_offer", "SELECT FROM offers WHERE id = $1::uuid FOR UPDATE"};

constexpr Statement kReferences{"check_offer_references", R"sql(
SELECT $2 IN ('', $5)
         OR EXISTS (SELECT FROM professions WHERE rome_code = $2 AND NOT obsolete) AS profession,
       $3 = '' OR EXISTS (SELECT FROM appellations WHERE ogr_code = $3 AND rome_code = $2)
         AS appellation,
       $4 = '' OR EXISTS (SELECT FROM sites WHERE (siret, key) = ($1, $4)) AS site
)sql"};

constexpr Statement kHasKey{
    "has_offer_key", "SELECT EXISTS (SELECT FROM offers WHERE (siret, key) = ($1, $2)) AS there"};

constexpr Statement kFreeKey{"free_offer_key", R"sql(
SELECT c.key
FROM generate_series(2, 100000) AS n,
     LATERAL (SELECT left($2, 39 - length(n::text)) || '-' || n AS key) AS c
WHERE NOT EXISTS (SELECT FROM offers o WHERE (o.siret, o.key) = ($1, c.key))
ORDER BY n LIMIT 1
)sql"};

std::optional<absl::Time> ToTime(const pqxx::field& micros) {
  if (micros.is_null()) return std::nullopt;
  return FromMicros(micros.as<int64_t>());
}

template <typename Row>
CompanyStanding ToStanding(const Row& row, const char* department) {
  return {.siret = row["siret"].c_str(),
          .department = row[department].c_str(),
          .banned = row["banned"].template as<bool>(),
          .closed_since = ToTime(row["closed_time"]),
          .monthly_request_quota = row["monthly_request_quota"].template as<int>()};
}

OfferRecord ToRecord(const NumberedRow& row) {
  return {.offer = ToOffer(row),
          .company = ToStanding(row, "company_department"),
          .key = row["key"].c_str(),
          .version = row["version"].as<int64_t>(),
          .why = row["state_why"].c_str(),
          .why_text = row["state_text"].c_str(),
          .decided_by = ParseOfferParty(row["state_party"].c_str()),
          .create_time = FromMicros(row["create_time"].as<int64_t>()),
          .update_time = FromMicros(row["update_time"].as<int64_t>()),
          .publish_time = ToTime(row["publish_time"]),
          .profession_obsolete = row["profession_obsolete"].as<bool>(),
          .open_reports = row["open_reports"].as<int>()};
}

Session ToSession(const pqxx::row& row) {
  const int capacity = row["capacity"].as<int>();
  Session session{.id = row["id"].c_str(),
                  .start = FromMicros(row["start_time"].as<int64_t>()),
                  .end = FromMicros(row["end_time"].as<int64_t>()),
                  .capacity = capacity,
                  .available = std::max(0, capacity - row["held"].as<int>()),
                  .cancel_time = ToTime(row["cancel_time"]),
                  .closed = row["closed"].as<bool>(),
                  .version = row["version"].as<int64_t>()};
  if (session.cancel_time.has_value()) session.available = 0;
  return session;
}

// Beyond every row: the year 2200, and the greatest UUID.
constexpr int64_t kLatest = 7'258'118'400'000'000;
constexpr char kGreatestId[] = "ffffffff-ffff-ffff-ffff-ffffffffffff";

// A key is [last change, id]. Our tokens are signed: whatever is in them was once written by us.
constexpr size_t kKeySize = 2;

absl::StatusOr<pqxx::result> RowsOf(database::Database& database, absl::Time deadline,
                                    const OfferRecordCriteria& criteria) {
  int64_t before = kLatest;
  std::string id = kGreatestId;
  if (criteria.after.size() == kKeySize && absl::SimpleAtoi(criteria.after[0], &before)) {
    id = criteria.after[1];
  }
  std::vector<int> states;
  for (const OfferState state : criteria.states) states.push_back(static_cast<int>(state));
  const int limit = criteria.limit + 1;
  const bool all = states.empty();
  const Mandate& who = criteria.who;
  if (!criteria.siret.empty()) {
    return database.Query(deadline, kOfCompanies, before, id, all, states, limit,
                          std::vector<std::string>{criteria.siret});
  }
  if (!who.everywhere && who.departments.empty()) {
    return database.Query(deadline, kOfCompanies, before, id, all, states, limit, who.companies);
  }
  const bool waiting = criteria.states == std::vector<OfferState>{OfferState::kSubmitted};
  return database.Query(deadline, waiting ? kWaiting : kOfTerritory, before, id, all, states, limit,
                        who.everywhere, who.departments, who.companies);
}

}  // namespace

std::optional<OfferRecord> ReadOfferRecord(database::Transaction& transaction,
                                           const std::string& id) {
  const pqxx::result rows = transaction.Exec(kFind, id);
  if (rows.empty()) return std::nullopt;
  const pqxx::row found = rows[0];
  OfferRecord record = ToRecord({found, ColumnNumbers(rows)});
  for (const pqxx::row& row : transaction.Exec(kSessions, id, kMostRecordSessions)) {
    record.offer.sessions.push_back(ToSession(row));
  }
  return record;
}

std::optional<CompanyStanding> ReadStanding(database::Transaction& transaction,
                                            const std::string& siret) {
  const pqxx::result rows = transaction.Exec(kStanding, siret);
  if (rows.empty()) return std::nullopt;
  return ToStanding(rows[0], "department");
}

std::optional<CompanyStanding> LockCompany(database::Transaction& transaction,
                                           const std::string& siret) {
  if (transaction.Exec(kLockCompany, siret).empty()) return std::nullopt;
  return ReadStanding(transaction, siret);
}

std::optional<OfferRecord> LockOffer(database::Transaction& transaction, const std::string& id) {
  transaction.Exec(kLockCompanyOf, id);
  // What is read has to be read by a statement that begins after both locks are held.
  if (transaction.Exec(kLockOffer, id).empty()) return std::nullopt;
  return ReadOfferRecord(transaction, id);
}

absl::StatusOr<std::optional<OfferRecord>> FindOfferRecord(database::Database& database,
                                                           absl::Time deadline,
                                                           const std::string& id) {
  using Found = std::optional<OfferRecord>;
  return database.Read(deadline, [&](database::Transaction& transaction) -> absl::StatusOr<Found> {
    return ReadOfferRecord(transaction, id);
  });
}

absl::StatusOr<std::optional<CompanyStanding>> FindStanding(database::Database& database,
                                                            absl::Time deadline,
                                                            const std::string& siret) {
  const auto rows = database.Query(deadline, kStanding, siret);
  if (!rows.ok()) return rows.status();
  if (rows->empty()) return std::optional<CompanyStanding>();
  return std::optional<CompanyStanding>(ToStanding((*rows)[0], "department"));
}

absl::StatusOr<OfferRecordPage> ListOfferRecords(database::Database& database, absl::Time deadline,
                                                 const OfferRecordCriteria& criteria) {
  const auto rows = RowsOf(database, deadline, criteria);
  if (!rows.ok()) return rows.status();
  OfferRecordPage page;
  const ColumnNumbers numbers(*rows);
  for (const pqxx::row& row : *rows) {
    if (page.records.size() == static_cast<size_t>(criteria.limit)) {
      const OfferRecord& last = page.records.back();
      page.next = PageKey{absl::StrCat(database::ToMicros(last.update_time)), last.offer.id};
      break;
    }
    page.records.push_back(ToRecord({row, numbers}));
  }
  return page;
}

absl::Status ReadSessions(database::Database& database, absl::Time deadline,
                          std::vector<OfferRecord>& records) {
  std::vector<std::string> ids;
  for (const OfferRecord& record : records) ids.push_back(record.offer.id);
  const auto rows = database.Query(deadline, kSessionsOfMany, ids, kMostRecordSessions);
  if (!rows.ok()) return rows.status();
  for (const pqxx::row& row : *rows) {
    records.at(row["place"].as<size_t>() - 1).offer.sessions.push_back(ToSession(row));
  }
  return absl::OkStatus();
}

void CheckReferences(database::Transaction& transaction, const std::string& siret,
                     const OfferContent& content, const std::string& had, absl::string_view field,
                     Violations& violations) {
  const pqxx::result rows = transaction.Exec(kReferences, siret, content.rome_code,
                                             content.appellation, content.site, had);
  const pqxx::row there = rows.at(0);
  const auto check = [&](const char* name, absl::string_view what) {
    if (!there[name].as<bool>()) violations.Add(absl::StrCat(field, ".", name), what);
  };
  check("profession", "is no profession of the current ROME");
  check("appellation", "is no appellation of the profession");
  check("site", "is no site of the company");
}

std::optional<Session> LockOfferSession(database::Transaction& transaction,
                                        const std::string& offer, const std::string& session) {
  const pqxx::result rows = transaction.Exec(kLockSession, offer, session);
  if (rows.empty()) return std::nullopt;
  return ToSession(rows[0]);
}

bool HasOfferKey(database::Transaction& transaction, const std::string& siret,
                 const std::string& key) {
  return transaction.Exec(kHasKey, siret, key).at(0)["there"].as<bool>();
}

std::string FreeOfferKey(database::Transaction& transaction, const std::string& siret,
                         const std::string& key) {
  return transaction.Exec(kFreeKey, siret, key).at(0)["key"].c_str();
}

}  // namespace dm::catalogue
