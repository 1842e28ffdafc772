#include "services/booking/store/rows.h"

#include "absl/strings/str_split.h"
#include "common/database/database.h"

#include <optional>

namespace dm::booking {
namespace {

absl::Time TimeOf(const pqxx::row& row, const char* column) {
  return database::FromMicros(row[column].as<int64_t>());
}

std::optional<absl::Time> MaybeTimeOf(const pqxx::row& row, const char* column) {
  if (row[column].is_null()) return std::nullopt;
  return TimeOf(row, column);
}

}  // namespace

Session ToSession(const pqxx::row& row) {
  return {
      .id = row["id"].c_str(),
      .name = row["name"].c_str(),
      .host = row["host"].c_str(),
      .title = row["title"].c_str(),
      .department = row["department"].c_str(),
      .start_time = TimeOf(row, "start_time"),
      .end_time = TimeOf(row, "end_time"),
      .announced_capacity = row["announced_capacity"].as<int>(),
      .held = row["held"].as<int>(),
      .instant_confirmation = row["instant_confirmation"].as<bool>(),
      .open = row["open"].as<bool>(),
      .cancelled = row["cancelled"].as<bool>(),
      .kind = ParseSessionKind(row["kind"].c_str()).value(),
      .on_site = row["on_site"].as<bool>(),
      .chamber = ParseChamber(row["chamber"].c_str()).value(),
      .profession = row["profession"].c_str(),
      .waitlisted = row["waitlisted"].as<int>(),
      .next_line_number = row["next_line_number"].as<int64_t>(),
      .monthly_request_quota = row["monthly_request_quota"].as<int>(),
      .reserved_schools = absl::StrSplit(row["reserved_schools"].c_str(), ',', absl::SkipEmpty()),
      .priority_areas_only = row["priority_areas_only"].as<bool>()};
}

Booking ToBooking(const pqxx::row& row) {
  return {.id = row["id"].c_str(),
          .session_id = row["session_id"].c_str(),
          .session_name = row["session_name"].c_str(),
          .session_title = row["session_title"].c_str(),
          .applicant = row["applicant"].c_str(),
          .host = row["host"].c_str(),
          .department = row["department"].c_str(),
          .state = ParseBookingState(row["state"].c_str()).value(),
          .version = row["version"].as<int64_t>(),
          .start_time = TimeOf(row, "start_time"),
          .end_time = TimeOf(row, "end_time"),
          .create_time = TimeOf(row, "create_time"),
          .update_time = TimeOf(row, "update_time"),
          .reason = row["reason"].c_str(),
          .why = row["why"].c_str(),
          .scheme = ParseScheme(row["scheme"].c_str()).value(),
          .profession = row["profession"].c_str(),
          .line_number = row["line_number"].as<int64_t>(),
          .expire_time = MaybeTimeOf(row, "expire_time"),
          .review_time = MaybeTimeOf(row, "review_time"),
          .agreement_needed = row["agreement_needed"].as<bool>(),
          .agreement_validated = row["agreement_validated"].as<bool>(),
          .rescheduled_from = row["rescheduled_from"].c_str(),
          .counted = row["counted"].as<bool>()};
}

}  // namespace dm::booking
