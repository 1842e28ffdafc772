#include "services/booking/imports/public_holiday_file.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "common/text/csv.h"
#include "common/time/clock.h"
#include "services/booking/domain/public_holidays.h"

#include <set>

namespace dm::booking {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr absl::string_view kHeader = "date,annee,zone,nom_jour_ferie";
constexpr absl::string_view kMainland = "Métropole";
constexpr size_t kColumns = 4;

std::string Day(absl::CivilDay day) {
  return absl::StrFormat("%02d/%02d/%04d", day.day(), day.month(), day.year());
}

// Both ways, between the first and the last day of the list.
std::vector<std::string> Differences(const std::string& file,
                                     const std::set<absl::CivilDay>& listed) {
  std::vector<std::string> differences;
  if (listed.empty()) return differences;
  for (absl::CivilDay day = *listed.begin(); day <= *listed.rbegin(); ++day) {
    const bool calculated = PublicHolidayOn(day).has_value();
    if (calculated == listed.contains(day)) continue;
    differences.push_back(absl::StrCat(file, " : le ", Day(day),
                                       calculated ? " est férié selon la loi, pas selon la liste"
                                                  : " est férié selon la liste, pas selon la loi"));
  }
  return differences;
}

}  // namespace

bool IsPublicHolidayFile(const rpc::UploadedFile& file) {
  absl::string_view content = file.content;
  absl::ConsumePrefix(&content, kByteOrderMark);
  return absl::ConsumePrefix(&content, kHeader) &&
         (content.empty() || absl::StartsWith(content, "\n") || absl::StartsWith(content, "\r\n"));
}

absl::StatusOr<PublicHolidayCheck> CheckPublicHolidays(const rpc::UploadedFile& file) {
  CsvReader reader(file.content, ',');
  PublicHolidayCheck check;
  std::set<absl::CivilDay> listed;
  std::vector<std::string> cells;
  for (bool is_header = true;; is_header = false) {
    const absl::StatusOr<bool> more = reader.Next(&cells);
    const auto refuse = [&](absl::string_view cause) {
      return rpc::ImportRefused(file.name, reader.line(), cause);
    };
    if (!more.ok()) return refuse("les guillemets ne sont pas équilibrés");
    if (!*more) break;
    if (is_header) continue;
    if (cells.size() != kColumns) {
      return refuse(absl::StrCat("la ligne a ", cells.size(), " cellules au lieu de ", kColumns));
    }
    const absl::StatusOr<absl::CivilDay> day = ParseCivilDay(cells[0]);
    if (!day.ok() || absl::StrCat(day->year()) != cells[1]) {
      return refuse("la date n'est pas de la forme 2026-05-01, ou d'une autre année");
    }
    ++check.rows;
    if (cells[2] == kMainland) listed.insert(*day);
  }
  check.differences = Differences(file.name, listed);
  return check;
}

}  // namespace dm::booking
