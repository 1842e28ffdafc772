// Fills a catalogue's database with what a benchmark searches in. The same numbers give the same
// rows, but for the days of sessions.
//
//   dm-bench-corpus reference --database CONNECTION --rome FOLDER --communes FILE
//   dm-bench-corpus offers    --database CONNECTION --from N --to N
//
// Professions and communes go through the imports. Offers, companies and sessions are copied into
// the tables, at most a million of them: their words are folded as the imports do, and in the end
// the service's own statement has to find nothing to bring up to date.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/config/options.h"
#include "common/database/database.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/imports/agency_lists.h"
#include "services/catalogue/imports/rome_export.h"
#include "services/catalogue/store/imports.h"
#include "tests/bench/load/generated_offers.h"

#include <pqxx/stream_to>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <tuple>

namespace {

using dm::bench::Commune;
using dm::bench::GeneratedCompany;
using dm::bench::GeneratedOffer;
using dm::bench::OfferGenerator;
using dm::bench::Profession;
using dm::catalogue::FoldWords;
using dm::catalogue::PlainText;
using dm::config::Type;
using dm::database::Database;
using dm::database::Statement;
using dm::database::Transaction;

constexpr Statement kProfessions{"corpus_professions", R"sql(
SELECT p.rome_code, array_to_string(p.sectors, ',') AS sectors,
       string_agg(a.label, chr(30) ORDER BY a.ogr_code) AS job_titles
FROM professions p JOIN appellations a USING (rome_code)
WHERE NOT p.obsolete AND NOT a.obsolete GROUP BY p.rome_code ORDER BY p.rome_code
)sql"};

constexpr Statement kCommunes{"corpus_communes", R"sql(
SELECT code, name, department, split_part(array_to_string(postal_codes, ','), ',', 1) AS postal_code,
       population, latitude, longitude
FROM communes WHERE NOT obsolete ORDER BY code
)sql"};

constexpr Statement kCountOffers{"corpus_count_offers", R"sql(
UPDATE companies c SET offer_count = n.offers
FROM (SELECT siret, count(*) AS offers FROM offers WHERE published GROUP BY siret) AS n
WHERE c.siret = n.siret AND c.offer_count <> n.offers
)sql"};

constexpr Statement kRefresh{"corpus_refresh", R"sql(
SELECT refresh_offer_search('{}', '{}', (SELECT array_agg(id) FROM offers
                                         WHERE id >= $1::uuid AND id < $2::uuid)) AS changed
)sql"};

constexpr int64_t kMostRefreshed = 5000;

constexpr Statement kTouch{"corpus_touch", "SELECT touch_words(now())"};

absl::Time Deadline() { return absl::Now() + absl::Hours(1); }

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

absl::Status ImportReference(Database& database, const std::string& rome_folder,
                             const std::string& communes_file) {
  std::vector<dm::catalogue::SourceFile> rome_files;
  for (const auto& entry : std::filesystem::directory_iterator(rome_folder)) {
    rome_files.push_back({entry.path().filename().string(), ReadFile(entry.path())});
  }
  const dm::catalogue::ImportRun run{.now = absl::Now(), .deadline = Deadline()};
  const auto communes = dm::catalogue::ParseCommunes({{"communes.csv", ReadFile(communes_file)}});
  if (!communes.ok()) return communes.status();
  if (auto done = dm::catalogue::ImportCommunes(database, *communes, run); !done.ok()) {
    return done.status();
  }
  const auto rome = dm::catalogue::ParseRome(rome_files);
  if (!rome.ok()) return rome.status();
  return dm::catalogue::ImportRome(database, *rome, run).status();
}

OfferGenerator ReadGenerator(Transaction& transaction) {
  std::vector<Profession> professions;
  for (const pqxx::row& row : transaction.Exec(kProfessions)) {
    professions.push_back({row["rome_code"].c_str(),
                           absl::StrSplit(row["sectors"].c_str(), ',', absl::SkipEmpty()),
                           absl::StrSplit(row["job_titles"].c_str(), '\x1e', absl::SkipEmpty())});
  }
  std::vector<Commune> communes;
  for (const pqxx::row& row : transaction.Exec(kCommunes)) {
    communes.push_back({row["code"].c_str(), row["name"].c_str(), row["department"].c_str(),
                        row["postal_code"].c_str(), row["population"].as<int>(),
                        row["latitude"].as<double>(), row["longitude"].as<double>()});
  }
  return OfferGenerator(std::move(professions), std::move(communes));
}

std::string Array(const std::vector<std::string>& values) {
  return absl::StrCat("{", absl::StrJoin(values, ","), "}");
}

void CopyCompanies(Transaction& transaction, const OfferGenerator& generator, int64_t from,
                   int64_t to) {
  pqxx::stream_to out(
      transaction.raw(), "companies",
      std::vector<std::string>{"siret", "display_name", "description", "naf_code", "sectors",
                               "street", "postal_code", "commune_code", "website", "demonstration",
                               "sort_key", "folded_name", "folded_description", "department"});
  for (int64_t number = from; number < to; ++number) {
    const GeneratedCompany company = generator.Company(number);
    const Commune& commune = *company.commune;
    out << std::make_tuple(company.siret, company.name, company.description, company.naf_code,
                           Array(company.sectors), company.street, commune.postal_code,
                           commune.code, "", true, PlainText(company.name), FoldWords(company.name),
                           FoldWords(company.description), commune.department);
  }
  out.complete();
}

// What refresh_offer_search makes of company and profession.
std::vector<std::string> SectorsOf(const GeneratedOffer& offer, const GeneratedCompany& company) {
  std::set<std::string> all(company.sectors.begin(), company.sectors.end());
  all.insert(offer.profession->sectors.begin(), offer.profession->sectors.end());
  return {all.begin(), all.end()};
}

void CopyOffers(Transaction& transaction, const OfferGenerator& generator, int64_t from,
                int64_t to) {
  pqxx::stream_to out(transaction.raw(), "offers",
                      std::vector<std::string>{"id",
                                               "siret",
                                               "key",
                                               "rome_code",
                                               "title",
                                               "description",
                                               "audiences",
                                               "accessible",
                                               "accessibility",
                                               "instant_confirmation",
                                               "demonstration",
                                               "published",
                                               "state",
                                               "folded_title",
                                               "work_mode",
                                               "languages",
                                               "department",
                                               "sectors",
                                               "latitude",
                                               "longitude"});
  for (int64_t number = from; number < to; ++number) {
    const GeneratedOffer offer = generator.Offer(number);
    const GeneratedCompany company = generator.Company(OfferGenerator::CompanyOf(number));
    const Commune& commune = *company.commune;
    out << std::make_tuple(
        offer.id, company.siret, absl::StrCat("offre-", number), offer.profession->code,
        offer.title, offer.description, absl::StrCat("{", absl::StrJoin(offer.audiences, ","), "}"),
        offer.accessibility == 3, offer.accessibility, offer.instant_confirmation, true,
        offer.published, offer.published ? 3 : 4, FoldWords(offer.title), offer.work_mode, "{fr}",
        commune.department, Array(SectorsOf(offer, company)), commune.latitude, commune.longitude);
  }
  out.complete();
}

void CopySessions(Transaction& transaction, const OfferGenerator& generator, int64_t from,
                  int64_t to) {
  const absl::Time today = absl::FromUnixSeconds(absl::ToUnixSeconds(absl::Now()) / 86400 * 86400);
  pqxx::stream_to out(
      transaction.raw(), "sessions",
      std::vector<std::string>{"id", "offer_id", "start_time", "end_time", "capacity", "held"});
  for (int64_t number = from; number < to; ++number) {
    for (const auto& session : generator.Sessions(number)) {
      const absl::Time start = today + absl::Hours(24 * session.days_ahead + 8);
      out << std::make_tuple(
          session.id, OfferGenerator::OfferId(number),
          absl::FormatTime(absl::RFC3339_sec, start, absl::UTCTimeZone()),
          absl::FormatTime(absl::RFC3339_sec, start + absl::Hours(8), absl::UTCTimeZone()),
          session.capacity, session.held);
    }
  }
  out.complete();
}

absl::Status FillOffers(Database& database, int64_t from, int64_t to) {
  return database.Write(Deadline(), [&](Transaction& transaction) -> absl::Status {
    const OfferGenerator generator = ReadGenerator(transaction);
    CopyCompanies(transaction, generator, OfferGenerator::CompaniesOf(from),
                  OfferGenerator::CompaniesOf(to));
    CopyOffers(transaction, generator, from, to);
    CopySessions(transaction, generator, from, to);
    transaction.Exec(kCountOffers);
    transaction.raw().exec("ANALYZE companies, offers, sessions");
    // PostgreSQL compares every offer with every id that it is given.
    for (int64_t begin = from; begin < to; begin += kMostRefreshed) {
      const auto changed = transaction
                               .Exec(kRefresh, OfferGenerator::OfferId(begin),
                                     OfferGenerator::OfferId(std::min(begin + kMostRefreshed, to)))
                               .at(0)["changed"]
                               .as<int64_t>();
      if (changed > 0) {
        return absl::InternalError(
            absl::StrCat(changed, " offers are not as the service has them"));
      }
    }
    transaction.Exec(kTouch);
    return absl::OkStatus();
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  std::vector<dm::config::Option> options = {
      {.name = "database", .help = "libpq connection string."}};
  if (command == "reference") {
    options.push_back({.name = "rome", .help = "Folder of the ROME export."});
    options.push_back({.name = "communes", .help = "File of the communes."});
  } else if (command == "offers") {
    options.push_back({.name = "from", .type = Type::kInteger, .help = "The first offer."});
    options.push_back({.name = "to", .type = Type::kInteger, .help = "The one after the last."});
  } else {
    std::cerr << "Usage: dm-bench-corpus reference|offers …\n";
    return 2;
  }
  const auto values =
      dm::config::Read(options, std::vector<std::string>(argv + 2, argv + argc), {});
  if (!values.ok()) {
    std::cerr << values.status().message() << "\n";
    return 2;
  }
  auto database = Database::Open({.connection = values->Text("database"),
                                  .schema = "catalogue",
                                  .application_name = "dm-bench-corpus",
                                  .pool_size = 1,
                                  .access = dm::database::Access::OfService()});
  if (!database.ok()) {
    std::cerr << "dm-bench-corpus: " << database.status() << "\n";
    return 1;
  }
  const absl::Status done =
      command == "reference"
          ? ImportReference(**database, values->Text("rome"), values->Text("communes"))
          : FillOffers(**database, values->Integer("from"), values->Integer("to"));
  if (!done.ok()) std::cerr << "dm-bench-corpus: " << done << "\n";
  return done.ok() ? 0 : 1;
}
