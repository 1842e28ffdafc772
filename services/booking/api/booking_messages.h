#pragma once

#include "absl/strings/string_view.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "services/booking/domain/booking.h"

#include <optional>
#include <string>

// Between the messages of the API and the domain.
namespace dm::booking {

destinationmetier::booking::v1::Booking ToMessage(const Booking& booking);

// "bookings/{uuid}": the id in lower case. Absent for all else.
std::optional<std::string> ParseBookingName(absl::string_view name);

// "offers/{uuid}/sessions/{uuid}" or "ambassadors/{uuid}/sessions/{uuid}": the session's id.
std::optional<std::string> ParseSessionName(absl::string_view name);

std::string EtagOf(int64_t version);
// The version that an etag stands for; -1, which no booking has, for what is none of ours.
int64_t ParseEtag(absl::string_view etag);

// The name of a state, in the message's words.
destinationmetier::booking::v1::Booking::State ToMessageState(BookingState state);

destinationmetier::type::v1::Scheme ToMessageScheme(Scheme scheme);
// Absent for UNSPECIFIED and for values of a later version.
std::optional<Scheme> ToScheme(int scheme);

// The state of a request; absent for UNSPECIFIED and for values of a later version.
std::optional<BookingState> ToState(int state);

}  // namespace dm::booking
