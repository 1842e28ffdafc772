#include "absl/strings/string_view.h"
#include "common/text/uuid.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/api/booking_service.h"

#include <algorithm>
#include <string>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

constexpr int64_t kLongestReason = 500;
constexpr size_t kLongestEtag = 64;

void CheckRequestId(const std::string& request_id, Violations& violations) {
  if (!IsUuid(request_id)) violations.Add("request_id", "must be a UUID made by the client");
}

void CheckName(const std::string& name, Violations& violations) {
  if (!ParseBookingName(name).has_value()) violations.Add("name", "must be bookings/{uuid}");
}

void CheckEtag(const std::string& etag, Violations& violations) {
  if (etag.size() > kLongestEtag) violations.Add("etag", "must have at most 64 characters");
}

// protobuf has made sure that it is UTF-8: every byte that continues none begins a character.
int64_t CharactersOf(absl::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; });
}

void CheckReason(const std::string& reason, Violations& violations) {
  if (CharactersOf(reason) > kLongestReason) {
    violations.Add("reason", "must have at most 500 characters");
  }
  const bool control = std::any_of(reason.begin(), reason.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n';
  });
  if (control) violations.Add("reason", "must not hold control characters");
}

}  // namespace

void ValidateCreate(const pb::CreateBookingRequest& request, Violations& violations) {
  if (!ParseSessionName(request.session()).has_value()) {
    violations.Add("session",
                   "must be offers/{uuid}/sessions/{uuid} or ambassadors/{uuid}/sessions/{uuid}");
  }
  CheckRequestId(request.request_id(), violations);
}

void ValidateGet(const pb::GetBookingRequest& request, Violations& violations) {
  CheckName(request.name(), violations);
}

void ValidateList(const pb::ListBookingsRequest& request, Violations& violations) {
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
  for (int i = 0; i < request.states_size(); ++i) {
    if (!ToState(request.states(i)).has_value()) {
      violations.Add("states[" + std::to_string(i) + "]", "must be a state of a booking");
    }
  }
}

void ValidateAccept(const pb::AcceptBookingRequest& request, Violations& violations) {
  CheckName(request.name(), violations);
  CheckEtag(request.etag(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateDecline(const pb::DeclineBookingRequest& request, Violations& violations) {
  CheckName(request.name(), violations);
  CheckEtag(request.etag(), violations);
  CheckRequestId(request.request_id(), violations);
  CheckReason(request.reason(), violations);
}

void ValidateCancel(const pb::CancelBookingRequest& request, Violations& violations) {
  CheckName(request.name(), violations);
  CheckEtag(request.etag(), violations);
  CheckRequestId(request.request_id(), violations);
  CheckReason(request.reason(), violations);
}

}  // namespace dm::booking
