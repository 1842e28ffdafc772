#include "common/auth/strict_json.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace dm::auth {
namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 4;

}  // namespace

std::optional<Json> ParseStrictObject(absl::string_view text) {
  // The names of the objects that are open, the innermost last.
  std::vector<std::set<std::string>> open;
  bool strict = true;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
    if (depth > kDeepest) strict = false;
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key) {
      strict = open.back().insert(value.get<std::string>()).second && strict;
    }
    return true;
  };
  Json parsed = Json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
  if (!strict || !parsed.is_object()) return std::nullopt;
  return parsed;
}

}  // namespace dm::auth
