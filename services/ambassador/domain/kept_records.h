#pragma once

#include "absl/types/span.h"

namespace dm::ambassador {

// Something that stays after an erasure and belongs to nobody any more; all in French, for the
// person who reads the receipt.
struct KeptRecord {
  const char* description;
  const char* reason;
  const char* duration;
};

// What the erasure of an ambassador leaves behind: the README's table says the same.
absl::Span<const KeptRecord> KeptRecords();

}  // namespace dm::ambassador
