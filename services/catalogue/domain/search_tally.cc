#include "services/catalogue/domain/search_tally.h"

#include "absl/hash/hash.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/catalogue/domain/counted_words.h"

#include <map>
#include <utility>

namespace dm::catalogue {

void SearchTally::Count(SearchSubject subject, absl::string_view query, bool found_nothing) {
  query = absl::StripAsciiWhitespace(query);
  if (query.empty()) return;
  const std::string key = absl::StrCat(static_cast<int>(subject), query);
  Shard& shard = shards_[absl::HashOf(key) % kShards];
  const absl::MutexLock lock(&shard.mutex);
  auto found = shard.by_query.find(key);
  if (found == shard.by_query.end()) {
    if (shard.by_query.size() >= kMostQueriesOfShard) return;
    found = shard.by_query.emplace(key, Numbers{}).first;
  }
  ++found->second.searches;
  if (found_nothing) ++found->second.empty;
}

std::vector<CountedSearch> SearchTally::Take() {
  std::map<std::pair<int, std::string>, Numbers> sums;
  for (Shard& shard : shards_) {
    absl::flat_hash_map<std::string, Numbers> taken;
    {
      const absl::MutexLock lock(&shard.mutex);
      taken.swap(shard.by_query);
    }
    for (const auto& [key, numbers] : taken) {
      std::string words = CountedWords(absl::string_view(key).substr(1));
      if (words.empty()) continue;
      Numbers& sum = sums[{key[0] - '0', std::move(words)}];
      sum.searches += numbers.searches;
      sum.empty += numbers.empty;
    }
  }
  std::vector<CountedSearch> counted;
  for (const auto& [key, numbers] : sums) {
    counted.push_back(
        {static_cast<SearchSubject>(key.first), key.second, numbers.searches, numbers.empty});
  }
  return counted;
}

}  // namespace dm::catalogue
