#include "services/booking/domain/scheme.h"

#include <array>
#include <cstddef>

namespace dm::booking {
namespace {

constexpr std::array kSchemes = {
    Scheme::kMiniStageCci,      Scheme::kMiniStageCma,   Scheme::kMiniStageAgriculture,
    Scheme::kSchoolObservation, Scheme::kAdultImmersion, Scheme::kInformationVisit,
    Scheme::kMeeting,
};

constexpr std::array<absl::string_view, kSchemes.size()> kNames = {
    "MINI_STAGE_CCI",
    "MINI_STAGE_CMA",
    "MINI_STAGE_AGRICULTURE",
    "SCHOOL_OBSERVATION",
    "ADULT_IMMERSION",
    "INFORMATION_VISIT",
    "MEETING",
};

}  // namespace

absl::Span<const Scheme> AllSchemes() { return kSchemes; }

absl::string_view SchemeName(Scheme scheme) { return kNames[static_cast<size_t>(scheme)]; }

std::optional<Scheme> ParseScheme(absl::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return kSchemes[i];
  }
  return std::nullopt;
}

}  // namespace dm::booking
