#include "services/booking/imports/calendar_file.h"

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/text/addressee.h"
#include "common/text/csv.h"
#include "common/time/clock.h"
#include "services/booking/imports/public_holiday_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace dm::booking {
namespace {

constexpr char kSeparator = ';';
constexpr int kLongestHoliday = 120;
constexpr size_t kMostWarnings = 20;
constexpr absl::string_view kZonePrefix = "Zone ";
constexpr char kEverybody[] = "-";

// A summer whose end is not told yet. South of the equator it begins in December, and no usual end
// is known: there it is taken for the one day that is told.
constexpr std::array<absl::string_view, 2> kOpenSummers = {"Début des Vacances d'Été",
                                                           "Début des Grandes Vacances"};

enum OfficialColumn : size_t {
  kDescription,
  kPopulation,
  kStart,
  kEnd,
  kAcademies,
  kZones,
  kSchoolYear,
  kOfficialColumns
};
constexpr std::array<absl::string_view, kOfficialColumns> kOfficialNames = {
    "Description", "Population", "Date de début", "Date de fin",
    "Académies",   "Zones",      "annee_scolaire"};

enum ZoneColumn : size_t {
  kLabel,
  kFirstDay,
  kLastDay,
  kReturn,
  kZone,
  kZoneSchoolYear,
  kZoneColumns
};
constexpr std::array<absl::string_view, kZoneColumns> kZoneNames = {
    "libelle", "date_debut_incluse", "date_fin_incluse", "date_reprise", "zone", "annee_scolaire"};

// "2026-2027", or "2026".
bool IsSchoolYear(absl::string_view text) {
  const std::vector<absl::string_view> years = absl::StrSplit(text, '-');
  int first = 0;
  int second = 0;
  if (years.size() > 2 || years[0].size() != 4 || !absl::SimpleAtoi(years[0], &first)) return false;
  if (first < 1990 || first > 2199) return false;
  return years.size() == 1 ||
         (years[1].size() == 4 && absl::SimpleAtoi(years[1], &second) && second == first + 1);
}

// The day in Paris that begins at this instant; absent for another instant or no instant at all.
std::optional<absl::CivilDay> DayThatBegins(const std::string& text) {
  if (const absl::StatusOr<absl::CivilDay> day = ParseCivilDay(text); day.ok()) return *day;
  absl::Time time;
  std::string ignored;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &ignored)) return std::nullopt;
  const absl::CivilDay day = absl::ToCivilDay(time, ParisTimeZone());
  if (StartOfParisDay(day) != time) return std::nullopt;
  return day;
}

// What tells two holidays apart.
using Key =
    std::tuple<std::string, std::string, std::string, std::string, std::string, absl::CivilDay>;

Key KeyOf(const ListedHoliday& listed) {
  const SchoolHoliday& holiday = listed.holiday;
  return {holiday.zone,       listed.school_year, listed.academy,
          holiday.population, holiday.name,       holiday.first_day};
}

// Reads all files; knows which holidays it has met.
class CalendarReader {
 public:
  absl::Status Read(const rpc::UploadedFile& file) {
    file_ = file.name;
    if (IsPublicHolidayFile(file)) return Compare(file);
    CsvReader reader(file.content, kSeparator);
    reader_ = &reader;
    const absl::StatusOr<bool> header = Next();
    if (!header.ok()) return header.status();
    if (!*header) return rpc::ImportRefused(file_, 0, "le fichier est vide");
    const bool is_official = FindColumns(kOfficialNames);
    if (!is_official && !FindColumns(kZoneNames)) {
      return Refuse("l'en-tête n'est pas celui d'un calendrier scolaire");
    }
    const size_t cells = cells_.size();
    for (;;) {
      const absl::StatusOr<bool> more = Next();
      if (!more.ok()) return more.status();
      if (!*more) return absl::OkStatus();
      if (cells_.size() != cells) {
        return Refuse(absl::StrCat("la ligne a ", cells_.size(), " cellules au lieu de ", cells));
      }
      absl::Status added = is_official ? AddOfficial() : AddOfZone();
      if (!added.ok()) return added;
      ++list_.rows;
    }
  }

  CalendarList Take() {
    if (!open_summers_.empty()) {
      Warn(absl::StrCat("la fin des vacances d'été n'est pas publiée (", *open_summers_.rbegin(),
                        ") : 31 août retenu"));
    }
    if (left_out_ > 0) list_.warnings.push_back(absl::StrCat(left_out_, " autres avertissements"));
    return std::move(list_);
  }

 private:
  absl::StatusOr<bool> Next() {
    const absl::StatusOr<bool> more = reader_->Next(&cells_);
    if (!more.ok()) return Refuse("les guillemets ne sont pas équilibrés");
    return *more;
  }

  // Whether the header has all these columns; where they stand.
  template <size_t count>
  bool FindColumns(const std::array<absl::string_view, count>& names) {
    order_.clear();
    for (const absl::string_view name : names) {
      const auto found = std::find_if(
          cells_.begin(), cells_.end(),
          [name](const std::string& cell) { return absl::StripAsciiWhitespace(cell) == name; });
      if (found == cells_.end()) return false;
      order_.push_back(static_cast<size_t>(found - cells_.begin()));
    }
    return true;
  }

  std::string Cell(size_t column) const {
    return std::string(absl::StripAsciiWhitespace(cells_[order_[column]]));
  }

  absl::Status AddOfficial() {
    ListedHoliday listed = {.holiday = {.zone = Cell(kZones),
                                        .name = Cell(kDescription),
                                        .population = Cell(kPopulation)},
                            .academy = Cell(kAcademies),
                            .school_year = Cell(kSchoolYear)};
    if (!DisplayNameFault(listed.academy).empty()) return Refuse("l'académie n'est pas un nom");
    const std::optional<absl::CivilDay> start = DayThatBegins(Cell(kStart));
    const std::optional<absl::CivilDay> end = DayThatBegins(Cell(kEnd));
    if (!start.has_value() || !end.has_value()) {
      return Refuse(absl::StrCat("la colonne ", kOfficialNames[start.has_value() ? kEnd : kStart],
                                 " n'est pas un minuit de Paris"));
    }
    SchoolHoliday& holiday = listed.holiday;
    if (holiday.population.empty()) holiday.population = std::string(kEverybody);
    holiday.first_day = *start;
    holiday.last_day = *end == *start ? *start : *end - 1;
    const absl::CivilDay end_of_august(start->year(), 8, 31);
    if (*end == *start && *start < end_of_august && IsOpenSummer(holiday.name)) {
      holiday.last_day = end_of_august;
      open_summers_.insert(listed.school_year);
    }
    return Add(std::move(listed));
  }

  absl::Status AddOfZone() {
    ListedHoliday listed = {
        .holiday = {.zone = Cell(kZone), .name = Cell(kLabel), .population = kEverybody},
        .academy = "",
        .school_year = Cell(kZoneSchoolYear)};
    const absl::StatusOr<absl::CivilDay> first = ParseCivilDay(Cell(kFirstDay));
    const absl::StatusOr<absl::CivilDay> last = ParseCivilDay(Cell(kLastDay));
    if (!first.ok() || !last.ok()) {
      return Refuse(absl::StrCat("la colonne ", kZoneNames[first.ok() ? kLastDay : kFirstDay],
                                 " n'est pas une date de la forme 2026-10-17"));
    }
    if (const std::string back = Cell(kReturn); !back.empty()) {
      const absl::StatusOr<absl::CivilDay> day = ParseCivilDay(back);
      if (!day.ok() || *day != *last + 1) {
        return Refuse("la colonne date_reprise n'est pas le lendemain de la fin");
      }
    }
    listed.holiday.first_day = *first;
    listed.holiday.last_day = *last;
    return Add(std::move(listed));
  }

  absl::Status Compare(const rpc::UploadedFile& file) {
    const absl::StatusOr<PublicHolidayCheck> check = CheckPublicHolidays(file);
    if (!check.ok()) return check.status();
    list_.rows += check->rows;
    for (const std::string& difference : check->differences) Warn(difference);
    return absl::OkStatus();
  }

  // What both layouts must hold to.
  absl::Status Add(ListedHoliday listed) {
    SchoolHoliday& holiday = listed.holiday;
    if (absl::string_view letter = holiday.zone; absl::ConsumePrefix(&letter, kZonePrefix)) {
      if (letter != "A" && letter != "B" && letter != "C") return Refuse("cette zone est inconnue");
      holiday.zone = std::string(letter);
    } else if (listed.academy.empty() || listed.academy != holiday.zone) {
      // Only an académie that is a zone of its own has a name for a zone.
      return Refuse("la zone n'est ni Zone A, Zone B, Zone C ni celle de son académie");
    }
    for (const std::string* text : {&holiday.name, &holiday.population}) {
      if (!DisplayNameFault(*text).empty())
        return Refuse("le nom ou la population n'est pas lisible");
    }
    if (!IsSchoolYear(listed.school_year)) {
      return Refuse("la colonne annee_scolaire n'est pas de la forme 2026-2027");
    }
    if (holiday.last_day < holiday.first_day) return Refuse("la fin précède le début");
    if (holiday.days() > kLongestHoliday) {
      return Refuse(absl::StrCat("ces vacances durent plus de ", kLongestHoliday, " jours"));
    }
    if (!PupilsOf(holiday.population).known && populations_.insert(holiday.population).second) {
      Warn(absl::StrCat(file_, ", ligne ", reader_->line(), " : population inconnue, comptée pour ",
                        "personne (", holiday.population, ")"));
    }
    return Keep(std::move(listed));
  }

  absl::Status Keep(ListedHoliday listed) {
    const auto [known, is_new] = known_.emplace(KeyOf(listed), list_.holidays.size());
    if (is_new) {
      list_.holidays.push_back(std::move(listed));
      list_.origins.push_back({file_, reader_->line()});
      return absl::OkStatus();
    }
    if (list_.holidays[known->second] != listed) {
      return Refuse(absl::StrCat("ces vacances ont une autre fin que dans ",
                                 list_.origins[known->second].file, ", ligne ",
                                 list_.origins[known->second].line));
    }
    Warn(absl::StrCat(file_, ", ligne ", reader_->line(), " : déjà dite plus haut"));
    return absl::OkStatus();
  }

  static bool IsOpenSummer(absl::string_view name) {
    return std::find(kOpenSummers.begin(), kOpenSummers.end(), name) != kOpenSummers.end();
  }

  // A report that is larger than a message may be would be lost.
  void Warn(std::string warning) {
    if (list_.warnings.size() < kMostWarnings) {
      list_.warnings.push_back(std::move(warning));
    } else {
      ++left_out_;
    }
  }

  absl::Status Refuse(absl::string_view cause) const {
    return rpc::ImportRefused(file_, reader_->line(), cause);
  }

  CalendarList list_;
  absl::flat_hash_map<Key, size_t> known_;
  std::set<std::string> populations_;
  std::set<std::string> open_summers_;
  int left_out_ = 0;
  // Of the file that is being read.
  std::string file_;
  CsvReader* reader_ = nullptr;
  std::vector<std::string> cells_;
  std::vector<size_t> order_;
};

}  // namespace

absl::StatusOr<CalendarList> ReadCalendar(const std::vector<rpc::UploadedFile>& files) {
  CalendarReader reader;
  for (const rpc::UploadedFile& file : files) {
    if (absl::Status status = reader.Read(file); !status.ok()) return status;
  }
  return reader.Take();
}

}  // namespace dm::booking
