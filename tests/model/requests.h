#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "common/auth/caller.h"
#include "destinationmetier/booking/v1/booking_service.pb.h"
#include "tests/model/history.h"

#include <string>

// Between the words of a history and those of the API.
namespace dm::model {

// The host of every session, and the département of all.
constexpr char kSiret[] = "90000001900019";
constexpr char kOtherSiret[] = "90000002700012";
constexpr char kDepartment[] = "61";

std::string SessionNameOf(absl::string_view session_id);
// The one who asks, with the rights of their party.
auth::Caller CallerOf(const Ask& ask);

destinationmetier::booking::v1::CreateBookingRequest ToCreate(const Ask& ask);
destinationmetier::booking::v1::RescheduleBookingRequest ToReschedule(const Ask& ask);
destinationmetier::booking::v1::RecordAttendanceRequest ToAttendance(const Ask& ask);

// A step on one booking: Request is one of Accept-, Decline-, Confirm- and CancelBookingRequest.
template <typename Request>
Request ToStep(const Ask& ask) {
  Request request;
  request.set_name("bookings/" + ask.booking);
  request.set_request_id(ask.request_id);
  if (ask.expected_version > 0) request.set_etag("v" + std::to_string(ask.expected_version));
  if constexpr (requires { request.set_reason(ask.reason); }) request.set_reason(ask.reason);
  return request;
}

// What a failed call says: a refusal, or nothing certain.
Answer ToAnswer(const absl::Status& status);

}  // namespace dm::model
