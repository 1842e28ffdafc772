#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/types/span.h"

#include <cstdint>
#include <optional>
#include <string>

namespace dm::booking {

// Where a person stands on the way to a profession. The names are stored and sent, so they are
// never changed.
enum class Level : uint8_t {
  kQuatrieme,
  kTroisieme,
  kSeconde,
  kLycee,
  kStudent,
  kApprentice,
  kAdult,
};

// Every level, in the order of the enumeration.
absl::Span<const Level> AllLevels();

// "TROISIEME": the name of type.v1.Audience without its prefix.
absl::string_view LevelName(Level level);
std::optional<Level> ParseLevel(absl::string_view name);

// Who asks for a seat, as far as the rules look at them.
struct Applicant {
  // "people/{subject}".
  std::string person;
  absl::CivilDay birth_date;
  Level level = Level::kTroisieme;
  // Empty for who goes to no school.
  std::string school_uai;
  // Code of the département where the person lives; decides which agency looks after them.
  std::string department;
  // Lives in a priority area (quartier prioritaire), as the person or the agency says.
  bool priority_area = false;

  friend bool operator==(const Applicant&, const Applicant&) = default;
};

// Whole years on that day. Who is born on 29 February has the birthday on 1 March in other years.
int AgeOn(absl::CivilDay birth_date, absl::CivilDay day);

}  // namespace dm::booking
