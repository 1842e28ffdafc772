#include "services/booking/store/agreement_store.h"

#include "services/booking/domain/agreement_refusals.h"
#include "services/booking/store/agreement_rows.h"
#include "services/booking/store/people_lock.h"
#include "services/booking/store/rows.h"

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

std::optional<int64_t> MaybeMicros(const std::optional<absl::Time>& time) {
  if (!time.has_value()) return std::nullopt;
  return ToMicros(*time);
}

constexpr Statement kReadSignatories{"read_agreement_signatories", R"sql(
  SELECT party, display_name, email, dm_micros(told_time) AS told_time, dm_micros(signed_time) AS signed_time, signed_method,
         signed_hash, signed_by
  FROM agreement_signatories WHERE agreement_id = $1::uuid ORDER BY place
)sql"};

constexpr Statement kReadReports{"read_agreement_reports", R"sql(
  SELECT party, person, dm_micros(at) AS at, activities, assessment, rating, would_go_on
  FROM agreement_reports WHERE agreement_id = $1::uuid ORDER BY party
)sql"};

Signatory ToSignatory(const pqxx::row& row) {
  Signatory signatory{.party = ParseAgreementParty(row["party"].c_str()).value(),
                      .display_name = row["display_name"].c_str(),
                      .email = row["email"].c_str(),
                      .told = MaybeTime(row["told_time"]),
                      .signature = {}};
  if (!row["signed_time"].is_null()) {
    signatory.signature =
        Signature{.time = FromMicros(row["signed_time"].as<int64_t>()),
                  .method = ParseSignatureMethod(row["signed_method"].c_str()).value(),
                  .document_hash = row["signed_hash"].c_str(),
                  .person = row["signed_by"].c_str()};
  }
  return signatory;
}

StayReport ToReport(const pqxx::row& row) {
  return {.party = ParseAgreementParty(row["party"].c_str()).value(),
          .person = row["person"].c_str(),
          .time = FromMicros(row["at"].as<int64_t>()),
          .activities = row["activities"].c_str(),
          .assessment = row["assessment"].c_str(),
          .rating = row["rating"].as<int>(),
          .would_go_on = row["would_go_on"].as<bool>()};
}

absl::StatusOr<Agreement> ToAgreement(Transaction& transaction, const pqxx::row& row) {
  Agreement agreement = ToAgreementWithoutContent(row);
  // '' once erased.
  if (const std::string content = row["content"].c_str(); !content.empty()) {
    absl::StatusOr<AgreementContent> parsed = ParseContent(content);
    if (!parsed.ok()) return parsed.status();
    agreement.content = *std::move(parsed);
  }
  for (const pqxx::row& signatory : transaction.Exec(kReadSignatories, agreement.id)) {
    agreement.signatories.push_back(ToSignatory(signatory));
  }
  for (const pqxx::row& report : transaction.Exec(kReadReports, agreement.id)) {
    agreement.reports.push_back(ToReport(report));
  }
  return agreement;
}

constexpr Statement kReadBooking{"read_booking_of_agreement",
                                 "SELECT " DM_BOOKING_COLUMNS " FROM bookings WHERE id = $1::uuid"};
constexpr Statement kLockBooking{"lock_booking_of_agreement",
                                 "SELECT " DM_BOOKING_COLUMNS
                                 " FROM bookings WHERE id = $1::uuid FOR NO KEY UPDATE"};
constexpr Statement kReadAgreement{"read_agreement",
                                   "SELECT " DM_AGREEMENT_COLUMNS
                                   " FROM agreements WHERE booking_id = $1::uuid"};
constexpr Statement kLockAgreement{"lock_agreement",
                                   "SELECT " DM_AGREEMENT_COLUMNS
                                   " FROM agreements WHERE booking_id = $1::uuid FOR UPDATE"};

using MaybeFound = absl::StatusOr<std::optional<BookingWithAgreement>>;

MaybeFound Load(Transaction& transaction, const Statement& booking, const Statement& agreement,
                const std::string& booking_id) {
  const pqxx::result bookings = transaction.Exec(booking, booking_id);
  if (bookings.empty()) return std::optional<BookingWithAgreement>();
  BookingWithAgreement stay{.booking = ToBooking(bookings[0]), .agreement = {}};
  const pqxx::result agreements = transaction.Exec(agreement, booking_id);
  if (!agreements.empty()) {
    absl::StatusOr<Agreement> read = ToAgreement(transaction, agreements[0]);
    if (!read.ok()) return read.status();
    stay.agreement = *std::move(read);
  }
  return std::optional<BookingWithAgreement>(std::move(stay));
}

constexpr Statement kAddAgreement{"add_agreement", R"sql(
  INSERT INTO agreements (id, booking_id, scheme, state, version, content, start_time, end_time,
                          create_time, update_time, why, review_time)
  VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6, dm_time($7), dm_time($8), dm_time($9), dm_time($9),
          $10, dm_time($11))
)sql"};

constexpr Statement kChangeAgreement{"change_agreement", R"sql(
  UPDATE agreements
  SET state = $3, version = $4, content = $5, document = $6, document_hash = $7,
      start_time = dm_time($8), end_time = dm_time($9), update_time = dm_time($10),
      recommended_by = $11, recommended_time = dm_time($12), validated_by = $13,
      validated_time = dm_time($14), reason = $15, why = $16, review_time = dm_time($17)
  WHERE id = $1::uuid AND version = $2
)sql"};

constexpr Statement kAddSignatories{"add_agreement_signatories", R"sql(
  INSERT INTO agreement_signatories (agreement_id, party, place, display_name, email, tell_time)
  SELECT $1::uuid, party, place, display_name, email, dm_time($5)
  FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY
         AS given (party, display_name, email, place)
)sql"};

constexpr Statement kClearSignatories{
    "clear_agreement_signatories",
    "DELETE FROM agreement_signatories WHERE agreement_id = $1::uuid"};

constexpr Statement kStopTelling{"stop_telling_signatories",
                                 "UPDATE agreement_signatories SET tell_time = NULL "
                                 "WHERE agreement_id = $1::uuid AND tell_time IS NOT NULL"};

constexpr Statement kSign{"sign_agreement", R"sql(
  UPDATE agreement_signatories
  SET signed_time = dm_time($3), signed_method = $4, signed_hash = $5, signed_by = $6,
      tell_time = NULL
  WHERE agreement_id = $1::uuid AND party = $2 AND signed_time IS NULL
)sql"};

constexpr Statement kStoreReport{"store_agreement_report", R"sql(
  INSERT INTO agreement_reports
    (agreement_id, party, person, at, activities, assessment, rating, would_go_on)
  VALUES ($1::uuid, $2, $3, dm_time($4), $5, $6, $7, $8)
  ON CONFLICT (agreement_id, party) DO UPDATE
  SET person = excluded.person, at = excluded.at, activities = excluded.activities,
      assessment = excluded.assessment, rating = excluded.rating,
      would_go_on = excluded.would_go_on
)sql"};

constexpr Statement kTellLedger{"tell_ledger_of_agreement", R"sql(
  UPDATE bookings SET agreement_validated = $2
  WHERE id = $1::uuid AND agreement_validated IS DISTINCT FROM $2
)sql"};

constexpr Statement kStoreLook{
    "store_agreement_look", "UPDATE agreements SET review_time = dm_time($2) WHERE id = $1::uuid"};

constexpr Statement kAddHistory{"add_agreement_history", R"sql(
  INSERT INTO agreement_history
    (agreement_id, version, at, person, party, action, from_state, to_state, document_hash)
  VALUES ($1::uuid, $2, dm_time($3), $4, $5, $6, $7, $8, $9)
)sql"};

void AddSignatories(Transaction& transaction, const Agreement& agreement, absl::Time now) {
  std::vector<std::string> parties, names, emails;
  for (const Signatory& signatory : agreement.signatories) {
    parties.emplace_back(AgreementPartyName(signatory.party));
    names.push_back(signatory.display_name);
    emails.push_back(signatory.email);
  }
  transaction.Exec(kAddSignatories, agreement.id, parties, names, emails, ToMicros(now));
}

void StoreReport(Transaction& transaction, const Agreement& agreement, AgreementParty party) {
  for (const StayReport& report : agreement.reports) {
    if (report.party != party) continue;
    transaction.Exec(kStoreReport, agreement.id, AgreementPartyName(party), report.person,
                     ToMicros(report.time), report.activities, report.assessment, report.rating,
                     report.would_go_on);
  }
}

// Whether the row was there to be signed.
bool StoreSignature(Transaction& transaction, const Agreement& agreement, AgreementParty party) {
  const Signature& signature = *agreement.FindSignatory(party)->signature;
  const pqxx::result result = transaction.Exec(
      kSign, agreement.id, AgreementPartyName(party), ToMicros(signature.time),
      SignatureMethodName(signature.method), signature.document_hash, signature.person);
  return result.affected_rows() == 1;
}

bool ChangeRow(Transaction& transaction, const Agreement& agreement) {
  const auto person = [](const std::optional<ReviewMark>& mark) {
    return mark.has_value() ? std::optional(mark->person) : std::nullopt;
  };
  const auto micros = [](const std::optional<ReviewMark>& mark) {
    return mark.has_value() ? std::optional(ToMicros(mark->time)) : std::nullopt;
  };
  const pqxx::result result = transaction.Exec(
      kChangeAgreement, agreement.id, agreement.version - 1, AgreementStateName(agreement.state),
      agreement.version, ContentText(agreement.content), agreement.document,
      agreement.document_hash, ToMicros(agreement.start_time), ToMicros(agreement.end_time),
      ToMicros(agreement.update_time), person(agreement.recommended), micros(agreement.recommended),
      person(agreement.validated), micros(agreement.validated), agreement.reason, agreement.why,
      MaybeMicros(NextAgreementReview(agreement)));
  return result.affected_rows() == 1;
}

void AddRow(Transaction& transaction, const Agreement& agreement) {
  transaction.Exec(kAddAgreement, agreement.id, agreement.booking_id, SchemeName(agreement.scheme),
                   AgreementStateName(agreement.state), agreement.version,
                   ContentText(agreement.content), ToMicros(agreement.start_time),
                   ToMicros(agreement.end_time), ToMicros(agreement.create_time), agreement.why,
                   MaybeMicros(NextAgreementReview(agreement)));
}

void TellLedger(Transaction& transaction, const Booking& booking, bool validated, absl::Time now) {
  transaction.Exec(kTellLedger, booking.id, validated);
  RequestReview(transaction, {booking.applicant}, now);
}

}  // namespace

MaybeFound ReadBookingWithAgreement(Transaction& transaction, const std::string& booking_id) {
  return Load(transaction, kReadBooking, kReadAgreement, booking_id);
}

MaybeFound LockBookingWithAgreement(Transaction& transaction, const std::string& booking_id) {
  // Whose booking it is never changes.
  const pqxx::result bookings = transaction.Exec(kReadBooking, booking_id);
  if (bookings.empty()) return std::optional<BookingWithAgreement>();
  LockPeople(transaction, {bookings[0]["applicant"].c_str()});
  return Load(transaction, kLockBooking, kLockAgreement, booking_id);
}

absl::Status StoreAgreementChange(Transaction& transaction, const AgreementChange& change,
                                  const Booking& booking, absl::Time now) {
  const Agreement& after = change.after;
  if (!change.from.has_value()) {
    AddRow(transaction, after);
  } else if (!ChangeRow(transaction, after)) {
    return absl::AbortedError("an agreement changed while it was locked");
  }
  switch (change.effect) {
    case AgreementEffect::kFixesText:
      AddSignatories(transaction, after, now);
      break;
    case AgreementEffect::kSigns:
      if (!StoreSignature(transaction, after, change.party)) {
        return absl::AbortedError("a signature was given while the agreement was locked");
      }
      break;
    case AgreementEffect::kClearsSignatures:
      transaction.Exec(kClearSignatories, after.id);
      break;
    case AgreementEffect::kValidates:
      TellLedger(transaction, booking, true, now);
      break;
    case AgreementEffect::kInvalidates:
      TellLedger(transaction, booking, false, now);
      break;
    case AgreementEffect::kFollowsBooking:
      transaction.Exec(kClearSignatories, after.id);
      TellLedger(transaction, booking, false, now);
      break;
    case AgreementEffect::kReports:
      StoreReport(transaction, after, change.party);
      break;
    case AgreementEffect::kRecommends:
    case AgreementEffect::kNone:
      break;
  }
  if (change.from == AgreementState::kSigning && after.state != AgreementState::kSigning) {
    transaction.Exec(kStopTelling, after.id);
  }
  const std::optional<std::string> from =
      change.from.has_value() ? std::optional<std::string>(AgreementStateName(*change.from))
                              : std::nullopt;
  transaction.Exec(kAddHistory, after.id, after.version, ToMicros(now), change.person,
                   AgreementPartyName(change.party), after.why, from,
                   AgreementStateName(after.state), after.document_hash);
  return absl::OkStatus();
}

void StoreAgreementLook(Transaction& transaction, const Agreement& agreement) {
  transaction.Exec(kStoreLook, agreement.id, MaybeMicros(NextAgreementReview(agreement)));
}

void AddAgreementHistory(Transaction& transaction, const Agreement& agreement, AgreementParty party,
                         const std::string& person, absl::string_view action, absl::Time now) {
  transaction.Exec(kAddHistory, agreement.id, agreement.version, ToMicros(now), person,
                   AgreementPartyName(party), action, std::optional<std::string>(),
                   AgreementStateName(agreement.state), agreement.document_hash);
}

namespace {

constexpr Statement kOtherStays{"other_stays", "SELECT " DM_BOOKING_COLUMNS R"sql(,
    (SELECT content FROM agreements
     WHERE booking_id = bookings.id
       AND agreements.start_time = bookings.start_time AND agreements.end_time = bookings.end_time
       AND agreements.state IN ('DRAFT', 'SIGNING', 'IN_REVIEW', 'VALIDATED')) AS content
  FROM bookings
  WHERE applicant = $1 AND id <> $2::uuid AND bookings.start_time >= dm_time($3)
    AND state IN ('OFFERED', 'PENDING_CONSENT', 'PENDING_HOST', 'CONFIRMED', 'COMPLETED')
  ORDER BY bookings.start_time, id)sql"};

constexpr Statement kFindAgreementAnswer{"find_agreement_answer", R"sql(
  SELECT answer FROM agreement_answers WHERE person = $1 AND request_id = $2::uuid
)sql"};

constexpr Statement kKeepAgreementAnswer{"keep_agreement_answer", R"sql(
  INSERT INTO agreement_answers (person, request_id, agreement_id, answer)
  VALUES ($1, $2::uuid, $3::uuid, $4::bytea)
)sql"};

}  // namespace

absl::StatusOr<std::vector<CountedStay>> OtherStays(Transaction& transaction,
                                                    const Booking& booking, absl::Time since) {
  std::vector<CountedStay> stays;
  for (const pqxx::row& row :
       transaction.Exec(kOtherStays, booking.applicant, booking.id, ToMicros(since))) {
    CountedStay stay{.booking = ToBooking(row), .agreed_days = {}};
    if (const std::string text = row["content"].c_str(); !text.empty()) {
      absl::StatusOr<AgreementContent> content = ParseContent(text);
      if (!content.ok()) return content.status();
      stay.agreed_days = std::move(content->stay.schedule);
    }
    stays.push_back(std::move(stay));
  }
  return stays;
}

absl::StatusOr<std::optional<std::string>> FindAgreementAnswer(Transaction& transaction,
                                                               const WriteRequest& request,
                                                               const std::string& booking_id) {
  const auto answered = FindAnswer(transaction, request);
  if (!answered.ok() || !answered->has_value()) return answered;
  const pqxx::result rows =
      transaction.Exec(kFindAgreementAnswer, request.caller, request.request_id);
  if (rows.empty()) return AgreementUnknown(booking_id);
  return std::optional<std::string>(database::FromBytea(rows[0]["answer"]));
}

void KeepAgreementAnswer(Transaction& transaction, const WriteRequest& request,
                         const std::string& agreement_id, const std::string& answer,
                         absl::Time now) {
  KeepAnswer(transaction, request, "", now);
  transaction.Exec(kKeepAgreementAnswer, request.caller, request.request_id, agreement_id,
                   database::ToBytea(answer));
}

}  // namespace dm::booking
