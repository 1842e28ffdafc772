#pragma once

#include "absl/types/span.h"

#include <string>
#include <vector>

namespace dm::booking {

// Something that stays after an erasure and belongs to nobody any more; all in French, for the
// person who reads the receipt.
struct KeptRecord {
  const char* description;
  const char* reason;
  const char* duration;
};

// What erasures leave behind: the README's table says the same. `Retention` lets go of it.
absl::Span<const KeptRecord> KeptRecords();

// The services beside booking that keep something of people, and confirm that they have dropped it.
std::vector<std::string> Followers();

}  // namespace dm::booking
