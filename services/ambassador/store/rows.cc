#include "services/ambassador/store/rows.h"

#include "absl/strings/str_split.h"
#include "common/database/database.h"

namespace dm::ambassador::store {
namespace {

std::vector<std::string> List(const pqxx::row& row, const char* column) {
  return absl::StrSplit(Text(row, column), '|', absl::SkipEmpty());
}

}  // namespace

std::string Text(const pqxx::row& row, const char* column) { return row[column].as<std::string>(); }

Ambassador ReadAmbassador(const pqxx::row& row) {
  return {.id = Text(row, "id"),
          .display_name = Text(row, "display_name"),
          .job_title = Text(row, "job_title"),
          .siret = row["siret"].as<std::string>(""),
          .company_display_name = Text(row, "company_display_name"),
          .rome_codes = List(row, "rome_codes"),
          .sectors = List(row, "sectors"),
          .presentation = Text(row, "presentation"),
          .formats = List(row, "formats"),
          .audiences = List(row, "audiences"),
          .place = {.street = Text(row, "street"),
                    .postal_code = Text(row, "postal_code"),
                    .commune = Text(row, "commune"),
                    .commune_code = Text(row, "commune_code"),
                    .department = Text(row, "department"),
                    .latitude = row["latitude"].as<double>(),
                    .longitude = row["longitude"].as<double>()},
          .demonstration = row["demonstration"].as<bool>()};
}

Profile ReadProfile(const pqxx::row& row) {
  Profile profile{.ambassador = ReadAmbassador(row)};
  if (!row["next_session"].is_null()) {
    profile.next_session = database::FromMicros(row["next_session"].as<int64_t>());
  }
  return profile;
}

Session ReadSession(const pqxx::row& row) {
  Session session{.id = Text(row, "session_id"),
                  .ambassador_id = Text(row, "ambassador"),
                  .start_time = database::FromMicros(row["start_time"].as<int64_t>()),
                  .end_time = database::FromMicros(row["end_time"].as<int64_t>()),
                  .capacity = row["capacity"].as<int>(),
                  .format = Text(row, "format"),
                  .instant_confirmation = row["instant_confirmation"].as<bool>(),
                  .held = row["held"].as<int>(),
                  .version = row["version"].as<int64_t>()};
  if (!row["cancel_time"].is_null()) {
    session.cancel_time = database::FromMicros(row["cancel_time"].as<int64_t>());
  }
  return session;
}

}  // namespace dm::ambassador::store
