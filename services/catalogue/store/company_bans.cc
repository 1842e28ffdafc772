#include "services/catalogue/store/company_bans.h"

#include "absl/strings/str_cat.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "services/catalogue/store/derived_columns.h"
#include "services/catalogue/store/search_changes.h"

namespace dm::catalogue {
namespace {

using database::FromMicros;
using database::Statement;
using database::ToMicros;
using database::Transaction;

#define DM_BAN                                                                                \
  "SELECT siret, justification, dm_micros(from_time) AS from_time, dm_micros(until_time) AS " \
  "until_time, dm_micros(lift_time) AS lift_time FROM company_bans WHERE siret = $1 "

constexpr Statement kRunning{"running_ban", DM_BAN "AND lift_time IS NULL"};
constexpr Statement kLast{"last_ban", DM_BAN "ORDER BY from_time DESC LIMIT 1"};
constexpr Statement kOne{"ban", DM_BAN "AND from_time = dm_time($2)"};

constexpr Statement kAdd{"add_ban", R"sql(
INSERT INTO company_bans (siret, from_time, until_time, justification, banned_by)
VALUES ($1, dm_time($2), dm_time($3), $4, $5)
)sql"};

constexpr Statement kEnd{"end_ban", R"sql(
UPDATE company_bans SET lift_time = dm_time($3), lifted_by = $2
WHERE siret = $1 AND lift_time IS NULL
)sql"};

constexpr Statement kMark{
    "mark_banned", "UPDATE companies SET banned = $2, version = version + 1 WHERE siret = $1"};

constexpr Statement kOver{"bans_that_are_over", R"sql(
SELECT siret FROM company_bans
WHERE lift_time IS NULL AND until_time <= dm_time($1)
ORDER BY until_time LIMIT $2
)sql"};

std::optional<absl::Time> ToTime(const pqxx::field& micros) {
  if (micros.is_null()) return std::nullopt;
  return FromMicros(micros.as<int64_t>());
}

std::optional<CompanyBan> ToBan(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  const pqxx::row row = rows[0];
  return CompanyBan{.siret = row["siret"].c_str(),
                    .justification = row["justification"].c_str(),
                    .from = FromMicros(row["from_time"].as<int64_t>()),
                    .until = ToTime(row["until_time"]),
                    .lifted = ToTime(row["lift_time"])};
}

}  // namespace

std::optional<CompanyBan> ReadRunningBan(Transaction& transaction, const std::string& siret) {
  return ToBan(transaction.Exec(kRunning, siret));
}

std::optional<CompanyBan> ReadLastBan(Transaction& transaction, const std::string& siret) {
  return ToBan(transaction.Exec(kLast, siret));
}

std::optional<CompanyBan> ReadBan(Transaction& transaction, const std::string& siret,
                                  absl::Time from) {
  return ToBan(transaction.Exec(kOne, siret, ToMicros(from)));
}

void AddBan(Transaction& transaction, const CompanyBan& ban, const std::string& by) {
  std::optional<int64_t> until;
  if (ban.until.has_value()) until = ToMicros(*ban.until);
  transaction.Exec(kAdd, ban.siret, ToMicros(ban.from), until, ban.justification, by);
  transaction.Exec(kMark, ban.siret, true);
}

void EndBan(Transaction& transaction, const std::string& siret, const std::string& by,
            absl::Time now) {
  transaction.Exec(kEnd, siret, by, ToMicros(now));
  transaction.Exec(kMark, siret, false);
}

std::vector<events::NewEvent> TellBanEnded(Transaction& transaction, const std::string& siret,
                                           absl::Time now) {
  TouchOffers(transaction, OffersOf(transaction, absl::StrCat("{", siret, "}")), now);
  destinationmetier::event::v1::ResourceChanged changed;
  changed.set_name(absl::StrCat("companies/", siret));
  return {events::MakeEvent(changed.name(), changed)};
}

std::vector<std::string> CompaniesToFree(Transaction& transaction, absl::Time now, int most) {
  std::vector<std::string> sirets;
  for (const pqxx::row& row : transaction.Exec(kOver, ToMicros(now), most)) {
    sirets.emplace_back(row["siret"].c_str());
  }
  return sirets;
}

}  // namespace dm::catalogue
