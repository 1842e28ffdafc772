#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dm::catalogue {

// What is searched in. The numbers are stored, and are those of the proto's Subject.
enum class SearchSubject : uint8_t { kProfessions = 1, kOffers = 2, kCompanies = 3 };

// Searches for the same words.
struct CountedSearch {
  SearchSubject subject = SearchSubject::kProfessions;
  // Folded.
  std::string words;
  int searches = 0;
  // Those that found nothing.
  int empty = 0;
};

// Counts searches in memory until somebody takes the numbers away: a search must not wait for its
// own statistics. Bounded: words that come when it is full are not counted. What is in it is lost
// with the process. Thread-safe, and quick enough for a gRPC thread.
class SearchTally {
 public:
  // `query` as it was typed; what of it may be counted is seen to later.
  void Count(SearchSubject subject, absl::string_view query, bool found_nothing);

  // What was counted since the last time, by subject and words, each once.
  std::vector<CountedSearch> Take();

 private:
  struct Numbers {
    int searches = 0;
    int empty = 0;
  };
  // Many gRPC threads count at once. By the subject's digit and the query.
  struct Shard {
    absl::Mutex mutex;
    absl::flat_hash_map<std::string, Numbers> by_query ABSL_GUARDED_BY(mutex);
  };
  static constexpr size_t kShards = 16;
  static constexpr size_t kMostQueriesOfShard = 1000;

  std::array<Shard, kShards> shards_;
};

}  // namespace dm::catalogue
