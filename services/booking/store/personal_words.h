#pragma once

#include "absl/types/span.h"
#include "common/privacy/personal_data.h"

namespace dm::booking {

// What the fields of exported rows are, in French, and what the fixed words in them mean.
absl::Span<const privacy::Meaning> FieldMeanings();
absl::Span<const privacy::Meaning> WordMeanings();

}  // namespace dm::booking
