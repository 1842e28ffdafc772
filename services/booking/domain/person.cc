#include "services/booking/domain/person.h"

#include <array>
#include <cstddef>

namespace dm::booking {
namespace {

constexpr std::array kLevels = {Level::kQuatrieme, Level::kTroisieme, Level::kSeconde,
                                Level::kLycee,     Level::kStudent,   Level::kApprentice,
                                Level::kAdult};

constexpr std::array<absl::string_view, kLevels.size()> kNames = {
    "QUATRIEME", "TROISIEME", "SECONDE", "LYCEE", "STUDENT", "APPRENTICE", "ADULT"};

}  // namespace

absl::Span<const Level> AllLevels() { return kLevels; }

absl::string_view LevelName(Level level) { return kNames[static_cast<size_t>(level)]; }

std::optional<Level> ParseLevel(absl::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return kLevels[i];
  }
  return std::nullopt;
}

int AgeOn(absl::CivilDay birth_date, absl::CivilDay day) {
  // 29 February of another year is normalized to 1 March.
  const absl::CivilDay birthday(day.year(), birth_date.month(), birth_date.day());
  return static_cast<int>(day.year() - birth_date.year()) - (day < birthday ? 1 : 0);
}

}  // namespace dm::booking
