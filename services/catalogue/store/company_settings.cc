#include "services/catalogue/store/company_settings.h"

#include "absl/strings/str_cat.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "services/catalogue/store/company_bans.h"
#include "services/catalogue/store/derived_columns.h"
#include "services/catalogue/store/offer_records.h"
#include "services/catalogue/store/rows.h"
#include "services/catalogue/store/search_changes.h"
#include "services/catalogue/store/session_events.h"

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;

constexpr Statement kRequests{"company_requests_of_month", R"sql(
SELECT coalesce((SELECT requests FROM company_requests
                 WHERE siret = $1
                   AND month = date_trunc('month', dm_time($2) AT TIME ZONE 'Europe/Paris')), 0)
         AS requests
)sql"};

constexpr Statement kUnknownCommunes{"unknown_communes", R"sql(
SELECT place - 1 AS place
FROM unnest($1::text[]) WITH ORDINALITY AS asked (code, place)
WHERE NOT EXISTS (SELECT FROM communes m WHERE m.code = asked.code AND NOT m.obsolete)
ORDER BY place
)sql"};

constexpr Statement kUsed{"site_in_use", R"sql(
SELECT site_key FROM offers WHERE siret = $1 AND site_key = ANY ($2::text[])
ORDER BY site_key LIMIT 1
)sql"};

constexpr Statement kSetQuota{
    "set_company_quota",
    "UPDATE companies SET monthly_request_quota = $2, version = version + 1 WHERE siret = $1"};

constexpr Statement kPutSites{"put_sites", R"sql(
INSERT INTO sites (siret, key, display_name, street, postal_code, commune_code)
SELECT $1, key, display_name, street, postal_code, commune_code
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
       AS put (key, display_name, street, postal_code, commune_code)
ORDER BY key
ON CONFLICT (siret, key) DO UPDATE
SET display_name = excluded.display_name, street = excluded.street,
    postal_code = excluded.postal_code, commune_code = excluded.commune_code,
    version = sites.version + 1
WHERE (sites.display_name, sites.street, sites.postal_code, sites.commune_code)
      IS DISTINCT FROM
      (excluded.display_name, excluded.street, excluded.postal_code, excluded.commune_code)
)sql"};

constexpr Statement kDropSites{"drop_sites",
                               "DELETE FROM sites WHERE siret = $1 AND NOT key = ANY ($2::text[])"};

events::NewEvent Changed(const std::string& name) {
  destinationmetier::event::v1::ResourceChanged changed;
  changed.set_name(name);
  return events::MakeEvent(changed.name(), changed);
}

constexpr Statement kOfferIds{"offer_ids_of_company",
                              "SELECT id FROM offers WHERE siret = $1 ORDER BY id"};

}  // namespace

std::optional<CompanySettings> ReadSettings(Transaction& transaction, const std::string& siret,
                                            absl::Time now) {
  const std::optional<CompanyStanding> standing = ReadStanding(transaction, siret);
  if (!standing.has_value()) return std::nullopt;
  CompanySettings settings{.standing = *standing, .ban = ReadRunningBan(transaction, siret)};
  settings.requests =
      transaction.Exec(kRequests, siret, database::ToMicros(now))[0]["requests"].as<int>();
  settings.sites = ToSites(transaction.Exec(kSitesOfCompany, siret));
  return settings;
}

void CheckCommunes(Transaction& transaction, const std::vector<Site>& sites,
                   Violations& violations) {
  if (sites.empty()) return;
  std::vector<std::string> codes;
  for (const Site& site : sites) codes.push_back(site.place.commune_code);
  for (const pqxx::row& row : transaction.Exec(kUnknownCommunes, codes)) {
    violations.Add(absl::StrCat("settings.sites[", row["place"].as<int>(), "].place.commune_code"),
                   "must be the code of a commune");
  }
}

absl::Status CheckUnused(Transaction& transaction, const std::string& siret,
                         const std::vector<std::string>& site_keys) {
  if (site_keys.empty()) return absl::OkStatus();
  const pqxx::result used = transaction.Exec(kUsed, siret, site_keys);
  if (used.empty()) return absl::OkStatus();
  return SiteInUse(absl::StrCat("companies/", siret, "/sites/", used[0]["site_key"].c_str()));
}

void WriteSettings(Transaction& transaction, const std::string& siret, int quota,
                   const std::vector<Site>& sites) {
  std::vector<std::string> keys, names, streets, postal_codes, communes;
  for (const Site& site : sites) {
    keys.push_back(site.key);
    names.push_back(site.display_name);
    streets.push_back(site.place.street);
    postal_codes.push_back(site.place.postal_code);
    communes.push_back(site.place.commune_code);
  }
  transaction.Exec(kSetQuota, siret, quota);
  transaction.Exec(kPutSites, siret, keys, names, streets, postal_codes, communes);
  transaction.Exec(kDropSites, siret, keys);
  RefreshOffersOf(transaction, absl::StrCat("{", siret, "}"));
}

std::vector<events::NewEvent> TellSettings(Transaction& transaction, const std::string& siret,
                                           absl::Time now) {
  SessionEvents sessions(&transaction, now);
  sessions.TouchCompanies({siret});
  std::vector<events::NewEvent> news = sessions.Announce();
  std::vector<std::string> offers;
  for (const pqxx::row& row : transaction.Exec(kOfferIds, siret)) {
    offers.emplace_back(row["id"].c_str());
    news.push_back(Changed(absl::StrCat("offers/", offers.back())));
  }
  news.push_back(Changed(absl::StrCat("companies/", siret)));
  TouchOffers(transaction, offers, now);
  return news;
}

}  // namespace dm::catalogue
