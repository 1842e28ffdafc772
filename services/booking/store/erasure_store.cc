#include "services/booking/store/erasure_store.h"

#include "absl/time/civil_time.h"
#include "services/booking/store/agreement_erasure.h"
#include "services/booking/store/personal_data.h"

#include <algorithm>

namespace dm::booking {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;

constexpr Statement kDepartmentOf{"department_of_person",
                                  "SELECT department FROM applicants WHERE person = $1"};

constexpr Statement kHasAskedForErasure{"has_asked_for_erasure", R"sql(
  SELECT EXISTS (SELECT FROM erasures WHERE person = $1 AND requested_by <> 'system')
)sql"};

// Who comes back after an erasure may be erased again; a repeat of a request that was answered
// changes nothing, however late.
constexpr Statement kRequestErasure{"request_erasure", R"sql(
  INSERT INTO erasures AS known (person, requested, requested_by, request_ids)
  VALUES ($1, dm_time($2), $3, ARRAY[$4::uuid])
  ON CONFLICT ON CONSTRAINT erasures_pkey DO UPDATE
  SET requested = CASE WHEN known.done IS NULL THEN known.requested ELSE excluded.requested END,
      requested_by = CASE WHEN known.done IS NULL THEN known.requested_by
                          ELSE excluded.requested_by END,
      request_ids =
        (known.request_ids || $4::uuid)[greatest(1, cardinality(known.request_ids) - 98):],
      done = NULL, tried = NULL
  WHERE $4::uuid <> ALL (known.request_ids)
)sql"};

constexpr Statement kPeopleToErase{"people_to_erase", R"sql(
  SELECT person FROM erasures
  WHERE done IS NULL AND NOT EXISTS (
    SELECT FROM bookings WHERE applicant = person
      AND state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED'))
  ORDER BY tried NULLS FIRST, requested LIMIT $1
)sql"};

constexpr Statement kPutOffErasure{"put_off_erasure",
                                   "UPDATE erasures SET tried = dm_time($2) WHERE person = $1"};

constexpr Statement kBookingsOf{"bookings_of_person",
                                "SELECT id, department FROM bookings WHERE applicant = $1 "
                                "ORDER BY create_time, id"};

constexpr Statement kFinishErasure{"finish_erasure", R"sql(
  UPDATE erasures SET done = dm_time($2),
    requested_by = CASE requested_by WHEN $1 THEN 'self' ELSE requested_by END
  WHERE person = $1 AND done IS NULL AND NOT EXISTS (
    SELECT FROM bookings WHERE applicant = $1
      AND state IN ('WAITLISTED', 'OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED'))
)sql"};

// A consent to more than the booking, given by its link, is taken back by that link as long as it
// holds: until then the booking stays whose it is.
constexpr Statement kTakeAged{"take_aged_bookings", R"sql(
  SELECT id, session_name, applicant FROM bookings AS b
  WHERE scheme = $1 AND end_time < dm_time($2) AND applicant NOT LIKE 'people/erased-%'
    AND NOT EXISTS (
      SELECT FROM consent_requests AS r JOIN consents AS c ON c.request_id = r.id
      WHERE r.booking_id = b.id AND c.until >= $3::date AND c.withdrawn IS NULL)
  ORDER BY end_time LIMIT $4 FOR UPDATE OF b SKIP LOCKED
)sql"};

// A booking that was made from another one of the same person would say whose that was.
constexpr Statement kForgetRescheduling{"forget_rescheduling", R"sql(
  UPDATE bookings SET rescheduled_from = NULL
  WHERE rescheduled_from IS NOT NULL
    AND (id = ANY ($1::uuid[]) OR rescheduled_from = ANY ($1::uuid[]))
)sql"};

// Before the questions: some are found by them.
constexpr Statement kAnonymizeConsents{"anonymize_consents", R"sql(
  UPDATE consents SET person = aged.pseudonym, guardian_id = NULL
  FROM (
    SELECT c.id, aged.pseudonym
    FROM unnest($1::uuid[], $2::text[]) AS aged (booking, pseudonym)
    JOIN consents AS c ON c.booking_id = aged.booking
    UNION
    SELECT c.id, aged.pseudonym
    FROM unnest($1::uuid[], $2::text[]) AS aged (booking, pseudonym)
    JOIN consent_requests AS r ON r.booking_id = aged.booking
    JOIN consents AS c ON c.request_id = r.id
  ) AS aged
  WHERE consents.id = aged.id
)sql"};

constexpr Statement kAnonymizeQuestions{"anonymize_questions", R"sql(
  UPDATE consent_requests
  SET person = aged.pseudonym, guardian_id = NULL,
      cause = CASE state WHEN 'CLOSED' THEN cause ELSE 'MOVED_ON' END, state = 'CLOSED'
  FROM unnest($1::uuid[], $2::text[]) AS aged (booking, pseudonym)
  WHERE booking_id = aged.booking
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

// Nothing that the person did, and nothing that was said of them, is younger than $1; no booking is
// theirs; no consent holds on $2. An agency's look makes nobody younger.
#define DM_IS_AGED                                                         \
  " NOT EXISTS (SELECT FROM bookings WHERE applicant = person)"            \
  " AND NOT EXISTS (SELECT FROM applicants AS a"                           \
  "   WHERE a.person = old.person AND a.update_time >= dm_time($1))"       \
  " AND NOT EXISTS (SELECT FROM guardians AS g"                            \
  "   WHERE g.person = old.person AND g.create_time >= dm_time($1))"       \
  " AND NOT EXISTS (SELECT FROM consents AS c WHERE c.person = old.person" \
  "   AND (c.decided >= dm_time($1) OR c.withdrawn >= dm_time($1)"         \
  "        OR (c.until >= $2::date AND c.withdrawn IS NULL)))"             \
  " AND NOT EXISTS (SELECT FROM person_history AS h"                       \
  "   WHERE h.actor = old.person AND h.at >= dm_time($1))"                 \
  " AND NOT EXISTS (SELECT FROM erasures AS e WHERE e.person = old.person AND e.done IS NULL)"

constexpr Statement kFindAgedPeople{"find_aged_people", R"sql(
  SELECT person FROM (
    SELECT person FROM applicants WHERE update_time < dm_time($1)
    UNION
    SELECT person FROM guardians
    WHERE create_time < dm_time($1) AND person NOT LIKE 'people/erased-%'
  ) AS old WHERE )sql" DM_IS_AGED " ORDER BY person LIMIT $3"};

constexpr Statement kEraseAgedPeople{"erase_aged_people", R"sql(
  INSERT INTO erasures AS known (person, requested, requested_by)
  SELECT person, dm_time($3), 'system' FROM unnest($4::text[]) AS old (person)
  WHERE )sql" DM_IS_AGED R"sql(
  ON CONFLICT ON CONSTRAINT erasures_pkey DO UPDATE
  SET requested = excluded.requested, requested_by = excluded.requested_by, done = NULL,
      tried = NULL
)sql"};

#undef DM_IS_AGED

// A guardian whom no proof names any more.
constexpr Statement kDropReplacedGuardians{"drop_replaced_guardians", R"sql(
  DELETE FROM guardians WHERE id = ANY (ARRAY(
    SELECT id FROM guardians AS old
    WHERE replaced < dm_time($1)
      AND NOT EXISTS (SELECT FROM consents WHERE consents.guardian_id = old.id)
      AND NOT EXISTS (SELECT FROM consent_requests AS asked WHERE asked.guardian_id = old.id)
    ORDER BY replaced LIMIT $2))
)sql"};

constexpr Statement kDropAnsweredRequests{"drop_answered_requests", R"sql(
  DELETE FROM answered_requests WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM answered_requests WHERE answered < dm_time($1) LIMIT $2))
)sql"};

constexpr Statement kDropForeignReads{"drop_foreign_reads", R"sql(
  DELETE FROM foreign_reads WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM foreign_reads WHERE at < dm_time($1) LIMIT $2))
)sql"};

// Of people of whom nothing else is kept: who asked and was told that there is nothing, or was
// erased.
constexpr Statement kDropPersonHistory{"drop_person_history", R"sql(
  DELETE FROM person_history WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM person_history AS h
    WHERE at < dm_time($1) AND NOT EXISTS (SELECT FROM applicants AS a WHERE a.person = h.person)
      AND NOT EXISTS (SELECT FROM guardians AS g WHERE g.person = h.person)
      AND NOT EXISTS (SELECT FROM bookings AS b WHERE b.applicant = h.person)
    LIMIT $2))
)sql"};

constexpr Statement kDropConsents{"drop_consents_of_nobody", R"sql(
  DELETE FROM consents WHERE id = ANY (ARRAY(
    SELECT id FROM consents
    WHERE person LIKE 'people/erased-%' AND decided < dm_time($1) ORDER BY decided LIMIT $2))
)sql"};

constexpr Statement kDropQuestions{"drop_questions_of_nobody", R"sql(
  DELETE FROM consent_requests WHERE id = ANY (ARRAY(
    SELECT id FROM consent_requests AS asked
    WHERE person LIKE 'people/erased-%' AND create_time < dm_time($1)
      AND NOT EXISTS (SELECT FROM consents WHERE consents.request_id = asked.id)
    ORDER BY create_time LIMIT $2))
)sql"};

constexpr Statement kDropAgreements{"drop_agreements_of_nobody", R"sql(
  DELETE FROM agreements WHERE id = ANY (ARRAY(
    SELECT agreements.id FROM agreements JOIN bookings ON bookings.id = agreements.booking_id
    WHERE content = '' AND agreements.end_time < dm_time($1)
      AND bookings.applicant LIKE 'people/erased-%'
    ORDER BY agreements.end_time LIMIT $2))
  RETURNING id
)sql"};

// It may only go once its agreement has.
constexpr Statement kDropAgreementHistory{
    "drop_history_of_agreements",
    "DELETE FROM agreement_history WHERE agreement_id = ANY ($1::uuid[])"};

constexpr Statement kDropErasures{"drop_erasures", R"sql(
  DELETE FROM erasures WHERE person = ANY (ARRAY(
    SELECT person FROM erasures WHERE done < dm_time($1) ORDER BY done LIMIT $2))
)sql"};

constexpr Statement kDropReceipts{"drop_erasure_receipts", R"sql(
  DELETE FROM erasure_receipts WHERE id = ANY (ARRAY(
    SELECT id FROM erasure_receipts WHERE erased < dm_time($1) ORDER BY erased LIMIT $2))
)sql"};

}  // namespace

std::optional<std::string> DepartmentOf(database::Transaction& transaction,
                                        const std::string& person) {
  const pqxx::result rows = transaction.Exec(kDepartmentOf, person);
  if (rows.empty()) return std::nullopt;
  return std::string(rows[0][0].c_str());
}

bool HasAskedForErasure(database::Transaction& transaction, const std::string& person) {
  return transaction.Exec(kHasAskedForErasure, person)[0][0].as<bool>();
}

bool RequestErasure(database::Transaction& transaction, const std::string& person,
                    const std::string& requested_by, const std::string& request_id,
                    absl::Time now) {
  return transaction.Exec(kRequestErasure, person, ToMicros(now), requested_by, request_id)
             .affected_rows() > 0;
}

std::vector<std::string> PeopleToErase(database::Transaction& transaction, int limit) {
  std::vector<std::string> people;
  for (const pqxx::row& row : transaction.Exec(kPeopleToErase, limit)) {
    people.emplace_back(row[0].c_str());
  }
  return people;
}

void PutOffErasure(database::Transaction& transaction, const std::string& person, absl::Time now) {
  transaction.Exec(kPutOffErasure, person, ToMicros(now));
}

std::vector<BookingToErase> BookingsToErase(database::Transaction& transaction,
                                            const std::string& person) {
  std::vector<BookingToErase> bookings;
  for (const pqxx::row& row : transaction.Exec(kBookingsOf, person)) {
    bookings.push_back({.id = row["id"].c_str(), .department = row["department"].c_str()});
  }
  return bookings;
}

bool Erase(database::Transaction& transaction, const std::string& person,
           const std::string& pseudonym, absl::Time now) {
  if (transaction.Exec(kFinishErasure, person, ToMicros(now)).affected_rows() == 0) return false;
  for (const PersonalTable& table : PersonalTables()) {
    transaction.Exec(table.erase, person, pseudonym);
  }
  return true;
}

std::vector<NamelessBooking> TakeAged(database::Transaction& transaction, Scheme scheme,
                                      absl::Time ended_before, absl::CivilDay today, int limit) {
  std::vector<NamelessBooking> bookings;
  for (const pqxx::row& row :
       transaction.Exec(kTakeAged, SchemeName(scheme), ToMicros(ended_before),
                        absl::FormatCivilTime(today), limit)) {
    bookings.push_back({.id = row["id"].c_str(),
                        .session = row["session_name"].c_str(),
                        .applicant = row["applicant"].c_str(),
                        .pseudonym = ""});
  }
  return bookings;
}

void Anonymize(database::Transaction& transaction, const std::vector<NamelessBooking>& bookings) {
  std::vector<std::string> ids, applicants, pseudonyms;
  for (const NamelessBooking& booking : bookings) {
    ids.push_back(booking.id);
    applicants.push_back(booking.applicant);
    pseudonyms.push_back(booking.pseudonym);
  }
  // They are found by bookings that still have their name.
  AnonymizeAgreements(transaction, ids, applicants, pseudonyms);
  transaction.Exec(kAnonymizeConsents, ids, pseudonyms);
  transaction.Exec(kAnonymizeQuestions, ids, pseudonyms);
  transaction.Exec(kForgetRescheduling, ids);
  transaction.Exec(kAnonymize, ids, applicants, pseudonyms);
}

std::vector<std::string> FindAgedPeople(database::Transaction& transaction,
                                        absl::Time untouched_since, absl::CivilDay today,
                                        int limit) {
  std::vector<std::string> people;
  for (const pqxx::row& row : transaction.Exec(kFindAgedPeople, ToMicros(untouched_since),
                                               absl::FormatCivilTime(today), limit)) {
    people.emplace_back(row[0].c_str());
  }
  return people;
}

int64_t EraseAgedPeople(database::Transaction& transaction, const std::vector<std::string>& people,
                        absl::Time untouched_since, absl::CivilDay today, absl::Time now) {
  return static_cast<int64_t>(transaction
                                  .Exec(kEraseAgedPeople, ToMicros(untouched_since),
                                        absl::FormatCivilTime(today), ToMicros(now), people)
                                  .affected_rows());
}

int64_t DropReplacedGuardians(database::Transaction& transaction, absl::Time replaced_before,
                              int limit) {
  return static_cast<int64_t>(
      transaction.Exec(kDropReplacedGuardians, ToMicros(replaced_before), limit).affected_rows());
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

int64_t DropPersonHistory(database::Transaction& transaction, absl::Time older_than, int limit) {
  return static_cast<int64_t>(
      transaction.Exec(kDropPersonHistory, ToMicros(older_than), limit).affected_rows());
}

int64_t DropProofs(database::Transaction& transaction, absl::Time older_than, int limit) {
  const int64_t before = ToMicros(older_than);
  int64_t rows = 0;
  for (const Statement& drop : {kDropConsents, kDropQuestions, kDropErasures, kDropReceipts}) {
    rows =
        std::max(rows, static_cast<int64_t>(transaction.Exec(drop, before, limit).affected_rows()));
  }
  std::vector<std::string> agreements;
  for (const pqxx::row& row : transaction.Exec(kDropAgreements, before, limit)) {
    agreements.emplace_back(row[0].c_str());
  }
  if (!agreements.empty()) transaction.Exec(kDropAgreementHistory, agreements);
  return std::max(rows, static_cast<int64_t>(agreements.size()));
}

}  // namespace dm::booking
