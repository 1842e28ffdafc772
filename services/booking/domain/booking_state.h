#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

#include <cstdint>
#include <optional>

namespace dm::booking {

// Where a booking stands. Their names are stored and sent, so they are never changed.
enum class BookingState : uint8_t {
  kWaitlisted,
  kOffered,
  kPendingConsent,
  kPendingHost,
  kConfirmed,
  kCompleted,
  kNoShow,
  kDeclined,
  kCancelled,
  kExpired,
};

// Every state, in the order of the enumeration.
absl::Span<const BookingState> AllBookingStates();

// The person may still come: at most one such booking per person and session, and no two of them at
// the same time. The schema's constraints say the same.
bool IsLive(BookingState state);

// A seat of the session is taken by a booking in this state.
bool HoldsSeat(BookingState state);

// "PENDING_HOST": the name of booking.v1.Booking.State without its prefix.
absl::string_view BookingStateName(BookingState state);
std::optional<BookingState> ParseBookingState(absl::string_view name);

}  // namespace dm::booking
