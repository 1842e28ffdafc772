#include "services/booking/store/signature_store.h"

#include <utility>

namespace dm::booking {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;
using database::Transaction;

std::optional<absl::Time> MaybeTime(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return FromMicros(field.as<int64_t>());
}

constexpr Statement kFindLinkHolder{"find_link_holder", R"sql(
  SELECT agreements.booking_id, agreement_signatories.party
  FROM agreement_signatories JOIN agreements ON agreements.id = agreement_signatories.agreement_id
  WHERE link_hash = $1::bytea AND link_expires > dm_time($2)
)sql"};

constexpr Statement kReadCodeTime{"read_code_time", R"sql(
  SELECT dm_micros(code_time) AS code_time FROM agreement_signatories
  WHERE agreement_id = $1::uuid AND party = $2
)sql"};

constexpr Statement kLockCodeTime{"lock_code_time", R"sql(
  SELECT dm_micros(code_time) AS code_time FROM agreement_signatories
  WHERE agreement_id = $1::uuid AND party = $2 FOR UPDATE
)sql"};

constexpr Statement kCountCodes{"count_codes_sent", R"sql(
  SELECT count(*) AS count, dm_micros(min(at)) AS first FROM agreement_history
  WHERE agreement_id = $1::uuid AND party = $2 AND action = 'CODE_SENT' AND at > dm_time($3)
)sql"};

constexpr Statement kStoreCode{"store_code", R"sql(
  UPDATE agreement_signatories
  SET code_salt = $3::bytea, code_hash = $4::bytea, code_expires = dm_time($5), code_tries = 0,
      code_time = dm_time($6)
  WHERE agreement_id = $1::uuid AND party = $2
)sql"};

constexpr Statement kForgetCode{"forget_code", R"sql(
  UPDATE agreement_signatories
  SET code_salt = NULL, code_hash = NULL, code_expires = NULL, code_time = dm_time($4)
  WHERE agreement_id = $1::uuid AND party = $2 AND code_hash = $3::bytea
)sql"};

constexpr Statement kTakeCodeTry{"take_code_try", R"sql(
  UPDATE agreement_signatories SET code_tries = code_tries + 1
  WHERE agreement_id = $1::uuid AND party = $2 AND signed_time IS NULL AND code_hash IS NOT NULL
    AND code_expires > dm_time($3) AND code_tries < $4
  RETURNING code_salt, code_hash, code_tries
)sql"};

constexpr Statement kSpendCode{"spend_code", R"sql(
  UPDATE agreement_signatories SET code_salt = NULL, code_hash = NULL, code_expires = NULL
  WHERE agreement_id = $1::uuid AND party = $2 AND code_hash = $3::bytea
)sql"};

constexpr Statement kLockToldTime{"lock_told_time", R"sql(
  SELECT dm_micros(told_time) AS told_time FROM agreement_signatories
  WHERE agreement_id = $1::uuid AND party = $2 FOR UPDATE
)sql"};

constexpr Statement kTellAgain{"tell_again", R"sql(
  UPDATE agreement_signatories SET tell_time = dm_time($3)
  WHERE agreement_id = $1::uuid AND party = $2
)sql"};

constexpr Statement kTellings{"tellings_of_agreement", R"sql(
  SELECT count(*) AS count, dm_micros(min(at)) AS first FROM agreement_history
  WHERE agreement_id = $1::uuid AND action IN ('SUBMITTED', 'LINK_RENEWED') AND at > dm_time($2)
)sql"};

std::optional<CodesSent> FindCodesSent(Transaction& transaction, const Statement& code_time,
                                       const std::string& agreement_id, AgreementParty party,
                                       absl::Time now) {
  const pqxx::result rows = transaction.Exec(code_time, agreement_id, AgreementPartyName(party));
  if (rows.empty()) return std::nullopt;
  const pqxx::row day = transaction.Exec(kCountCodes, agreement_id, AgreementPartyName(party),
                                         ToMicros(now - absl::Hours(24)))[0];
  return CodesSent{.in_day = day["count"].as<int>(),
                   .first = MaybeTime(day["first"]).value_or(absl::InfinitePast()),
                   .last = MaybeTime(rows[0]["code_time"]).value_or(absl::InfinitePast())};
}

}  // namespace

std::optional<LinkHolder> FindLinkHolder(Transaction& transaction, const std::string& link_hash,
                                         absl::Time now) {
  const pqxx::result rows =
      transaction.Exec(kFindLinkHolder, database::ToBytea(link_hash), ToMicros(now));
  if (rows.empty()) return std::nullopt;
  return LinkHolder{.booking_id = rows[0]["booking_id"].c_str(),
                    .party = ParseAgreementParty(rows[0]["party"].c_str()).value()};
}

std::optional<CodesSent> ReadCodesSent(Transaction& transaction, const std::string& agreement_id,
                                       AgreementParty party, absl::Time now) {
  return FindCodesSent(transaction, kReadCodeTime, agreement_id, party, now);
}

std::optional<CodesSent> LockCodesSent(Transaction& transaction, const std::string& agreement_id,
                                       AgreementParty party, absl::Time now) {
  return FindCodesSent(transaction, kLockCodeTime, agreement_id, party, now);
}

void StoreCode(Transaction& transaction, const std::string& agreement_id, AgreementParty party,
               const KeptCode& code, absl::Time expires, absl::Time now) {
  transaction.Exec(kStoreCode, agreement_id, AgreementPartyName(party),
                   database::ToBytea(code.salt), database::ToBytea(code.hash), ToMicros(expires),
                   ToMicros(now));
}

void ForgetCode(Transaction& transaction, const std::string& agreement_id, AgreementParty party,
                const KeptCode& code, absl::Time last_before) {
  // One that was never sent is NULL.
  std::optional<int64_t> last;
  if (last_before != absl::InfinitePast()) last = ToMicros(last_before);
  transaction.Exec(kForgetCode, agreement_id, AgreementPartyName(party),
                   database::ToBytea(code.hash), last);
}

std::optional<CodeTry> TakeCodeTry(Transaction& transaction, const std::string& agreement_id,
                                   AgreementParty party, absl::Time now) {
  const pqxx::result rows = transaction.Exec(kTakeCodeTry, agreement_id, AgreementPartyName(party),
                                             ToMicros(now), kCodeTries);
  if (rows.empty()) return std::nullopt;
  return CodeTry{.code = {.salt = database::FromBytea(rows[0]["code_salt"]),
                          .hash = database::FromBytea(rows[0]["code_hash"])},
                 .tries_left = kCodeTries - rows[0]["code_tries"].as<int>()};
}

bool SpendCode(Transaction& transaction, const std::string& agreement_id, AgreementParty party,
               const KeptCode& code) {
  return transaction
             .Exec(kSpendCode, agreement_id, AgreementPartyName(party),
                   database::ToBytea(code.hash))
             .affected_rows() == 1;
}

std::optional<ToldBefore> LockToldTime(Transaction& transaction, const std::string& agreement_id,
                                       AgreementParty party) {
  const pqxx::result rows =
      transaction.Exec(kLockToldTime, agreement_id, AgreementPartyName(party));
  if (rows.empty()) return std::nullopt;
  return ToldBefore{MaybeTime(rows[0]["told_time"])};
}

void TellAgain(Transaction& transaction, const std::string& agreement_id, AgreementParty party,
               absl::Time now) {
  transaction.Exec(kTellAgain, agreement_id, AgreementPartyName(party), ToMicros(now));
}

Tellings TellingsOf(Transaction& transaction, const std::string& agreement_id, absl::Time now) {
  const pqxx::row row =
      transaction.Exec(kTellings, agreement_id, ToMicros(now - absl::Hours(24)))[0];
  return {.count = row["count"].as<int>(),
          .first = MaybeTime(row["first"]).value_or(absl::InfinitePast())};
}

namespace {

// Each time a new link: one that was lost on the way is dead.
constexpr Statement kTakePartyToTell{"take_party_to_tell", R"sql(
  WITH due AS (
    SELECT agreement_id, party FROM agreement_signatories
    WHERE tell_time <= dm_time($1) AND signed_time IS NULL
    ORDER BY tell_time LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  UPDATE agreement_signatories AS signatory
  SET tell_time = dm_time($2), link_hash = $3::bytea,
      link_expires = least(dm_time($4), agreements.start_time)
  FROM due, agreements JOIN bookings ON bookings.id = agreements.booking_id
  WHERE signatory.agreement_id = due.agreement_id AND signatory.party = due.party
    AND agreements.id = due.agreement_id
  RETURNING signatory.agreement_id, agreements.booking_id, applicant, host, session_name,
            signatory.party, signatory.display_name, signatory.email,
            dm_micros(signatory.link_expires) AS link_expires
)sql"};

constexpr Statement kMarkTold{"mark_told", R"sql(
  UPDATE agreement_signatories SET tell_time = NULL, told_time = dm_time($3)
  WHERE agreement_id = $1::uuid AND party = $2 AND link_hash = $4::bytea
)sql"};

constexpr Statement kMarkUnreachable{"mark_unreachable", R"sql(
  WITH given_up AS (
    UPDATE agreement_signatories SET tell_time = NULL, link_hash = NULL
    WHERE agreement_id = $1::uuid AND party = $2 AND link_hash = $4::bytea
    RETURNING agreement_id
  )
  INSERT INTO agreement_history (agreement_id, version, at, person, party, action, to_state,
                                 document_hash)
  SELECT id, version, dm_time($3), '', $2, 'UNREACHABLE', state, document_hash
  FROM agreements JOIN given_up ON given_up.agreement_id = agreements.id
)sql"};

}  // namespace

absl::StatusOr<std::optional<PartyToTell>> PartyQueue::Take(const std::string& link_hash,
                                                            absl::Time link_expires, absl::Time now,
                                                            absl::Time again,
                                                            absl::Time deadline) const {
  using Taken = absl::StatusOr<std::optional<PartyToTell>>;
  return database_->Write(deadline, [&](Transaction& transaction) -> Taken {
    const pqxx::result rows =
        transaction.Exec(kTakePartyToTell, ToMicros(now), ToMicros(again),
                         database::ToBytea(link_hash), ToMicros(link_expires));
    if (rows.empty()) return std::optional<PartyToTell>();
    const pqxx::row row = rows[0];
    return std::optional<PartyToTell>(
        {.agreement_id = row["agreement_id"].c_str(),
         .booking_id = row["booking_id"].c_str(),
         .applicant = row["applicant"].c_str(),
         .host = row["host"].c_str(),
         .session_name = row["session_name"].c_str(),
         .signatory = {.party = ParseAgreementParty(row["party"].c_str()).value(),
                       .display_name = row["display_name"].c_str(),
                       .email = row["email"].c_str(),
                       .told = {},
                       .signature = {}},
         .link_expires = FromMicros(row["link_expires"].as<int64_t>())});
  });
}

absl::Status PartyQueue::MarkTold(const PartyToTell& told, const std::string& link_hash,
                                  absl::Time now, absl::Time deadline) const {
  return Settle(kMarkTold, told, link_hash, now, deadline);
}

absl::Status PartyQueue::MarkUnreachable(const PartyToTell& party, const std::string& link_hash,
                                         absl::Time now, absl::Time deadline) const {
  return Settle(kMarkUnreachable, party, link_hash, now, deadline);
}

absl::Status PartyQueue::Settle(const Statement& statement, const PartyToTell& party,
                                const std::string& link_hash, absl::Time now,
                                absl::Time deadline) const {
  return database_->Write(deadline, [&](Transaction& transaction) {
    transaction.Exec(statement, party.agreement_id, AgreementPartyName(party.signatory.party),
                     ToMicros(now), database::ToBytea(link_hash));
    return absl::OkStatus();
  });
}

}  // namespace dm::booking
