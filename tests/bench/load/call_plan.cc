#include "tests/bench/load/call_plan.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"

#include <utility>

namespace dm::bench {
namespace {

// SplitMix64: spreads neighbouring numbers.
uint64_t Spread(uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

}  // namespace

BookingPlan::BookingPlan(std::vector<std::string> sessions, std::vector<std::string> tokens,
                         bool again)
    : sessions_(std::move(sessions)),
      tokens_(std::move(tokens)),
      again_(again),
      id_prefix_(NewUuid(absl::Now()).substr(0, 24)) {}

std::optional<PlannedCall> BookingPlan::Next() {
  const uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
  if (sessions_.empty() || tokens_.empty()) return std::nullopt;
  if (!again_ && number >= tokens_.size()) return std::nullopt;
  destinationmetier::booking::v1::CreateBookingRequest request;
  request.set_session(sessions_[Spread(number) % sessions_.size()]);
  request.set_request_id(
      absl::StrCat(id_prefix_, absl::Hex(number & 0xffffffffffff, absl::kZeroPad12)));
  return PlannedCall{tokens_[number % tokens_.size()], request.SerializeAsString()};
}

}  // namespace dm::bench
