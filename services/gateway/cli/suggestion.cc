#include "services/gateway/cli/suggestion.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include <algorithm>
#include <utility>

namespace dm::gateway::cli {
namespace {

constexpr size_t kShortestBeginning = 3;

// Characters to insert, drop, replace or swap with their neighbour.
size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> before_last;
  std::vector<size_t> last(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    std::vector<size_t> now(b.size() + 1);
    now[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], before_last[j - 2] + 1);
      }
    }
    before_last = std::exchange(last, std::move(now));
  }
  return last[b.size()];
}

}  // namespace

std::string Nearest(absl::string_view typed, const std::vector<std::string>& known) {
  std::string nearest;
  size_t least = std::max<size_t>(typed.size() / 3, 1) + 1;
  for (const std::string& word : known) {
    const size_t distance = Distance(typed, word);
    if (distance < least) {
      least = distance;
      nearest = word;
    }
  }
  if (!nearest.empty() || typed.size() < kShortestBeginning) return nearest;
  for (const std::string& word : known) {
    if (!absl::StartsWith(word, typed)) continue;
    if (!nearest.empty()) return "";
    nearest = word;
  }
  return nearest;
}

std::string Suggestion(absl::string_view typed, const std::vector<std::string>& known) {
  const std::string nearest = Nearest(typed, known);
  return nearest.empty() ? "" : absl::StrCat(" ; vouliez-vous dire « ", nearest, " » ?");
}

}  // namespace dm::gateway::cli
