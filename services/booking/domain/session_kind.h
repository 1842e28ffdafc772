#pragma once

#include "absl/strings/string_view.h"

#include <cstdint>
#include <optional>

namespace dm::booking {

// What a session is. The names are stored.
enum class SessionKind : uint8_t { kMiniStage, kMeeting };

absl::string_view SessionKindName(SessionKind kind);
std::optional<SessionKind> ParseSessionKind(absl::string_view name);

// The consular chamber that a company belongs to. The names are stored.
enum class Chamber : uint8_t { kCci, kCma, kAgriculture };

absl::string_view ChamberName(Chamber chamber);
std::optional<Chamber> ParseChamber(absl::string_view name);

}  // namespace dm::booking
