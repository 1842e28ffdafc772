#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/rpc/method_table.h"

#include <array>
#include <cstdint>

namespace dm::gateway {

// What one caller may ask of one class of methods: `calls` at once, and as many again, evenly, in
// every `window`. No calls: no limit.
struct Quota {
  int64_t calls = 0;
  absl::Duration window = absl::Minutes(1);

  bool Limits() const { return calls > 0; }
  // The time that gives one call back.
  absl::Duration PerCall() const { return window / calls; }
  friend bool operator==(const Quota&, const Quota&) = default;
};

// By RateClass.
using Quotas = std::array<Quota, rpc::kRateClasses>;

// Generous for reads, since a whole school may come from one address; tight where guessing and
// flooding start.
Quotas DefaultQuotas();

// "off" for no limits at all, or some classes in place of the defaults:
// "READ=6000/1m,LINK=30/1m,SEARCH=off". INVALID_ARGUMENT says what is wrong.
absl::StatusOr<Quotas> ParseQuotas(absl::string_view text);

}  // namespace dm::gateway
