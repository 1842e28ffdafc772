#include "services/gateway/portal/module_graph.h"

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <algorithm>
#include <filesystem>

namespace dm::gateway {
namespace {

// The relative address that a line imports from; empty when it imports nothing.
absl::string_view ImportedBy(absl::string_view line) {
  if (!absl::StartsWith(line, "import ")) return "";
  line = absl::StripSuffix(absl::StripTrailingAsciiWhitespace(line), ";");
  const size_t from = line.rfind(" from ");
  if (from == absl::string_view::npos) return "";
  const absl::string_view quoted = line.substr(from + 6);
  if (quoted.size() < 3 || (quoted.front() != '\'' && quoted.front() != '"')) return "";
  const absl::string_view address = quoted.substr(1, quoted.size() - 2);
  return absl::StartsWith(address, ".") ? address : "";
}

}  // namespace

std::vector<std::string> ModulesOf(const std::map<std::string, std::string>& sources,
                                   absl::string_view entry) {
  std::vector<std::string> modules = {std::string(entry)};
  // Grows while it is read; those that are missing go at the end.
  for (size_t i = 0; i < modules.size(); ++i) {
    const auto source = sources.find(modules[i]);
    if (source == sources.end()) continue;
    const std::filesystem::path folder = std::filesystem::path(modules[i]).parent_path();
    for (absl::string_view line : absl::StrSplit(source->second, '\n')) {
      const absl::string_view address = ImportedBy(line);
      if (address.empty()) continue;
      std::string module = (folder / std::string(address)).lexically_normal().generic_string();
      if (std::find(modules.begin(), modules.end(), module) == modules.end()) {
        modules.push_back(std::move(module));
      }
    }
  }
  modules.erase(
      std::remove_if(modules.begin(), modules.end(),
                     [&](const std::string& module) { return sources.count(module) == 0; }),
      modules.end());
  return modules;
}

}  // namespace dm::gateway
