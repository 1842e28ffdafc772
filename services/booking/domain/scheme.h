#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

#include <cstdint>
#include <optional>

namespace dm::booking {

// The legal frame of a stay or a meeting: which rules hold, who signs what. The names are stored
// and sent, so they are never changed.
enum class Scheme : uint8_t {
  kMiniStageCci,
  kMiniStageCma,
  kMiniStageAgriculture,
  kSchoolObservation,
  kAdultImmersion,
  kInformationVisit,
  kMeeting,
};

// Every scheme, in the order of the enumeration.
absl::Span<const Scheme> AllSchemes();

// "MINI_STAGE_CCI": the name of type.v1.Scheme without its prefix.
absl::string_view SchemeName(Scheme scheme);
std::optional<Scheme> ParseScheme(absl::string_view name);

}  // namespace dm::booking
