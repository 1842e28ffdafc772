#include "services/ambassador/imports/listing_files.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/time/clock.h"
#include "services/ambassador/domain/listing.h"
#include "services/ambassador/imports/table.h"

#include <optional>
#include <utility>

namespace dm::ambassador::imports {
namespace {

constexpr size_t kMostWarnings = 20;
constexpr size_t kLongestColumnName = 100;

const std::vector<std::string>& ProfileColumns() {
  static const auto* const columns = new std::vector<std::string>{
      "id",         "display_name", "job_title",    "siret",        "company_display_name",
      "rome_codes", "sectors",      "presentation", "formats",      "audiences",
      "street",     "postal_code",  "commune",      "commune_code", "department",
      "latitude",   "longitude",    "demonstration"};
  return *columns;
}

const std::vector<std::string>& MeetingColumns() {
  static const auto* const columns = new std::vector<std::string>{
      "ambassador_id", "start", "end", "capacity", "format", "instant_confirmation"};
  return *columns;
}

// Cells of one row that are more than text; remembers the first that cannot be read.
class Cells {
 public:
  explicit Cells(const Table* table) : table_(table) {}

  std::vector<std::string> List(const std::string& column) const {
    return absl::StrSplit(table_->Cell(column), '|', absl::SkipEmpty());
  }

  double Number(const std::string& column) {
    double value = 0;
    if (!absl::SimpleAtod(table_->Cell(column), &value)) Fail(column, "n'est pas un nombre");
    return value;
  }

  int Integer(const std::string& column) {
    int value = 0;
    if (!absl::SimpleAtoi(table_->Cell(column), &value)) Fail(column, "n'est pas un entier");
    return value;
  }

  bool Switch(const std::string& column) {
    const std::string cell = table_->Cell(column);
    if (cell != "O" && cell != "N") Fail(column, "n'est ni O ni N");
    return cell == "O";
  }

  absl::Time ParisTime(const std::string& column) {
    absl::Time time;
    std::string ignored;
    if (!absl::ParseTime("%Y-%m-%d%ET%H:%M", table_->Cell(column), ParisTimeZone(), &time,
                         &ignored)) {
      Fail(column, "n'est pas une date de la forme 2026-11-30T09:00");
    } else if (const auto year = absl::ToCivilYear(time, ParisTimeZone()).year();
               year < 2000 || year > 2199) {
      // A slip of the keyboard such as the year 20260 would be beyond what JSON can show.
      Fail(column, "n'a pas une année de 2000 à 2199");
    }
    return time;
  }

  const std::string& mistake() const { return mistake_; }

 private:
  void Fail(const std::string& column, absl::string_view cause) {
    if (mistake_.empty()) mistake_ = absl::StrCat("la colonne ", column, " ", cause);
  }

  const Table* table_;
  std::string mistake_;
};

absl::Status ReadAmbassador(const Table& table, Ambassador* ambassador) {
  Cells cells(&table);
  *ambassador = {.id = absl::AsciiStrToLower(table.Cell("id")),
                 .display_name = table.Cell("display_name"),
                 .job_title = table.Cell("job_title"),
                 .siret = table.Cell("siret"),
                 .company_display_name = table.Cell("company_display_name"),
                 .rome_codes = cells.List("rome_codes"),
                 .sectors = cells.List("sectors"),
                 .presentation = table.Cell("presentation"),
                 .formats = cells.List("formats"),
                 .audiences = cells.List("audiences"),
                 .place = {.street = table.Cell("street"),
                           .postal_code = table.Cell("postal_code"),
                           .commune = table.Cell("commune"),
                           .commune_code = table.Cell("commune_code"),
                           .department = table.Cell("department"),
                           .latitude = cells.Number("latitude"),
                           .longitude = cells.Number("longitude")},
                 .demonstration = cells.Switch("demonstration")};
  if (!cells.mistake().empty()) return table.Refuse(cells.mistake());
  const std::string mistake = MistakeOf(*ambassador);
  return mistake.empty() ? absl::OkStatus() : table.Refuse(mistake);
}

absl::Status ReadSession(const Table& table, Session* session) {
  Cells cells(&table);
  *session = {.ambassador_id = absl::AsciiStrToLower(table.Cell("ambassador_id")),
              .start_time = cells.ParisTime("start"),
              .end_time = cells.ParisTime("end"),
              .capacity = cells.Integer("capacity"),
              .format = table.Cell("format"),
              .instant_confirmation = cells.Switch("instant_confirmation")};
  if (!cells.mistake().empty()) return table.Refuse(cells.mistake());
  const std::string mistake = MistakeOf(*session);
  return mistake.empty() ? absl::OkStatus() : table.Refuse(mistake);
}

// Reads all files; knows which rows it has met.
class ListingReader {
 public:
  absl::Status Read(const rpc::UploadedFile& file) {
    absl::StatusOr<Table> table = Table::Open(file);
    if (!table.ok()) return table.status();
    const bool profiles = table->Has(ProfileColumns());
    if (!profiles && !table->Has(MeetingColumns())) {
      return rpc::ImportRefused(
          file.name, 1, "l'en-tête n'est ni celui des ambassadeurs ni celui des rencontres");
    }
    WarnOf(table->Others(profiles ? ProfileColumns() : MeetingColumns()), file.name);
    for (;;) {
      const absl::StatusOr<bool> more = table->Next();
      if (!more.ok()) return more.status();
      if (!*more) return absl::OkStatus();
      absl::Status added = profiles ? AddAmbassador(*table) : AddSession(*table);
      if (!added.ok()) return added;
    }
  }

  Listing Take() { return std::move(listing_); }

 private:
  // A report that is larger than a message may be would be lost, after the import was done.
  void WarnOf(const std::vector<std::string>& columns, absl::string_view file) {
    for (size_t i = 0; i < columns.size(); ++i) {
      if (i == kMostWarnings) {
        listing_.warnings.push_back(absl::StrCat(file, ", ligne 1 : ", columns.size() - i,
                                                 " autres colonnes inconnues ignorées"));
        return;
      }
      const bool is_short = columns[i].size() <= kLongestColumnName;
      listing_.warnings.push_back(absl::StrCat(file, ", ligne 1 : colonne inconnue ignorée (",
                                               is_short ? columns[i] : "au nom démesurément long",
                                               ")"));
    }
  }

  absl::Status AddAmbassador(const Table& table) {
    Ambassador ambassador;
    if (absl::Status status = ReadAmbassador(table, &ambassador); !status.ok()) return status;
    if (!ids_.insert(ambassador.id).second) return table.Refuse("cet identifiant figure deux fois");
    listing_.ambassadors.push_back(std::move(ambassador));
    listing_.ambassador_origins.push_back({table.file(), table.line()});
    return absl::OkStatus();
  }

  absl::Status AddSession(const Table& table) {
    Session session;
    if (absl::Status status = ReadSession(table, &session); !status.ok()) return status;
    if (!starts_.emplace(session.ambassador_id, session.start_time).second) {
      return table.Refuse("cet ambassadeur a deux rencontres qui commencent en même temps");
    }
    listing_.sessions.push_back(std::move(session));
    listing_.session_origins.push_back({table.file(), table.line()});
    return absl::OkStatus();
  }

  Listing listing_;
  absl::flat_hash_set<std::string> ids_;
  absl::flat_hash_set<std::pair<std::string, absl::Time>> starts_;
};

}  // namespace

absl::StatusOr<Listing> ReadListing(const std::vector<rpc::UploadedFile>& files) {
  ListingReader reader;
  for (const rpc::UploadedFile& file : files) {
    if (absl::Status status = reader.Read(file); !status.ok()) return status;
  }
  return reader.Take();
}

}  // namespace dm::ambassador::imports
