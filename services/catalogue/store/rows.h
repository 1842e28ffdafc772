#pragma once

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

// "a,b,c".
std::vector<std::string> ToTexts(absl::string_view text);

// "1,2,3".
std::vector<int> ToNumbers(absl::string_view text);

// "id,start,end,capacity,held;…", times in microseconds.
std::vector<Session> ToSessions(absl::string_view text);

// The columns rome_code, title, definition, access, riasec, obsolete, sectors and interests.
Profession ToProfession(const pqxx::row& row);

// The columns street, postal_code, commune, commune_code, department, latitude and longitude.
Place ToPlace(const pqxx::row& row);

// The columns of a place, and id, siret, display_name, rome_code, profession_title, title,
// description, audiences, sectors, accessibility, instant_confirmation, demonstration, appellation,
// work_mode, languages, hours, supervision, to_bring, reserved_schools, priority_areas_only, site
// and state. Without sessions.
Offer ToOffer(const pqxx::row& row);

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
