#include "services/booking/store/consent_store.h"

#include "absl/strings/escaping.h"
#include "common/time/clock.h"
#include "services/booking/store/consent_rows.h"

namespace dm::booking {
namespace {

using database::Statement;
using database::ToMicros;
using database::Transaction;

constexpr Statement kAddConsents{"add_consents", R"sql(
  INSERT INTO consents (id, person, decision, scope, booking_id, scheme, until, decided, method,
                        guardian_id, request_id, text_version, text_hash, recorded_by, signed,
                        start_time, end_time)
  SELECT id, person, decision, scope, booking_id, scheme, until, dm_time(decided), method,
         guardian_id, request_id, text_version, text_hash, recorded_by, signed,
         dm_time(start_time), dm_time(end_time)
  FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::date[],
              $8::bigint[], $9::text[], $10::uuid[], $11::uuid[], $12::int[], $13::bytea[],
              $14::text[], $15::date[], $16::bigint[], $17::bigint[])
         AS added (id, person, decision, scope, booking_id, scheme, until, decided, method,
                   guardian_id, request_id, text_version, text_hash, recorded_by, signed,
                   start_time, end_time)
)sql"};

constexpr Statement kFindConsent{
    "find_consent", "SELECT " DM_CONSENT_COLUMNS " FROM consents AS c WHERE c.id = $1::uuid"};

constexpr Statement kListConsents{"list_consents", "SELECT " DM_CONSENT_COLUMNS R"sql(
  FROM consents AS c
  WHERE c.person = $1 AND ($2::bigint IS NULL OR (c.decided, c.id) < (dm_time($2), $3::uuid))
  ORDER BY c.decided DESC, c.id DESC LIMIT $4
)sql"};

constexpr Statement kWithdrawConsent{"withdraw_consent", R"sql(
  UPDATE consents SET withdrawn = dm_time($3), withdrawn_by = $2
  WHERE id = $1::uuid AND decision = 'GIVEN' AND withdrawn IS NULL
)sql"};

constexpr Statement kFindPaperConsents{"find_paper_consents", R"sql(
  SELECT person, max(until) AS until FROM consents
  WHERE person = ANY ($1::text[]) AND decision = 'GIVEN' AND scope = 'ALL' AND method = 'PAPER'
    AND withdrawn IS NULL
  GROUP BY person
)sql"};

constexpr Statement kFindBooking{"find_booking_for_consent", R"sql(
  SELECT id AS booking_id, applicant, session_name, session_title, department, state, scheme,
         dm_micros(start_time) AS start_time, dm_micros(end_time) AS end_time
  FROM bookings WHERE id = $1::uuid
)sql"};

std::optional<std::string> OrNull(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

std::optional<std::string> OrNull(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? std::optional(absl::FormatCivilTime(*day)) : std::nullopt;
}

}  // namespace

void AddConsents(Transaction& transaction, const std::vector<ConsentRecord>& consents) {
  if (consents.empty()) return;
  std::vector<std::string> ids, people, decisions, scopes, schemes, methods;
  std::vector<std::optional<std::string>> bookings, untils, guardians, requests, versions, hashes,
      recorders, signed_days;
  std::vector<int64_t> times;
  std::vector<std::optional<int64_t>> starts, ends;
  for (const ConsentRecord& record : consents) {
    const Consent& consent = record.consent;
    const bool by_link = record.method == ConsentMethod::kLink;
    ids.push_back(record.id);
    people.push_back(record.person);
    decisions.emplace_back(consent.given ? "GIVEN" : "REFUSED");
    scopes.emplace_back(ConsentScopeName(consent.scope));
    bookings.push_back(OrNull(consent.booking_id));
    schemes.emplace_back(consent.scheme.has_value() ? SchemeName(*consent.scheme) : "");
    untils.push_back(OrNull(consent.until));
    times.push_back(ToMicros(consent.decided));
    methods.emplace_back(ConsentMethodName(record.method));
    guardians.push_back(OrNull(record.guardian_id));
    requests.push_back(OrNull(record.request_id));
    versions.push_back(by_link ? std::optional(std::to_string(record.text_version)) : std::nullopt);
    hashes.push_back(
        by_link ? std::optional(database::ToBytea(absl::HexStringToBytes(record.text_hash)))
                : std::nullopt);
    recorders.push_back(OrNull(record.recorded_by));
    signed_days.push_back(OrNull(record.signed_day));
    const bool one = consent.scope == Consent::Scope::kBooking;
    starts.push_back(one ? std::optional(ToMicros(consent.start_time)) : std::nullopt);
    ends.push_back(one ? std::optional(ToMicros(consent.end_time)) : std::nullopt);
  }
  transaction.Exec(kAddConsents, ids, people, decisions, scopes, bookings, schemes, untils, times,
                   methods, guardians, requests, versions, hashes, recorders, signed_days, starts,
                   ends);
}

std::optional<ConsentRecord> FindConsent(Transaction& transaction, const std::string& id) {
  const pqxx::result rows = transaction.Exec(kFindConsent, id);
  if (rows.empty()) return std::nullopt;
  return ToConsentRecord(rows[0]);
}

std::vector<ConsentRecord> ListConsents(Transaction& transaction, const std::string& person,
                                        const std::optional<ConsentPosition>& after, int limit) {
  std::optional<int64_t> after_micros;
  std::optional<std::string> after_id;
  if (after.has_value()) {
    after_micros = after->decided_micros;
    after_id = after->id;
  }
  std::vector<ConsentRecord> consents;
  for (const pqxx::row& row :
       transaction.Exec(kListConsents, person, after_micros, after_id, limit)) {
    consents.push_back(ToConsentRecord(row));
  }
  return consents;
}

bool WithdrawConsent(Transaction& transaction, const std::string& id, const std::string& by,
                     absl::Time now) {
  return transaction.Exec(kWithdrawConsent, id, by, ToMicros(now)).affected_rows() == 1;
}

std::vector<PaperConsent> FindPaperConsents(Transaction& transaction,
                                            const std::vector<std::string>& people) {
  std::vector<PaperConsent> found;
  for (const pqxx::row& row : transaction.Exec(kFindPaperConsents, people)) {
    found.push_back({row["person"].c_str(), ParseCivilDay(row["until"].c_str()).value()});
  }
  return found;
}

std::optional<BookingForConsent> FindBookingForConsent(Transaction& transaction,
                                                       const std::string& id) {
  const pqxx::result rows = transaction.Exec(kFindBooking, id);
  if (rows.empty()) return std::nullopt;
  return ToBookingForConsent(rows[0]);
}

}  // namespace dm::booking
