#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "common/database/database.h"
#include "services/catalogue/domain/offer.h"
#include "services/catalogue/domain/profession.h"

#include <pqxx/pqxx>

#include <string>
#include <vector>

namespace dm::catalogue {

// "code<US>label<RS>code<US>label", as sector_list and its like write it.
std::vector<Labelled> ToLabelled(absl::string_view text);

// The parts of each of "a<US>b<US>c<RS>a<US>b<US>c"; what does not have `parts` of them is left
// out.
std::vector<std::vector<std::string>> ToParts(absl::string_view text, size_t parts);

// "a,b,c".
std::vector<std::string> ToTexts(absl::string_view text);

// "1,2,3".
std::vector<int> ToNumbers(absl::string_view text);

// "id,start,end,capacity,held;…", times in microseconds.
std::vector<Session> ToSessions(absl::string_view text);

// The columns of profession_columns.h.
Profession ToProfession(const pqxx::row& row);

// The numbers of a result's columns, looked up once. libpq looks a name up anew for each field: a
// page of offers would cost as much again as PostgreSQL takes to read it.
class ColumnNumbers {
 public:
  explicit ColumnNumbers(const pqxx::result& rows);

  // Throws pqxx::argument_error where there is no such column, as a row does.
  pqxx::row::size_type Of(absl::string_view name) const;

 private:
  absl::flat_hash_map<absl::string_view, pqxx::row::size_type> numbers_;
};

// A row of such a result; both outlive it.
struct NumberedRow {
  pqxx::field operator[](absl::string_view name) const { return row[numbers.Of(name)]; }

  const pqxx::row& row;
  const ColumnNumbers& numbers;
};

// The columns street, postal_code, commune, commune_code, department, latitude and longitude.
template <typename Row>
Place ToPlace(const Row& row) {
  return {.street = row["street"].c_str(),
          .postal_code = row["postal_code"].c_str(),
          .commune = row["commune"].c_str(),
          .commune_code = row["commune_code"].c_str(),
          .department = row["department"].c_str(),
          .latitude = row["latitude"].template as<double>(),
          .longitude = row["longitude"].template as<double>()};
}

// The columns of a place, and id, siret, display_name, rome_code, profession_title, title,
// description, audiences, sectors, accessibility, instant_confirmation, demonstration, appellation,
// work_mode, languages, hours, supervision, to_bring, reserved_schools, priority_areas_only, site
// and state. Without sessions.
Offer ToOffer(const NumberedRow& row);

// The sites of the company $1.
inline constexpr database::Statement kSitesOfCompany{"sites_of_company", R"sql(
SELECT x.key, x.display_name, x.street, x.postal_code, m.name AS commune, m.code AS commune_code,
       m.department, m.latitude, m.longitude
FROM sites x JOIN communes m ON m.code = x.commune_code
WHERE x.siret = $1 ORDER BY x.key
)sql"};
std::vector<Site> ToSites(const pqxx::result& rows);

// Rows of a search count up to this and no further: nobody reads on.
constexpr int kMostCounted = 10000;

}  // namespace dm::catalogue
