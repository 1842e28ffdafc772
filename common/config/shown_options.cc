#include "common/config/shown_options.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <regex>

namespace dm::config {
namespace {

constexpr char kHidden[] = "…";

// An option that is a secret by its name; the name of a file with one is none.
bool IsSecret(absl::string_view name) {
  for (const absl::string_view end : {"password", "secret", "token", "key"}) {
    if (absl::EndsWith(name, end)) return true;
  }
  return false;
}

}  // namespace

std::string ShownValue(absl::string_view name, absl::string_view value) {
  if (value.empty()) return "";
  if (IsSecret(name)) return kHidden;
  static const auto* const kUserInfo = new std::regex("://[^/?#]*@");
  static const auto* const kSetting = new std::regex(
      R"(([a-z_-]*(password|passwd|secret|token|key)[ ]*=[ ]*)('([^'\\]|\\.)*'?|[^ &'][^ &]*))",
      std::regex::icase);
  std::string shown = std::regex_replace(std::string(value), *kUserInfo, "://…@");
  shown = std::regex_replace(shown, *kSetting, "$1…");
  // One line for each option, whatever it holds.
  const bool breaks = std::any_of(shown.begin(), shown.end(),
                                  [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  return breaks ? absl::CHexEscape(shown) : shown;
}

std::string ShownOptions(const Values& values) {
  std::string text;
  for (const auto& [name, value] : values.all()) {
    absl::StrAppend(&text, name, "=", ShownValue(name, value), "\n");
  }
  return text;
}

}  // namespace dm::config
