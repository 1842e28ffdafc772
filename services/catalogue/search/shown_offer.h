#pragma once

#include "services/catalogue/search/highlight.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dm::catalogue::search {

// A published offer as searches show it, encoded by who shows it so that a page is put together
// without encoding its offers anew. What depends on the search is apart: which sessions match, how
// far it is, which words are marked.
struct ShownOffer {
  struct Slot {
    // Microseconds since the Unix epoch.
    int64_t start = 0;
    bool has_seats = false;
    std::string encoded;
  };

  std::string encoded;
  // All that are to come and open, by start.
  std::vector<Slot> sessions;
  double latitude = 0;
  double longitude = 0;
  // The fields that are searched for words, in the order of who encoded them.
  std::vector<FoldedText> texts;

  // Of memory, roughly.
  size_t bytes() const;
};

}  // namespace dm::catalogue::search
