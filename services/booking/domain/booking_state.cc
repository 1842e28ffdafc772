#include "services/booking/domain/booking_state.h"

#include <array>
#include <cstddef>

namespace dm::booking {
namespace {

struct StateRow {
  BookingState state;
  absl::string_view name;
  bool live;
  bool holds_seat;
};

constexpr std::array<StateRow, 10> kStates = {{
    {BookingState::kWaitlisted, "WAITLISTED", true, false},
    {BookingState::kOffered, "OFFERED", true, true},
    {BookingState::kPendingConsent, "PENDING_CONSENT", true, true},
    {BookingState::kPendingHost, "PENDING_HOST", true, true},
    {BookingState::kConfirmed, "CONFIRMED", true, true},
    {BookingState::kCompleted, "COMPLETED", false, false},
    {BookingState::kNoShow, "NO_SHOW", false, false},
    {BookingState::kDeclined, "DECLINED", false, false},
    {BookingState::kCancelled, "CANCELLED", false, false},
    {BookingState::kExpired, "EXPIRED", false, false},
}};

constexpr auto kStateList = [] {
  std::array<BookingState, kStates.size()> states{};
  for (size_t i = 0; i < kStates.size(); ++i) states[i] = kStates[i].state;
  return states;
}();

const StateRow& RowOf(BookingState state) { return kStates[static_cast<size_t>(state)]; }

}  // namespace

absl::Span<const BookingState> AllBookingStates() { return kStateList; }

bool IsLive(BookingState state) { return RowOf(state).live; }

bool HoldsSeat(BookingState state) { return RowOf(state).holds_seat; }

absl::string_view BookingStateName(BookingState state) { return RowOf(state).name; }

std::optional<BookingState> ParseBookingState(absl::string_view name) {
  for (const StateRow& row : kStates) {
    if (row.name == name) return row.state;
  }
  return std::nullopt;
}

}  // namespace dm::booking
