#include "services/ambassador/domain/search.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/civil_time.h"
#include "common/codes/official_codes.h"
#include "common/codes/siret.h"
#include "common/text/uuid.h"
#include "common/time/clock.h"
#include "services/ambassador/domain/characters.h"
#include "services/ambassador/domain/codes.h"

#include <algorithm>

namespace dm::ambassador {
namespace {

constexpr size_t kMostCharactersOfQuery = 200;
constexpr size_t kMostDepartments = 20;
constexpr size_t kMostCodes = 50;
constexpr size_t kMostFormats = 10;
constexpr double kMostKilometres = 300;

void CheckList(absl::string_view field, const std::vector<std::string>& values, size_t most,
               bool (*is_known)(absl::string_view), absl::string_view what,
               Violations& violations) {
  if (values.size() > most) violations.Add(field, absl::StrCat("at most ", most, " values"));
  for (size_t i = 0; i < std::min(values.size(), most); ++i) {
    if (!is_known(values[i])) violations.Add(absl::StrCat(field, "[", i, "]"), what);
  }
}

// Written so that NaN is outside.
bool IsWithin(double value, double least, double most) { return value >= least && value <= most; }

void CheckPoint(const Search& search, Violations& violations) {
  const bool any =
      search.latitude.has_value() || search.longitude.has_value() || search.radius_km.has_value();
  if (!any) return;
  constexpr absl::string_view kTogether = "lat, lon and radius_km go together";
  if (!search.latitude.has_value()) {
    violations.Add("lat", kTogether);
  } else if (!IsWithin(*search.latitude, -90, 90)) {
    violations.Add("lat", "must be from -90 to 90");
  }
  if (!search.longitude.has_value()) {
    violations.Add("lon", kTogether);
  } else if (!IsWithin(*search.longitude, -180, 180)) {
    violations.Add("lon", "must be from -180 to 180");
  }
  if (!search.radius_km.has_value()) {
    violations.Add("radius_km", kTogether);
  } else if (!IsWithin(*search.radius_km, 0, kMostKilometres) || *search.radius_km <= 0) {
    violations.Add("radius_km", "must be above 0 and at most 300");
  }
}

absl::Status ForeignPosition() {
  return MakeError(
      absl::StatusCode::kInvalidArgument, "the page token is not of this list",
      {.reason = "PAGE_TOKEN_INVALID", .fields = {{"page_token", "not a token of this list"}}});
}

}  // namespace

void CheckSearch(const Search& search, Violations& violations) {
  if (CountCharacters(search.query) > kMostCharactersOfQuery) {
    violations.Add("query", "at most 200 characters");
  }
  CheckList("departments", search.departments, kMostDepartments, IsDepartment,
            "not a code of a département", violations);
  CheckList("professions", search.professions, kMostCodes, IsRomeCode, "not a ROME code",
            violations);
  CheckList("sectors", search.sectors, kMostCodes, IsListCode, "not a code of a sector",
            violations);
  CheckList("formats", search.formats, kMostFormats, IsFormat, "not a format", violations);
  CheckList("companies", search.companies, kMostCodes, IsSiret, "not a SIRET", violations);
  CheckPoint(search, violations);
  if (search.page_size < 0) violations.Add("page_size", "must not be negative");
}

std::vector<std::string> ToTokenParts(const SearchPosition& position) {
  return {position.distance, position.sort_name, position.id};
}

absl::StatusOr<std::optional<SearchPosition>> SearchPositionFrom(
    const std::vector<std::string>& parts) {
  if (parts.empty()) return std::optional<SearchPosition>();
  double distance = 0;
  if (parts.size() != 3 || !absl::SimpleAtod(parts[0], &distance) || !IsUuid(parts[2])) {
    return ForeignPosition();
  }
  return std::optional<SearchPosition>({parts[0], parts[1], parts[2]});
}

void CheckSessionsRange(const SessionsRange& range, Violations& violations) {
  const auto from = ParseCivilDay(range.from);
  const auto to = ParseCivilDay(range.to);
  if (!range.from.empty() && !from.ok()) violations.Add("from", "must be a day as YYYY-MM-DD");
  if (!range.to.empty() && !to.ok()) violations.Add("to", "must be a day as YYYY-MM-DD");
  if (from.ok() && to.ok() && *to < *from) violations.Add("to", "must not be before `from`");
}

TimeRange Resolve(const SessionsRange& range, absl::Time now) {
  TimeRange resolved{now, absl::InfiniteFuture()};
  const auto from = ParseCivilDay(range.from);
  const auto to = ParseCivilDay(range.to);
  if (from.ok()) resolved.from = std::max(now, StartOfParisDay(*from));
  if (to.ok()) resolved.to = StartOfParisDay(*to + 1);
  return resolved;
}

std::vector<std::string> ToTokenParts(const SessionPosition& position) {
  return {absl::StrCat(position.start_micros), position.id};
}

absl::StatusOr<std::optional<SessionPosition>> SessionPositionFrom(
    const std::vector<std::string>& parts) {
  if (parts.empty()) return std::optional<SessionPosition>();
  SessionPosition position;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &position.start_micros) ||
      !IsUuid(parts[1])) {
    return ForeignPosition();
  }
  position.id = parts[1];
  return std::optional<SessionPosition>(position);
}

std::optional<std::string> AmbassadorIdFrom(absl::string_view name) {
  if (!absl::ConsumePrefix(&name, "ambassadors/") || !IsUuid(name)) return std::nullopt;
  return absl::AsciiStrToLower(name);
}

std::optional<SessionIds> SessionIdsFrom(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  if (parts.size() != 4 || parts[0] != "ambassadors" || parts[2] != "sessions") return std::nullopt;
  if (!IsUuid(parts[1]) || !IsUuid(parts[3])) return std::nullopt;
  return SessionIds{absl::AsciiStrToLower(parts[1]), absl::AsciiStrToLower(parts[3])};
}

}  // namespace dm::ambassador
