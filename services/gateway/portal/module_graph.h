#pragma once

#include "absl/strings/string_view.h"

#include <map>
#include <string>
#include <vector>

namespace dm::gateway {

// The modules that showing `entry` ("pages/offers.js") takes, itself first: what it and they import
// by `import … from '…'` at the beginning of a line, each once. What is imported later, by
// `import(…)`, is not among them. `sources` holds the files by their path in the portal's folder; a
// module that is not there is left out.
std::vector<std::string> ModulesOf(const std::map<std::string, std::string>& sources,
                                   absl::string_view entry);

}  // namespace dm::gateway
