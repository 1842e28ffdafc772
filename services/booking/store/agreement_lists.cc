#include "services/booking/store/agreement_lists.h"

#include "services/booking/store/agreement_rows.h"

#include <utility>

namespace dm::booking {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;

constexpr Statement kDue{"due_agreements", R"sql(
  SELECT booking_id FROM agreements WHERE review_time <= dm_time($1)
  ORDER BY review_time, id LIMIT $2
)sql"};

constexpr Statement kListAgreements{"list_agreements", R"sql(
  SELECT agreements.id, booking_id, agreements.scheme, agreements.state, agreements.version,
         '' AS content, '' AS document, document_hash,
         dm_micros(agreements.start_time) AS start_time,
         dm_micros(agreements.end_time) AS end_time,
         dm_micros(agreements.create_time) AS create_time,
         dm_micros(agreements.update_time) AS update_time, recommended_by,
         dm_micros(recommended_time) AS recommended_time, validated_by,
         dm_micros(validated_time) AS validated_time, '' AS reason, agreements.why,
         applicant, host, department, session_name, session_title
  FROM agreements JOIN bookings ON bookings.id = agreements.booking_id
  WHERE (applicant = $1 OR host = ANY ($2::text[]) OR department = ANY ($3::text[]))
    AND (cardinality($4::text[]) = 0 OR agreements.state = ANY ($4::text[]))
    AND ($5::bigint IS NULL OR (agreements.create_time, agreements.id) < (dm_time($5), $6::uuid))
  ORDER BY agreements.create_time DESC, agreements.id DESC LIMIT $7
)sql"};

constexpr Statement kHistory{"agreement_history", R"sql(
  SELECT seq, version, dm_micros(at) AS at, person, party, action, from_state, to_state,
         document_hash
  FROM agreement_history WHERE agreement_id = $1::uuid AND seq > $2 ORDER BY seq LIMIT $3
)sql"};

AgreementHistoryRow ToHistoryRow(const pqxx::row& row) {
  return {.seq = row["seq"].as<int64_t>(),
          .version = row["version"].as<int64_t>(),
          .time = FromMicros(row["at"].as<int64_t>()),
          .person = row["person"].c_str(),
          .party = ParseAgreementParty(row["party"].c_str()).value(),
          .action = row["action"].c_str(),
          .from_state = row["from_state"].c_str(),
          .to_state = row["to_state"].c_str(),
          .document_hash = row["document_hash"].c_str()};
}

}  // namespace

absl::StatusOr<std::vector<std::string>> AgreementLists::Due(absl::Time now, int limit,
                                                             absl::Time deadline) const {
  const auto rows = database_->Query(deadline, kDue, ToMicros(now), limit);
  if (!rows.ok()) return rows.status();
  std::vector<std::string> bookings;
  for (const pqxx::row& row : *rows) bookings.emplace_back(row["booking_id"].c_str());
  return bookings;
}

absl::StatusOr<std::vector<AgreementRow>> AgreementLists::List(
    const Actor& actor, const std::vector<std::string>& states,
    const std::optional<AgreementPosition>& after, int limit, absl::Time deadline) const {
  std::optional<int64_t> after_micros;
  std::optional<std::string> after_id;
  if (after.has_value()) {
    after_micros = after->create_micros;
    after_id = after->id;
  }
  const auto rows =
      database_->Query(deadline, kListAgreements, actor.applicant ? actor.person : "", actor.hosts,
                       actor.departments, states, after_micros, after_id, limit);
  if (!rows.ok()) return rows.status();
  std::vector<AgreementRow> agreements;
  for (const pqxx::row& row : *rows) {
    AgreementRow agreement;
    agreement.agreement = ToAgreementWithoutContent(row);
    agreement.booking.id = row["booking_id"].c_str();
    agreement.booking.applicant = row["applicant"].c_str();
    agreement.booking.host = row["host"].c_str();
    agreement.booking.department = row["department"].c_str();
    agreement.booking.session_name = row["session_name"].c_str();
    agreement.booking.session_title = row["session_title"].c_str();
    agreements.push_back(std::move(agreement));
  }
  return agreements;
}

absl::StatusOr<std::vector<AgreementHistoryRow>> AgreementLists::History(
    const std::string& agreement_id, int64_t after, int limit, absl::Time deadline) const {
  const auto rows = database_->Query(deadline, kHistory, agreement_id, after, limit);
  if (!rows.ok()) return rows.status();
  std::vector<AgreementHistoryRow> history;
  for (const pqxx::row& row : *rows) history.push_back(ToHistoryRow(row));
  return history;
}

}  // namespace dm::booking
