#include "services/booking/store/erasure_store.h"

#include "services/booking/store/agreement_store.h"
#include "services/booking/store/personal_data.h"

namespace dm::booking {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;

constexpr Statement kIsKnown{"is_known", R"sql(
  SELECT EXISTS (SELECT FROM applicants WHERE person = $1)
      OR EXISTS (SELECT FROM bookings WHERE applicant = $1)
      OR EXISTS (SELECT FROM guardians WHERE person = $1)
      OR EXISTS (SELECT FROM erasures WHERE person = $1)
)sql"};

constexpr Statement kDepartmentOf{"department_of_person",
                                  "SELECT department FROM applicants WHERE person = $1"};

constexpr Statement kFindErasure{"find_erasure", R"sql(
  SELECT dm_micros(requested) AS requested, dm_micros(done) AS done
  FROM erasures WHERE person = $1
)sql"};

// Who comes back after an erasure may be erased again.
constexpr Statement kRequestErasure{"request_erasure", R"sql(
  INSERT INTO erasures (person, requested, requested_by) VALUES ($1, dm_time($2), $3)
  ON CONFLICT ON CONSTRAINT erasures_pkey DO UPDATE
  SET requested = excluded.requested, requested_by = excluded.requested_by, done = NULL
  WHERE erasures.done IS NOT NULL
    AND (EXISTS (SELECT FROM applicants WHERE person = $1)
         OR EXISTS (SELECT FROM bookings WHERE applicant = $1))
)sql"};

constexpr Statement kPeopleToErase{"people_to_erase", R"sql(
  SELECT person FROM erasures
  WHERE done IS NULL AND NOT EXISTS (
    SELECT FROM bookings WHERE applicant = person
      AND state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED'))
  ORDER BY requested LIMIT $1
)sql"};

constexpr Statement kFinishErasure{"finish_erasure", R"sql(
  UPDATE erasures SET done = dm_time($2),
    requested_by = CASE requested_by WHEN $1 THEN 'self' ELSE requested_by END
  WHERE person = $1 AND done IS NULL AND NOT EXISTS (
    SELECT FROM bookings WHERE applicant = $1
      AND state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED'))
)sql"};

constexpr Statement kTakeAged{"take_aged_bookings", R"sql(
  SELECT id, applicant FROM bookings
  WHERE scheme = $1 AND end_time < dm_time($2) AND applicant NOT LIKE 'people/erased-%'
  ORDER BY end_time LIMIT $3 FOR UPDATE SKIP LOCKED
)sql"};

constexpr Statement kAnonymize{"anonymize_bookings", R"sql(
  WITH aged AS (
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[]) AS aged (id, applicant, pseudonym)
  ), steps AS (
    UPDATE transitions SET person = aged.pseudonym
    FROM aged WHERE booking_id = aged.id AND person = aged.applicant
  ), opinions AS (
    UPDATE feedback
    SET comment = '',
        person = CASE person WHEN aged.applicant THEN aged.pseudonym ELSE person END
    FROM aged WHERE booking_id = aged.id
  )
  UPDATE bookings SET applicant = aged.pseudonym, reason = ''
  FROM aged WHERE bookings.id = aged.id
)sql"};

constexpr Statement kDropAnsweredRequests{"drop_answered_requests", R"sql(
  DELETE FROM answered_requests WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM answered_requests WHERE answered < dm_time($1) LIMIT $2))
)sql"};

constexpr Statement kDropForeignReads{"drop_foreign_reads", R"sql(
  DELETE FROM foreign_reads WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM foreign_reads WHERE at < dm_time($1) LIMIT $2))
)sql"};

}  // namespace

bool IsKnown(database::Transaction& transaction, const std::string& person) {
  return transaction.Exec(kIsKnown, person)[0][0].as<bool>();
}

std::optional<std::string> DepartmentOf(database::Transaction& transaction,
                                        const std::string& person) {
  const pqxx::result rows = transaction.Exec(kDepartmentOf, person);
  if (rows.empty()) return std::nullopt;
  return std::string(rows[0][0].c_str());
}

std::optional<Erasure> FindErasure(database::Transaction& transaction, const std::string& person) {
  const pqxx::result rows = transaction.Exec(kFindErasure, person);
  if (rows.empty()) return std::nullopt;
  Erasure erasure = {.person = person,
                     .requested = FromMicros(rows[0]["requested"].as<int64_t>()),
                     .done = std::nullopt};
  if (!rows[0]["done"].is_null()) erasure.done = FromMicros(rows[0]["done"].as<int64_t>());
  return erasure;
}

void RequestErasure(database::Transaction& transaction, const std::string& person,
                    const std::string& requested_by, absl::Time now) {
  transaction.Exec(kRequestErasure, person, ToMicros(now), requested_by);
}

std::vector<std::string> PeopleToErase(database::Transaction& transaction, int limit) {
  std::vector<std::string> people;
  for (const pqxx::row& row : transaction.Exec(kPeopleToErase, limit)) {
    people.emplace_back(row[0].c_str());
  }
  return people;
}

bool Erase(database::Transaction& transaction, const std::string& person,
           const std::string& pseudonym, absl::Time now) {
  if (transaction.Exec(kFinishErasure, person, ToMicros(now)).affected_rows() == 0) return false;
  for (const PersonalTable& table : PersonalTables()) {
    transaction.Exec(table.erase, person, pseudonym);
  }
  return true;
}

std::vector<AgedBooking> TakeAged(database::Transaction& transaction, Scheme scheme,
                                  absl::Time ended_before, int limit) {
  std::vector<AgedBooking> bookings;
  for (const pqxx::row& row :
       transaction.Exec(kTakeAged, SchemeName(scheme), ToMicros(ended_before), limit)) {
    bookings.push_back({.id = row["id"].c_str(), .applicant = row["applicant"].c_str()});
  }
  return bookings;
}

void Anonymize(database::Transaction& transaction, const std::vector<AgedBooking>& bookings,
               const std::vector<std::string>& pseudonyms) {
  std::vector<std::string> ids, applicants;
  for (const AgedBooking& booking : bookings) {
    ids.push_back(booking.id);
    applicants.push_back(booking.applicant);
  }
  // They are found by bookings that still have their name.
  AnonymizeAgreements(transaction, ids, applicants, pseudonyms);
  transaction.Exec(kAnonymize, ids, applicants, pseudonyms);
}

int64_t DropAnsweredRequests(database::Transaction& transaction, absl::Time answered_before,
                             int limit) {
  return static_cast<int64_t>(
      transaction.Exec(kDropAnsweredRequests, ToMicros(answered_before), limit).affected_rows());
}

int64_t DropForeignReads(database::Transaction& transaction, absl::Time read_before, int limit) {
  return static_cast<int64_t>(
      transaction.Exec(kDropForeignReads, ToMicros(read_before), limit).affected_rows());
}

}  // namespace dm::booking
