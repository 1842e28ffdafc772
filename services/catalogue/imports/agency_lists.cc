#include "services/catalogue/imports/agency_lists.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "common/codes/siret.h"
#include "common/time/clock.h"
#include "services/catalogue/domain/audiences.h"
#include "services/catalogue/imports/layouts.h"
#include "services/catalogue/imports/once.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace dm::catalogue {
namespace {

constexpr size_t kLongestName = 200;
constexpr size_t kLongestDescription = 5000;
constexpr size_t kLongestKey = 100;
constexpr int kMostSeats = 500;
constexpr absl::Duration kLongestSession = absl::Hours(24 * 31);

template <typename T>
void SortOnce(std::vector<T>* values) {
  std::sort(values->begin(), values->end());
  values->erase(std::unique(values->begin(), values->end()), values->end());
}

std::string Siret(RowReader* row) {
  return row->Code("siret", IsSiret, "un SIRET (14 chiffres, clés de contrôle justes)", 14);
}

// Links go out to everybody's browser: nothing but the web.
std::string Website(RowReader* row) {
  std::string website = row->Text("website", kLongestName);
  const bool web = absl::StartsWith(website, "https://") || absl::StartsWith(website, "http://");
  const bool clean = std::none_of(website.begin(), website.end(), [](char sign) {
    return static_cast<unsigned char>(sign) <= 0x20 || sign == '"' || sign == '<' || sign == '>';
  });
  if (!website.empty() && !(web && clean)) {
    row->Refuse("la colonne « website » attend une adresse https:// ou http://");
  }
  return website;
}

std::vector<int> Audiences(RowReader* row) {
  std::vector<int> numbers;
  for (const std::string& name : row->List("audiences")) {
    const auto number = AudienceNumber(name);
    if (!number.has_value()) {
      row->Refuse(
          "la colonne « audiences » attend QUATRIEME, TROISIEME, SECONDE, LYCEE, STUDENT, "
          "APPRENTICE ou ADULT, séparés par |");
      continue;
    }
    numbers.push_back(*number);
  }
  if (numbers.empty()) row->Refuse("la colonne « audiences » est vide");
  SortOnce(&numbers);
  return numbers;
}

// A slip of the keyboard such as the year 20260 would be beyond what JSON and searches can show.
bool IsNearEnough(absl::Time instant) {
  return instant >= absl::FromCivil(absl::CivilYear(2000), absl::UTCTimeZone()) &&
         instant < absl::FromCivil(absl::CivilYear(2200), absl::UTCTimeZone());
}

// "2026-12-07T09:00" on the clocks of Paris, or with an offset ("…T09:00:00+01:00").
absl::Time AnyInstant(absl::string_view column, RowReader* row) {
  const std::string text = row->Required(column, 40);
  absl::Time instant;
  std::string ignored;
  if (absl::ParseTime(absl::RFC3339_full, text, &instant, &ignored)) return instant;
  for (const char* format : {"%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"}) {
    absl::Time as_utc;
    if (!absl::ParseTime(format, text, absl::UTCTimeZone(), &as_utc, &ignored)) continue;
    const auto found = ParisTimeZone().At(absl::ToCivilSecond(as_utc, absl::UTCTimeZone()));
    if (found.kind == absl::TimeZone::TimeInfo::SKIPPED) {
      row->Refuse(absl::StrCat("la colonne « ", column,
                               " » donne une heure qui n'existe pas (passage à l'heure d'été)"));
    }
    return found.pre;
  }
  row->Refuse(absl::StrCat("la colonne « ", column, " » attend une date comme 2026-12-07T09:00"));
  return absl::InfinitePast();
}

absl::Time Instant(absl::string_view column, RowReader* row) {
  const absl::Time instant = AnyInstant(column, row);
  if (!IsNearEnough(instant)) {
    row->Refuse(absl::StrCat("la colonne « ", column, " » attend une année de 2000 à 2199"));
  }
  return instant;
}

absl::Status ReadCompany(const SourceTable& table, Once* once, std::vector<CompanyRow>* out) {
  RowReader row(&table);
  CompanyRow read{
      .origin = table.origin(),
      .siret = Siret(&row),
      .display_name = row.Required("display_name", kLongestName),
      .description = row.Text("description", kLongestDescription),
      .naf_code = row.Text("naf_code", 10),
      .naf_nomenclature = row.Text("naf_nomenclature", 10),
      .sectors = row.List("sectors"),
      .street = row.Text("street", kLongestName),
      .postal_code = row.Code("postal_code", IsPostalCode, "un code postal de 5 chiffres", 5),
      .commune_code = row.Code("commune_code", IsCommuneCode, "un code INSEE de commune", 5),
      .website = Website(&row),
      .demonstration = row.Flag("demonstration", false)};
  if (read.naf_nomenclature.empty()) read.naf_nomenclature = "NAFRev2";
  if (read.naf_nomenclature != "NAFRev2" && read.naf_nomenclature != "NAF2025") {
    row.Refuse("la colonne « naf_nomenclature » attend NAFRev2 ou NAF2025");
  }
  if (!read.naf_code.empty() && !IsNafCode(read.naf_code)) {
    row.Refuse("la colonne « naf_code » attend un code comme 17.22Z");
  }
  if (!std::all_of(read.sectors.begin(), read.sectors.end(), IsListCode)) {
    row.Refuse("la colonne « sectors » attend des codes de secteur séparés par |");
  }
  SortOnce(&read.sectors);
  once->Check(read.siret, "ce SIRET", &row);
  out->push_back(std::move(read));
  return row.status();
}

absl::Status ReadOffer(const SourceTable& table, Once* once, std::vector<OfferRow>* out) {
  RowReader row(&table);
  OfferRow read{.origin = table.origin(),
                .siret = Siret(&row),
                .key = row.Required("key", kLongestKey),
                .rome_code = row.Code("rome_code", IsRomeCode,
                                      "un code ROME (une lettre et quatre chiffres)"),
                .title = row.Required("title", kLongestName),
                .description = row.Text("description", kLongestDescription),
                .audiences = Audiences(&row),
                .accessible = row.Flag("accessible", false),
                .instant_confirmation = row.Flag("instant_confirmation", false),
                .demonstration = row.Flag("demonstration", false),
                .published = row.Flag("published", true)};
  once->Check(absl::StrCat(read.siret, " ", read.key), "cette offre (siret et key)", &row);
  out->push_back(std::move(read));
  return row.status();
}

absl::Status ReadSession(const SourceTable& table, Once* once, std::vector<SessionRow>* out) {
  RowReader row(&table);
  SessionRow read{.origin = table.origin(),
                  .siret = Siret(&row),
                  .key = row.Required("key", kLongestKey),
                  .start = Instant("start", &row),
                  .end = Instant("end", &row),
                  .capacity = static_cast<int>(row.Integer("capacity", 1, kMostSeats)),
                  .closed = row.Flag("closed", false)};
  if (row.status().ok() && read.end <= read.start) {
    row.Refuse("la fin d'une session vient après son début");
  }
  if (row.status().ok() && read.end - read.start > kLongestSession) {
    row.Refuse("une session dure 31 jours au plus");
  }
  once->Check(absl::StrCat(read.siret, " ", read.key, " ", absl::ToUnixMicros(read.start)),
              "cette session (siret, key et start)", &row);
  out->push_back(std::move(read));
  return row.status();
}

}  // namespace

absl::StatusOr<std::vector<CompanyRow>> ParseCompanies(const std::vector<SourceFile>& files,
                                                       std::vector<std::string>* warnings) {
  std::vector<CompanyRow> rows;
  Once once;
  const absl::Status status = ReadFiles(
      files, "companies",
      [&](Layout) -> TakeRow {
        return [&](const SourceTable& row) { return ReadCompany(row, &once, &rows); };
      },
      warnings);
  if (!status.ok()) return status;
  return rows;
}

absl::StatusOr<OfferLists> ParseOffers(const std::vector<SourceFile>& files,
                                       std::vector<std::string>* warnings) {
  OfferLists lists;
  Once offers;
  Once sessions;
  const absl::Status status = ReadFiles(
      files, "offers",
      [&](Layout layout) -> TakeRow {
        if (layout == Layout::kSessions) {
          return
              [&](const SourceTable& row) { return ReadSession(row, &sessions, &lists.sessions); };
        }
        return [&](const SourceTable& row) { return ReadOffer(row, &offers, &lists.offers); };
      },
      warnings);
  if (!status.ok()) return status;
  return lists;
}

}  // namespace dm::catalogue
