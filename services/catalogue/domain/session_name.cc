#include "services/catalogue/domain/session_name.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "common/text/uuid.h"

#include <vector>

namespace dm::catalogue {

std::optional<SessionName> ParseSessionName(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4 || parts[0] != "offers" || parts[2] != "sessions") return std::nullopt;
  if (!IsUuid(parts[1]) || !IsUuid(parts[3])) return std::nullopt;
  return SessionName{absl::AsciiStrToLower(parts[1]), absl::AsciiStrToLower(parts[3])};
}

}  // namespace dm::catalogue
