#pragma once

#include "absl/strings/string_view.h"
#include "services/booking/domain/booking_state.h"

#include <cstddef>
#include <cstdint>
#include <optional>

// Who loses a booking through no fault of their own is shown the nearest similar sessions.
namespace dm::booking {

// No more of them are shown.
inline constexpr size_t kMostSimilarSessions = 3;

// Whose sessions come first.
enum class SimilarHosts : uint8_t {
  kAny,
  // The host was the reason, and would be again.
  kOthersFirst,
};

// By the state that a booking was led to and the word of that step, as in Transition; absent where
// similar sessions are not offered: the applicant or a guardian wanted it so, or it goes on.
std::optional<SimilarHosts> SimilarHostsAfter(BookingState to, absl::string_view why);

}  // namespace dm::booking
