#pragma once

#include "absl/strings/string_view.h"

#include <string>
#include <vector>

namespace dm::catalogue::search {

// The folded words of what somebody looks for a profession with, each once, without those that say
// nothing of it ("je voudrais travailler avec des animaux": only "animal"). A query that has no
// other words keeps them.
std::vector<std::string> ParseProfessionQuery(absl::string_view query);

// Whether the last word of a query may be unfinished: nothing stands after it.
bool EndsInsideWord(absl::string_view query);

}  // namespace dm::catalogue::search
