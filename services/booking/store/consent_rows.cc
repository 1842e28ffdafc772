#include "services/booking/store/consent_rows.h"

#include "common/time/clock.h"

namespace dm::booking {
namespace {

// Empty for NULL.
std::string TextOf(const pqxx::field& field) { return field.is_null() ? "" : field.c_str(); }

std::optional<absl::CivilDay> DayOf(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return ParseCivilDay(field.c_str()).value();
}

absl::Time TimeOf(const pqxx::field& field) { return database::FromMicros(field.as<int64_t>()); }

// The epoch for NULL.
absl::Time MaybeTimeOf(const pqxx::field& field) {
  return field.is_null() ? absl::Time() : TimeOf(field);
}

}  // namespace

ConsentRecord ToConsentRecord(const pqxx::row& row) {
  ConsentRecord record;
  record.id = row["id"].c_str();
  record.person = row["person"].c_str();
  record.consent = {.given = absl::string_view(row["decision"].c_str()) == "GIVEN",
                    .scope = ParseConsentScope(row["scope"].c_str()).value(),
                    .booking_id = TextOf(row["booking_id"]),
                    .start_time = MaybeTimeOf(row["start_time"]),
                    .end_time = MaybeTimeOf(row["end_time"]),
                    .scheme = ParseScheme(row["scheme"].c_str()),
                    .until = DayOf(row["until"]),
                    .decided = TimeOf(row["decided"]),
                    .withdrawn = std::nullopt};
  if (!row["withdrawn"].is_null()) record.consent.withdrawn = TimeOf(row["withdrawn"]);
  record.method = ParseConsentMethod(row["method"].c_str()).value();
  record.guardian_id = TextOf(row["guardian_id"]);
  record.request_id = TextOf(row["request_id"]);
  record.text_version = row["text_version"].is_null() ? 0 : row["text_version"].as<int>();
  record.text_hash = TextOf(row["text_hash"]);
  record.recorded_by = TextOf(row["recorded_by"]);
  record.signed_day = DayOf(row["signed"]);
  return record;
}

BookingForConsent ToBookingForConsent(const pqxx::row& row) {
  return {.subject = {.booking_id = row["booking_id"].c_str(),
                      .scheme = ParseScheme(row["scheme"].c_str()).value(),
                      .session_title = row["session_title"].c_str(),
                      .start_time = TimeOf(row["start_time"]),
                      .end_time = TimeOf(row["end_time"])},
          .applicant = row["applicant"].c_str(),
          .session_name = row["session_name"].c_str(),
          .department = row["department"].c_str(),
          .state = ParseBookingState(row["state"].c_str()).value()};
}

}  // namespace dm::booking
