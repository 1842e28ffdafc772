#include "services/booking/store/consent_request_store.h"

#include "services/booking/store/consent_rows.h"

#include <array>

namespace dm::booking {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;
using database::Transaction;

constexpr Statement kWhoseLink{"whose_link",
                               "SELECT person FROM consent_requests WHERE token_hash = $1::bytea"};

constexpr Statement kFindLink{"find_consent_link", R"sql(
  SELECT r.id AS asked_id, r.state AS asked_state, r.guardian_id AS asked_guardian,
         dm_micros(r.expire_time) AS expire_time, r.booking_id, b.applicant, b.session_name,
         b.session_title, b.department, b.state, b.scheme, dm_micros(b.start_time) AS start_time,
         dm_micros(b.end_time) AS end_time, c.id AS consent_id
  FROM consent_requests AS r
  JOIN bookings AS b ON b.id = r.booking_id
  LEFT JOIN consents AS c ON c.request_id = r.id
  WHERE r.token_hash = $1::bytea
)sql"};

constexpr Statement kLockLink{
    "lock_consent_link", "SELECT FROM consent_requests WHERE token_hash = $1::bytea FOR UPDATE"};

constexpr Statement kMarkAnswered{
    "mark_consent_answered", "UPDATE consent_requests SET state = 'ANSWERED' WHERE id = $1::uuid"};

constexpr Statement kClose{"close_consent_request", R"sql(
  UPDATE consent_requests SET state = 'CLOSED', cause = $2
  WHERE id = $1::uuid AND state <> 'CLOSED'
)sql"};

constexpr Statement kCloseAbout{"close_questions_about", R"sql(
  UPDATE consent_requests SET state = 'CLOSED', cause = $2
  WHERE booking_id = $1::uuid AND state IN ('SENDING', 'OPEN')
)sql"};

constexpr Statement kCountQuestions{"count_questions", R"sql(
  SELECT count(*) AS person, count(*) FILTER (WHERE booking_id = $2::uuid) AS booking,
         dm_micros(max(create_time) FILTER (WHERE booking_id = $2::uuid)) AS last,
         coalesce(bool_or(cause = 'UNDELIVERABLE' AND EXISTS (
           SELECT FROM guardians AS g WHERE g.id = guardian_id AND g.replaced IS NULL)), false)
           AS undeliverable
  FROM consent_requests WHERE person = $1 AND create_time > dm_time($3)
)sql"};

// A guardian who cannot be written to is not asked again before there is another one.
constexpr Statement kFindUnasked{"find_unasked_bookings", R"sql(
  SELECT b.id, b.applicant
  FROM bookings AS b
  JOIN guardians AS g ON g.person = b.applicant AND g.replaced IS NULL
  WHERE b.state = 'PENDING_CONSENT' AND b.start_time > dm_time($1)
    AND NOT EXISTS (
      SELECT FROM consent_requests AS r
      WHERE r.booking_id = b.id
        AND (r.state IN ('SENDING', 'OPEN')
             OR (r.cause = 'UNDELIVERABLE' AND r.guardian_id = g.id)))
    AND (SELECT count(*) FROM consent_requests AS r
         WHERE r.person = b.applicant AND r.create_time > dm_time($2)) < $3
  ORDER BY b.update_time, b.id LIMIT $4
)sql"};

constexpr Statement kPutQuestions{"put_questions", R"sql(
  WITH put AS (
    INSERT INTO consent_requests (id, booking_id, person, guardian_id, token_hash, state,
                                  create_time, expire_time, settle_time)
    SELECT new.id, b.id, b.applicant, g.id, new.token_hash, 'SENDING', dm_time($4),
           least(b.start_time, dm_time($5)), dm_time($6)
    FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS new (id, booking_id, token_hash)
    JOIN bookings AS b ON b.id = new.booking_id AND b.state = 'PENDING_CONSENT'
    JOIN guardians AS g ON g.person = b.applicant AND g.replaced IS NULL
    ON CONFLICT (booking_id) WHERE state IN ('SENDING', 'OPEN') DO NOTHING
    RETURNING id, booking_id, person, guardian_id, expire_time
  )
  SELECT put.id, put.booking_id, put.person, b.session_name, g.display_name, g.email,
         dm_micros(put.expire_time) AS expire_time
  FROM put JOIN guardians AS g ON g.id = put.guardian_id JOIN bookings AS b ON b.id = put.booking_id
  ORDER BY put.id
)sql"};

constexpr Statement kMarkOpen{
    "mark_question_open",
    "UPDATE consent_requests SET state = 'OPEN' WHERE id = $1::uuid AND state = 'SENDING'"};

// Rows in one order, as kCloseStale takes them.
constexpr Statement kKeepSending{"keep_sending_questions", R"sql(
  WITH sending AS (
    SELECT id FROM consent_requests
    WHERE id = ANY ($1::uuid[]) AND state = 'SENDING' ORDER BY id FOR NO KEY UPDATE
  )
  UPDATE consent_requests AS r SET settle_time = dm_time($2)
  FROM sending WHERE r.id = sending.id RETURNING r.id
)sql"};

// Rows in one order, and none that somebody is changing now.
constexpr Statement kCloseStale{"close_stale_questions", R"sql(
  WITH stale AS (
    SELECT r.id,
           CASE WHEN b.state <> 'PENDING_CONSENT' THEN 'MOVED_ON'
                WHEN r.expire_time <= dm_time($1) THEN 'EXPIRED'
                ELSE 'LOST' END AS cause
    FROM consent_requests AS r JOIN bookings AS b ON b.id = r.booking_id
    WHERE r.state IN ('SENDING', 'OPEN')
      AND (b.state <> 'PENDING_CONSENT' OR r.expire_time <= dm_time($1)
           OR (r.state = 'SENDING' AND r.settle_time <= dm_time($1)))
    ORDER BY r.id FOR UPDATE OF r SKIP LOCKED
  )
  UPDATE consent_requests AS r SET state = 'CLOSED', cause = stale.cause
  FROM stale WHERE r.id = stale.id
)sql"};

constexpr std::array<absl::string_view, 4> kStates = {"SENDING", "OPEN", "ANSWERED", "CLOSED"};

ConsentRequestState ParseState(absl::string_view name) {
  for (size_t i = 0; i < kStates.size(); ++i) {
    if (kStates[i] == name) return static_cast<ConsentRequestState>(i);
  }
  return ConsentRequestState::kClosed;
}

constexpr std::array<absl::string_view, 7> kCauses = {
    "REFUSED", "WITHDRAWN", "EXPIRED", "REPLACED", "LOST", "UNDELIVERABLE", "MOVED_ON"};

absl::string_view NameOf(CloseCause cause) { return kCauses[static_cast<size_t>(cause)]; }

}  // namespace

std::string WhoseLink(Transaction& transaction, const std::string& token_hash) {
  const pqxx::result rows = transaction.Exec(kWhoseLink, database::ToBytea(token_hash));
  return rows.empty() ? "" : rows[0][0].c_str();
}

std::optional<ConsentLink> FindConsentLink(Transaction& transaction,
                                           const std::string& token_hash) {
  const pqxx::result rows = transaction.Exec(kFindLink, database::ToBytea(token_hash));
  if (rows.empty()) return std::nullopt;
  const pqxx::row row = rows[0];
  ConsentLink link;
  link.request = {.id = row["asked_id"].c_str(),
                  .state = ParseState(row["asked_state"].c_str()),
                  .guardian_id = row["asked_guardian"].c_str(),
                  .expire_time = FromMicros(row["expire_time"].as<int64_t>()),
                  .booking = ToBookingForConsent(row)};
  if (!row["consent_id"].is_null())
    link.consent = FindConsent(transaction, row["consent_id"].c_str());
  return link;
}

void LockConsentLink(Transaction& transaction, const std::string& token_hash) {
  transaction.Exec(kLockLink, database::ToBytea(token_hash));
}

void MarkAnswered(Transaction& transaction, const std::string& id) {
  transaction.Exec(kMarkAnswered, id);
}

void CloseConsentRequest(Transaction& transaction, const std::string& id, CloseCause cause) {
  transaction.Exec(kClose, id, NameOf(cause));
}

void CloseQuestionsAbout(Transaction& transaction, const std::string& booking_id,
                         CloseCause cause) {
  transaction.Exec(kCloseAbout, booking_id, NameOf(cause));
}

AskedBefore CountQuestions(Transaction& transaction, const std::string& person,
                           const std::string& booking_id, absl::Time since) {
  const pqxx::row row = transaction.Exec(kCountQuestions, person, booking_id, ToMicros(since))[0];
  AskedBefore asked{row["person"].as<int>(), row["booking"].as<int>()};
  if (!row["last"].is_null()) asked.last = FromMicros(row["last"].as<int64_t>());
  asked.undeliverable = row["undeliverable"].as<bool>();
  return asked;
}

std::vector<UnaskedBooking> FindUnasked(Transaction& transaction, absl::Time now, int most_a_day,
                                        int limit) {
  std::vector<UnaskedBooking> bookings;
  for (const pqxx::row& row : transaction.Exec(
           kFindUnasked, ToMicros(now), ToMicros(now - absl::Hours(24)), most_a_day, limit)) {
    bookings.push_back({row["id"].c_str(), row["applicant"].c_str()});
  }
  return bookings;
}

std::vector<PutQuestion> PutQuestions(Transaction& transaction,
                                      const std::vector<NewQuestion>& questions, absl::Time now,
                                      absl::Duration validity, absl::Time settle_time) {
  std::vector<std::string> ids, bookings, hashes;
  for (const NewQuestion& question : questions) {
    ids.push_back(question.id);
    bookings.push_back(question.booking_id);
    hashes.push_back(database::ToBytea(question.token_hash));
  }
  std::vector<PutQuestion> put;
  for (const pqxx::row& row : transaction.Exec(kPutQuestions, ids, bookings, hashes, ToMicros(now),
                                               ToMicros(now + validity), ToMicros(settle_time))) {
    put.push_back({.id = row["id"].c_str(),
                   .booking_id = row["booking_id"].c_str(),
                   .applicant = row["person"].c_str(),
                   .session_name = row["session_name"].c_str(),
                   .display_name = row["display_name"].c_str(),
                   .email = row["email"].c_str(),
                   .expire_time = FromMicros(row["expire_time"].as<int64_t>())});
  }
  return put;
}

void MarkOpen(Transaction& transaction, const std::string& id) { transaction.Exec(kMarkOpen, id); }

std::vector<std::string> KeepSending(Transaction& transaction, const std::vector<std::string>& ids,
                                     absl::Time settle_time) {
  std::vector<std::string> kept;
  for (const pqxx::row& row : transaction.Exec(kKeepSending, ids, ToMicros(settle_time))) {
    kept.emplace_back(row["id"].c_str());
  }
  return kept;
}

void CloseStaleQuestions(Transaction& transaction, absl::Time now) {
  transaction.Exec(kCloseStale, ToMicros(now));
}

}  // namespace dm::booking
