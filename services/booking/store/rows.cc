#include "services/booking/store/rows.h"

#include "common/database/database.h"

namespace dm::booking {
namespace {

absl::Time TimeOf(const pqxx::row& row, const char* column) {
  return database::FromMicros(row[column].as<int64_t>());
}

}  // namespace

Session ToSession(const pqxx::row& row) {
  return {.id = row["id"].c_str(),
          .name = row["name"].c_str(),
          .host = row["host"].c_str(),
          .title = row["title"].c_str(),
          .department = row["department"].c_str(),
          .start_time = TimeOf(row, "start_time"),
          .end_time = TimeOf(row, "end_time"),
          .announced_capacity = row["announced_capacity"].as<int>(),
          .held = row["held"].as<int>(),
          .instant_confirmation = row["instant_confirmation"].as<bool>(),
          .open = row["open"].as<bool>()};
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
          .reason = row["reason"].c_str()};
}

}  // namespace dm::booking
