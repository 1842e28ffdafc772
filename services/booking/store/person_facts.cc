#include "services/booking/store/person_facts.h"

#include "absl/container/flat_hash_map.h"
#include "absl/time/civil_time.h"

#include <optional>

namespace dm::booking {
namespace {

using database::Statement;

// One row a consent, or one without a consent. Of consents, what covers nothing any more is left
// out.
constexpr Statement kReadPeople{"read_people", R"sql(
  SELECT a.person, a.birth_date, a.level, a.school_uai, a.department, a.priority_area,
         EXISTS (SELECT FROM guardians g WHERE g.person = a.person AND g.replaced IS NULL)
           AS guardian_known,
         EXISTS (SELECT FROM erasures e WHERE e.person = a.person AND e.done IS NULL) AS erased,
         c.decision, c.scope, c.booking_id, c.scheme, c.until,
         dm_micros(c.start_time) AS start_time, dm_micros(c.end_time) AS end_time,
         dm_micros(c.decided) AS decided, dm_micros(c.withdrawn) AS withdrawn
  FROM applicants a
  LEFT JOIN consents c ON c.person = a.person
  WHERE a.person = ANY ($1::text[])
  ORDER BY a.person, c.decided, c.id
)sql"};

absl::CivilDay DayOf(const pqxx::field& field) {
  absl::CivilDay day;
  absl::ParseCivilTime(field.c_str(), &day);
  return day;
}

Consent ToConsent(const pqxx::row& row) {
  Consent consent = {.given = absl::string_view(row["decision"].c_str()) == "GIVEN",
                     .booking_id = row["booking_id"].c_str(),
                     .scheme = ParseScheme(row["scheme"].c_str()),
                     .decided = database::FromMicros(row["decided"].as<int64_t>())};
  const absl::string_view scope = row["scope"].c_str();
  consent.scope = scope == "ALL"      ? Consent::Scope::kAll
                  : scope == "SCHEME" ? Consent::Scope::kScheme
                                      : Consent::Scope::kBooking;
  if (consent.scope == Consent::Scope::kBooking) {
    consent.start_time = database::FromMicros(row["start_time"].as<int64_t>());
    consent.end_time = database::FromMicros(row["end_time"].as<int64_t>());
  }
  if (!row["until"].is_null()) consent.until = DayOf(row["until"]);
  if (!row["withdrawn"].is_null()) {
    consent.withdrawn = database::FromMicros(row["withdrawn"].as<int64_t>());
  }
  return consent;
}

}  // namespace

std::vector<std::pair<std::string, Person>> ReadPeople(database::Transaction& transaction,
                                                       const std::vector<std::string>& people) {
  std::vector<std::pair<std::string, Person>> found;
  if (people.empty()) return found;
  for (const pqxx::row& row : transaction.Exec(kReadPeople, people)) {
    const std::string name = row["person"].c_str();
    if (found.empty() || found.back().first != name) {
      Person person;
      person.profile = Applicant{.person = name,
                                 .birth_date = DayOf(row["birth_date"]),
                                 .level = ParseLevel(row["level"].c_str()).value(),
                                 .school_uai = row["school_uai"].c_str(),
                                 .department = row["department"].c_str(),
                                 .priority_area = row["priority_area"].as<bool>()};
      person.guardian_known = row["guardian_known"].as<bool>();
      person.erased = row["erased"].as<bool>();
      found.emplace_back(name, std::move(person));
    }
    if (!row["decision"].is_null()) found.back().second.consents.push_back(ToConsent(row));
  }
  return found;
}

}  // namespace dm::booking
