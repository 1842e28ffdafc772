#include "services/booking/store/agreement_rows.h"

#include "common/database/database.h"

#include <optional>

namespace dm::booking {
namespace {

using database::FromMicros;

std::optional<ReviewMark> MaybeMark(const pqxx::field& person, const pqxx::field& time) {
  if (person.is_null()) return std::nullopt;
  return ReviewMark{person.c_str(), FromMicros(time.as<int64_t>())};
}

}  // namespace

Agreement ToAgreementWithoutContent(const pqxx::row& row) {
  Agreement agreement;
  agreement.id = row["id"].c_str();
  agreement.booking_id = row["booking_id"].c_str();
  agreement.scheme = ParseScheme(row["scheme"].c_str()).value();
  agreement.state = ParseAgreementState(row["state"].c_str()).value();
  agreement.version = row["version"].as<int64_t>();
  agreement.document = row["document"].c_str();
  agreement.document_hash = row["document_hash"].c_str();
  agreement.start_time = FromMicros(row["start_time"].as<int64_t>());
  agreement.end_time = FromMicros(row["end_time"].as<int64_t>());
  agreement.create_time = FromMicros(row["create_time"].as<int64_t>());
  agreement.update_time = FromMicros(row["update_time"].as<int64_t>());
  agreement.recommended = MaybeMark(row["recommended_by"], row["recommended_time"]);
  agreement.validated = MaybeMark(row["validated_by"], row["validated_time"]);
  agreement.reason = row["reason"].c_str();
  agreement.why = row["why"].c_str();
  return agreement;
}

}  // namespace dm::booking
