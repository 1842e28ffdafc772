#include "tests/model/requests.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/errors/error.h"

namespace dm::model {

namespace pb = destinationmetier::booking::v1;

std::string SessionNameOf(absl::string_view session_id) {
  return absl::StrCat("offers/00000000-0000-7000-8000-000000000001/sessions/", session_id);
}

auth::Caller CallerOf(const Ask& ask) {
  auth::Caller caller;
  caller.subject = std::string(absl::StripPrefix(ask.person, "people/"));
  caller.roles = {auth::Role::kAnonymous};
  if (ask.party == booking::Party::kApplicant) caller.roles.Add(auth::Role::kApplicant);
  if (ask.party == booking::Party::kHost) {
    caller.roles.Add(auth::Role::kHost);
    caller.companies = {kSiret, kOtherSiret};
  }
  if (ask.party == booking::Party::kAgency) {
    caller.roles.Add(auth::Role::kAgency);
    caller.territory = {kDepartment};
  }
  return caller;
}

pb::CreateBookingRequest ToCreate(const Ask& ask) {
  pb::CreateBookingRequest request;
  request.set_session(SessionNameOf(ask.session));
  request.set_request_id(ask.request_id);
  request.set_join_waitlist(ask.join_waitlist);
  return request;
}

pb::RescheduleBookingRequest ToReschedule(const Ask& ask) {
  auto request = ToStep<pb::RescheduleBookingRequest>(ask);
  request.set_session(SessionNameOf(ask.session));
  return request;
}

pb::RecordAttendanceRequest ToAttendance(const Ask& ask) {
  auto request = ToStep<pb::RecordAttendanceRequest>(ask);
  request.set_attendance(ask.verb == Verb::kAttended
                             ? pb::RecordAttendanceRequest::ATTENDANCE_ATTENDED
                         : ask.verb == Verb::kApplicantAbsent
                             ? pb::RecordAttendanceRequest::ATTENDANCE_APPLICANT_ABSENT
                             : pb::RecordAttendanceRequest::ATTENDANCE_HOST_ABSENT);
  return request;
}

Answer ToAnswer(const absl::Status& status) {
  Answer answer;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kResourceExhausted:
      answer.result = Result::kRefused;
      break;
    default:
      answer.result = Result::kUnknown;
  }
  const auto details = GetErrorDetails(status);
  answer.refusal = details.has_value() ? details->reason : status.ToString();
  if (details.has_value() && details->metadata.contains("state")) {
    answer.refused_in = booking::ParseBookingState(details->metadata.at("state"));
  }
  return answer;
}

}  // namespace dm::model
