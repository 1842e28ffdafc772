#include "services/booking/domain/session_kind.h"

namespace dm::booking {

absl::string_view SessionKindName(SessionKind kind) {
  switch (kind) {
    case SessionKind::kMiniStage:
      return "MINI_STAGE";
    case SessionKind::kMeeting:
      return "MEETING";
  }
  return "";
}

std::optional<SessionKind> ParseSessionKind(absl::string_view name) {
  for (const SessionKind kind : {SessionKind::kMiniStage, SessionKind::kMeeting}) {
    if (SessionKindName(kind) == name) return kind;
  }
  return std::nullopt;
}

absl::string_view ChamberName(Chamber chamber) {
  switch (chamber) {
    case Chamber::kCci:
      return "CCI";
    case Chamber::kCma:
      return "CMA";
    case Chamber::kAgriculture:
      return "AGRICULTURE";
  }
  return "";
}

std::optional<Chamber> ParseChamber(absl::string_view name) {
  for (const Chamber chamber : {Chamber::kCci, Chamber::kCma, Chamber::kAgriculture}) {
    if (ChamberName(chamber) == name) return chamber;
  }
  return std::nullopt;
}

}  // namespace dm::booking
