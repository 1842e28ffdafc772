#pragma once

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/errors/error.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// Figures of the catalogue, and how much of them everybody may see.
namespace dm::catalogue {

// What rests on fewer companies is shown to nobody but their agency.
constexpr int kFewestShownCompanies = 5;
constexpr int kMostMonths = 36;
constexpr size_t kMostStatisticsRows = 5000;

// What figures are counted by.
struct Dimensions {
  bool department = false;
  bool sector = false;
  bool profession = false;
  bool month = false;
};

struct StatisticsQuery {
  absl::CivilMonth first;
  absl::CivilMonth last;
  // Absent for all.
  std::optional<std::vector<std::string>> departments;
  Dimensions by;
};

// One combination of values; those that were not asked for are empty.
struct FigureKeys {
  std::string department;
  std::string sector;
  std::string profession;
  // YYYY-MM.
  std::string month;

  friend bool operator==(const FigureKeys&, const FigureKeys&) = default;
};

struct Figures {
  FigureKeys keys;
  // Official labels of the sector and the profession.
  std::string sector_label;
  std::string profession_title;
  int offers = 0;
  int companies = 0;
  int sessions = 0;
  int64_t seats = 0;
  int64_t held = 0;
};

// "YYYY-MM" or empty each, the last at most 36 months after the first.
void CheckMonths(absl::string_view from, absl::string_view to, absl::Time now,
                 Violations& violations);
// The months of a request that passed CheckMonths: 12 months ago to the present one where it says
// nothing.
std::pair<absl::CivilMonth, absl::CivilMonth> MonthsOf(absl::string_view from, absl::string_view to,
                                                       absl::Time now);

// The rows, by their position, that are added up into one so that no shown row rests on few
// companies. Rows of the départements in `seen_exactly` stay as they are. Empty when there are
// none.
std::vector<size_t> RowsToFold(const std::vector<Figures>& rows,
                               const absl::flat_hash_set<std::string>& seen_exactly);

// The shown row that is added to those when together they still rest on few companies: what is
// missing in the sum would tell of them. Absent when all rows are folded or seen exactly.
std::optional<size_t> NextRowToFold(const std::vector<Figures>& rows,
                                    const std::vector<size_t>& folded,
                                    const absl::flat_hash_set<std::string>& seen_exactly);

// From 0 to 1; 0 without seats.
double FillRate(const Figures& figures);

}  // namespace dm::catalogue
