#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/text/uuid.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/derived_columns.h"
#include "services/catalogue/store/imports.h"
#include "services/catalogue/store/offer_writes.h"
#include "services/catalogue/store/session_events.h"

#include <pqxx/stream_to>

#include <tuple>

namespace dm::catalogue {
namespace {

using database::Statement;

constexpr Statement kIncomingOffers{"incoming_offers", R"sql(
CREATE TEMPORARY TABLE incoming_offers (
  file integer NOT NULL, line integer NOT NULL, id uuid NOT NULL, siret text, key text,
  rome_code text NOT NULL, title text NOT NULL, description text NOT NULL, audiences text NOT NULL,
  accessible boolean NOT NULL, instant_confirmation boolean NOT NULL,
  demonstration boolean NOT NULL, published boolean NOT NULL, folded_title text NOT NULL,
  PRIMARY KEY (siret, key)) ON COMMIT DROP
)sql"};

constexpr Statement kIncomingSessions{"incoming_sessions", R"sql(
CREATE TEMPORARY TABLE incoming_sessions (
  file integer NOT NULL, line integer NOT NULL, id uuid NOT NULL, siret text, key text,
  start_time bigint, end_time bigint NOT NULL, capacity integer NOT NULL, closed boolean NOT NULL,
  PRIMARY KEY (siret, key, start_time)) ON COMMIT DROP
)sql"};

constexpr Statement kAnalyze{"analyze_incoming_offers",
                             "ANALYZE incoming_offers, incoming_sessions"};

constexpr Statement kFirstWrong{"first_wrong_offer", R"sql(
SELECT file, line, cause FROM (
  SELECT i.file, i.line, 'le métier ' || i.rome_code || ' est inconnu' AS cause
  FROM incoming_offers i
  WHERE NOT EXISTS (SELECT FROM professions p WHERE p.rome_code = i.rome_code)
  UNION ALL
  SELECT i.file, i.line, 'l''entreprise ' || i.siret || ' est inconnue'
  FROM incoming_offers i
  WHERE NOT EXISTS (SELECT FROM companies c WHERE c.siret = i.siret)
  UNION ALL
  SELECT i.file, i.line, 'l''entreprise ' || i.siret || CASE
           WHEN c.banned THEN ' a été suspendue par l''agence : ses offres restent cachées'
           ELSE ' est fermée selon le répertoire SIRENE : ses offres restent cachées' END
  FROM incoming_offers i JOIN companies c USING (siret)
  WHERE i.published AND (c.banned OR c.closed_time IS NOT NULL)
  UNION ALL
  SELECT i.file, i.line, 'l''offre ' || i.key || ' de l''entreprise ' || i.siret || ' est inconnue'
  FROM incoming_sessions i
  WHERE NOT EXISTS (SELECT FROM offers o WHERE (o.siret, o.key) = (i.siret, i.key))
    AND NOT EXISTS (SELECT FROM incoming_offers o WHERE (o.siret, o.key) = (i.siret, i.key))
  UNION ALL
  SELECT i.file, i.line, 'le département ' || c.department || ' n''est pas de votre territoire'
  FROM (SELECT file, line, siret FROM incoming_offers
        UNION ALL SELECT file, line, siret FROM incoming_sessions) AS i
  JOIN companies c USING (siret)
  WHERE NOT c.department = ANY ($1::text[])
) AS wrong ORDER BY file, line, cause LIMIT 1
)sql"};

// Before their offers, as everybody does: what is read of them from here on stays as it is.
constexpr Statement kLockCompanies{"lock_companies_of_lists", R"sql(
SELECT FROM companies
WHERE siret IN (SELECT siret FROM incoming_offers UNION SELECT siret FROM incoming_sessions)
ORDER BY siret FOR NO KEY UPDATE
)sql"};

// A list says whether an offer is shown: one that no longer is becomes suspended, one that never
// was waits as a draft. It says of accessibility whether that is full, and leaves finer levels
// alone; of another profession the job title stays only if it is one of its own. An offer that was
// archived because its last session was past comes back with a session to come alone: else it
// would come and go with every list.
constexpr Statement kDiffOffers{"diff_offers", R"sql(
WITH listed AS (
  SELECT i.file, i.line, i.id, i.siret, i.key, i.rome_code, i.title, i.description, i.audiences,
         i.accessible, i.instant_confirmation, i.demonstration, i.folded_title,
         i.published AND NOT (
           coalesce(t.state = 5 AND t.state_why = 'SESSIONS_PAST', false)
           AND NOT EXISTS (SELECT FROM incoming_sessions s
                           WHERE (s.siret, s.key) = (i.siret, i.key) AND s.end_time > $1)
           AND NOT EXISTS (SELECT FROM sessions s
                           WHERE s.offer_id = t.id AND s.end_time > dm_time($1))) AS published
  FROM incoming_offers i LEFT JOIN offers t USING (siret, key)
), diff AS MATERIALIZED (
  SELECT i.*, string_to_array(i.audiences, '|')::smallint[] AS audience_numbers,
         t.state AS old_state, t.version AS old_version,
         CASE WHEN i.published THEN 3 WHEN t.id IS NULL THEN 1 WHEN t.published THEN 4
              ELSE t.state END AS new_state,
         coalesce(t.id, i.id) AS offer_id, t.id IS NULL AS is_new,
         (t.rome_code, t.title, t.description, t.audiences, t.accessible, t.instant_confirmation,
          t.demonstration, t.published, t.folded_title)
         IS DISTINCT FROM
         (i.rome_code, i.title, i.description, string_to_array(i.audiences, '|')::smallint[],
          i.accessible, i.instant_confirmation, i.demonstration, i.published, i.folded_title)
           AS differs,
         (t.rome_code, t.title, t.audiences, t.instant_confirmation, t.published)
         IS DISTINCT FROM
         (i.rome_code, i.title, string_to_array(i.audiences, '|')::smallint[],
          i.instant_confirmation, i.published) AS announced
  FROM listed i LEFT JOIN offers t USING (siret, key)
), added AS (
  INSERT INTO offers (id, siret, key, rome_code, title, description, audiences, accessible,
                      accessibility, instant_confirmation, demonstration, published, state,
                      state_why, state_party, create_time, update_time, publish_time, folded_title)
  SELECT id, siret, key, rome_code, title, description, audience_numbers, accessible,
         CASE WHEN accessible THEN 3 ELSE 0 END, instant_confirmation, demonstration, published,
         new_state, 'IMPORTED', $2, dm_time($1), dm_time($1),
         CASE WHEN published THEN dm_time($1) END, folded_title
  FROM diff WHERE is_new
), changed AS (
  UPDATE offers t
  SET rome_code = d.rome_code,
      ogr_code = CASE WHEN d.rome_code = t.rome_code THEN t.ogr_code
                      ELSE (SELECT a.ogr_code FROM appellations a
                            WHERE a.ogr_code = t.ogr_code AND a.rome_code = d.rome_code) END,
      title = d.title, description = d.description,
      audiences = d.audience_numbers, accessible = d.accessible,
      accessibility = CASE WHEN d.accessible THEN 3 WHEN t.accessible THEN 0
                           ELSE t.accessibility END,
      instant_confirmation = d.instant_confirmation, demonstration = d.demonstration,
      published = d.published,
      state = d.new_state,
      publish_time = CASE WHEN d.published AND NOT t.published THEN dm_time($1)
                          ELSE t.publish_time END,
      state_why = CASE WHEN d.published <> t.published THEN 'IMPORTED' ELSE t.state_why END,
      state_text = CASE WHEN d.published <> t.published THEN '' ELSE t.state_text END,
      state_party = CASE WHEN d.published <> t.published THEN $2 ELSE t.state_party END,
      update_time = dm_time($1), folded_title = d.folded_title, version = t.version + 1
  FROM diff d WHERE t.id = d.offer_id AND d.differs AND NOT d.is_new
), stepped AS (
  INSERT INTO offer_transitions (offer_id, version, at, person, party, from_state, to_state, why)
  SELECT offer_id, coalesce(old_version, 0) + 1, dm_time($1), $3, $2, old_state, new_state,
         'IMPORTED'
  FROM diff WHERE is_new OR new_state <> old_state
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved, 0 AS vanished,
       coalesce(array_agg(offer_id) FILTER (WHERE differs), '{}') AS changed_ids,
       coalesce(array_agg(offer_id) FILTER (WHERE announced AND NOT is_new), '{}') AS announced_ids,
       coalesce(array_agg(DISTINCT siret) FILTER (WHERE differs), '{}') AS changed_sirets
FROM diff
)sql"};

// The steps that were just written: no offer takes two in one import.
constexpr Statement kSteps{"steps_of_import", R"sql(
SELECT o.id, o.siret, c.department, t.from_state, t.to_state, t.version, o.title
FROM unnest($1::uuid[]) AS changed (id)
JOIN offers o USING (id)
JOIN companies c USING (siret)
JOIN offer_transitions t ON (t.offer_id, t.version) = (o.id, o.version)
)sql"};

// An end, a capacity or a closing that changes is a change of the session; another start is another
// session. What was cancelled stays as it is, also when that happens while this runs.
constexpr Statement kDiffSessions{"diff_sessions", R"sql(
WITH diff AS MATERIALIZED (
  SELECT o.id AS offer_id, coalesce(t.id, i.id) AS session_id, dm_time(i.start_time) AS start_time,
         dm_time(i.end_time) AS end_time, i.capacity, i.closed, t.id IS NULL AS is_new,
         t.cancel_time IS NULL AND (t.end_time, t.capacity, t.closed)
         IS DISTINCT FROM (dm_time(i.end_time), i.capacity, i.closed) AS differs
  FROM incoming_sessions i
  JOIN offers o USING (siret, key)
  LEFT JOIN sessions t ON t.offer_id = o.id AND t.start_time = dm_time(i.start_time)
), added AS (
  INSERT INTO sessions (id, offer_id, start_time, end_time, capacity, closed)
  SELECT session_id, offer_id, start_time, end_time, capacity, closed FROM diff WHERE is_new
), changed AS (
  UPDATE sessions t
  SET end_time = d.end_time, capacity = d.capacity, closed = d.closed, version = t.version + 1
  FROM diff d
  WHERE t.id = d.session_id AND d.differs AND NOT d.is_new AND t.cancel_time IS NULL
), touched AS (
  INSERT INTO touched_sessions SELECT session_id FROM diff WHERE differs
)
SELECT count(*) AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new) AS changed, 0 AS moved, 0 AS vanished
FROM diff
)sql"};

// Rows that still offer a session which was cancelled.
constexpr Statement kCancelledSessions{"cancelled_sessions_listed", R"sql(
SELECT i.file, i.line
FROM incoming_sessions i
JOIN offers o USING (siret, key)
JOIN sessions s ON s.offer_id = o.id AND s.start_time = dm_time(i.start_time)
WHERE s.cancel_time IS NOT NULL AND NOT i.closed AND s.start_time > dm_time($1)
ORDER BY i.file, i.line
)sql"};

void CopyOffers(ImportSteps& import, const std::vector<OfferRow>& rows) {
  import.transaction().Exec(kIncomingOffers);
  pqxx::stream_to offers(import.transaction().raw(), "incoming_offers");
  for (const OfferRow& row : rows) {
    offers << std::make_tuple(row.origin.file, row.origin.line, NewUuid(import.run().now),
                              row.siret, row.key, row.rome_code, row.title, row.description,
                              absl::StrJoin(row.audiences, "|"), row.accessible,
                              row.instant_confirmation, row.demonstration, row.published,
                              FoldWords(row.title));
  }
  offers.complete();
}

void CopySessions(ImportSteps& import, const std::vector<SessionRow>& rows) {
  import.transaction().Exec(kIncomingSessions);
  pqxx::stream_to sessions(import.transaction().raw(), "incoming_sessions");
  for (const SessionRow& row : rows) {
    sessions << std::make_tuple(row.origin.file, row.origin.line, NewUuid(import.run().now),
                                row.siret, row.key, database::ToMicros(row.start),
                                database::ToMicros(row.end), row.capacity, row.closed);
  }
  sessions.complete();
}

OfferParty PartyOf(const ImportRun& run) {
  return run.territory.has_value() ? OfferParty::kAgency : OfferParty::kOperator;
}

void AnnounceSteps(ImportSteps& import, const std::string& offer_ids) {
  for (const pqxx::row& row : import.transaction().Exec(kSteps, offer_ids)) {
    OfferRecord record{.offer = {.id = row["id"].c_str(),
                                 .siret = row["siret"].c_str(),
                                 .title = row["title"].c_str()},
                       .company = {.department = row["department"].c_str()},
                       .version = row["version"].as<int64_t>()};
    std::optional<OfferState> from;
    if (!row["from_state"].is_null()) from = static_cast<OfferState>(row["from_state"].as<int>());
    import.events().push_back(OfferChangedEvent(record, from,
                                                static_cast<OfferState>(row["to_state"].as<int>()),
                                                PartyOf(import.run()), "IMPORTED"));
  }
}

void WarnOfCancelledSessions(ImportSteps& import) {
  const std::vector<std::string>& files = import.run().files;
  const int64_t now = database::ToMicros(import.run().now);
  for (const pqxx::row& row : import.transaction().Exec(kCancelledSessions, now)) {
    const auto file = row["file"].as<size_t>();
    import.outcome().warnings.push_back(
        absl::StrCat(file < files.size() ? files[file] : "", ", ligne ", row["line"].c_str(),
                     " : cette session a été annulée et le reste (une autre date de début en "
                     "fait une nouvelle)"));
  }
}

absl::Status Steps(ImportSteps& import, const OfferLists& lists) {
  auto& transaction = import.transaction();
  const auto rows = static_cast<int64_t>(lists.offers.size() + lists.sessions.size());
  if (absl::Status status = import.Stage("Lecture des offres", rows); !status.ok()) return status;
  CopyOffers(import, lists.offers);
  CopySessions(import, lists.sessions);
  transaction.Exec(kAnalyze);
  transaction.Exec(kLockCompanies);
  const pqxx::result wrong = transaction.Exec(kFirstWrong, import.run().territory);
  if (!wrong.empty()) {
    return import.Refused({wrong[0]["file"].as<size_t>(), wrong[0]["line"].as<int>()},
                          wrong[0]["cause"].c_str());
  }
  if (absl::Status status = import.Stage("Comparaison des offres", rows); !status.ok()) {
    return status;
  }
  const pqxx::result diff =
      transaction.Exec(kDiffOffers, database::ToMicros(import.run().now),
                       OfferPartyName(PartyOf(import.run())), import.run().person);
  const bool offers = import.Count("offers", diff).any();
  if (offers) {
    RefreshOffers(transaction, diff[0]["changed_ids"].c_str());
    CountOffers(transaction, diff[0]["changed_sirets"].c_str());
    import.TouchOffers(diff[0]["changed_ids"].c_str());
    AnnounceSteps(import, diff[0]["changed_ids"].c_str());
  }
  SessionEvents touched(&transaction, import.run().now);
  const bool sessions = import.Count("sessions", transaction.Exec(kDiffSessions)).any();
  WarnOfCancelledSessions(import);
  if (!offers && !sessions) return absl::OkStatus();
  touched.Touch(diff[0]["announced_ids"].c_str(), "{}");
  import.Announce(touched);
  import.Announce("offers/-");
  if (offers) import.Announce("companies/-");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ImportOutcome> ImportOffers(database::Database& database, const OfferLists& lists,
                                           const ImportRun& run) {
  return RunImport(database, run, [&lists](ImportSteps& import) { return Steps(import, lists); });
}

}  // namespace dm::catalogue
