#include "services/booking/api/validation.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/codes/official_codes.h"
#include "common/text/uuid.h"
#include "services/booking/api/booking_messages.h"

#include <algorithm>
#include <string>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

constexpr int64_t kLongestReason = 500;
constexpr int64_t kLongestComment = 1000;
constexpr size_t kLongestName = 150;
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

void CheckSession(const std::string& session, Violations& violations) {
  if (!ParseSessionName(session).has_value()) {
    violations.Add("session",
                   "must be offers/{uuid}/sessions/{uuid} or ambassadors/{uuid}/sessions/{uuid}");
  }
}

// Unspecified stands for the scheme that follows.
void CheckScheme(int scheme, Violations& violations) {
  if (scheme != 0 && !ToScheme(scheme).has_value()) violations.Add("scheme", "must be a scheme");
}

// Free text that a person wrote.
void CheckText(const char* field, const std::string& text, int64_t longest,
               Violations& violations) {
  if (CharactersOf(text) > longest) {
    violations.Add(field, absl::StrCat("must have at most ", longest, " characters"));
  }
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n';
  });
  if (control) violations.Add(field, "must not hold control characters");
}

bool IsTime(const google::protobuf::Timestamp& time) {
  // The years 1 to 9999, as Timestamp documents them.
  return time.seconds() >= -62'135'596'800 && time.seconds() <= 253'402'300'799 &&
         time.nanos() >= 0 && time.nanos() <= 999'999'999;
}

// A step that names a booking, an etag and a request id.
template <typename Request>
void CheckStep(const Request& request, Violations& violations) {
  CheckName(request.name(), violations);
  CheckEtag(request.etag(), violations);
  CheckRequestId(request.request_id(), violations);
}

}  // namespace

std::optional<Step> StepOfAttendance(int attendance) {
  switch (attendance) {
    case pb::RecordAttendanceRequest::ATTENDANCE_ATTENDED:
      return Step::kAttended;
    case pb::RecordAttendanceRequest::ATTENDANCE_APPLICANT_ABSENT:
      return Step::kApplicantAbsent;
    case pb::RecordAttendanceRequest::ATTENDANCE_HOST_ABSENT:
      return Step::kHostAbsent;
    default:
      return std::nullopt;
  }
}

void ValidateCreate(const pb::CreateBookingRequest& request, Violations& violations) {
  CheckSession(request.session(), violations);
  CheckScheme(request.scheme(), violations);
  CheckRequestId(request.request_id(), violations);
}

void ValidateCheck(const pb::CheckEligibilityRequest& request, Violations& violations) {
  CheckSession(request.session(), violations);
  CheckScheme(request.scheme(), violations);
}

void ValidateGet(const pb::GetBookingRequest& request, Violations& violations) {
  CheckName(request.name(), violations);
}

void ValidateHistory(const pb::ListBookingHistoryRequest& request, Violations& violations) {
  CheckName(request.name(), violations);
}

void ValidateSimilar(const pb::ListSimilarSessionsRequest& request, Violations& violations) {
  CheckName(request.name(), violations);
}

void ValidateList(const pb::ListBookingsRequest& request, Violations& violations) {
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
  for (int i = 0; i < request.states_size(); ++i) {
    if (!ToState(request.states(i)).has_value()) {
      violations.Add(absl::StrCat("states[", i, "]"), "must be a state of a booking");
    }
  }
  if (!request.session().empty()) CheckSession(request.session(), violations);
  if (request.host().size() > kLongestName) {
    violations.Add("host", "must be companies/{siret} or ambassadors/{uuid}");
  }
  if (!request.applicant().empty() && (request.applicant().size() > kLongestName ||
                                       !absl::StartsWith(request.applicant(), "people/"))) {
    violations.Add("applicant", "must be people/{subject}");
  }
  for (int i = 0; i < request.departments_size(); ++i) {
    if (!IsDepartment(request.departments(i))) {
      violations.Add(absl::StrCat("departments[", i, "]"), "must be the code of a département");
    }
  }
  if (!IsTime(request.from())) violations.Add("from", "must be a time of the years 1 to 9999");
  if (!IsTime(request.to())) violations.Add("to", "must be a time of the years 1 to 9999");
}

void ValidateAccept(const pb::AcceptBookingRequest& request, Violations& violations) {
  CheckStep(request, violations);
}

void ValidateDecline(const pb::DeclineBookingRequest& request, Violations& violations) {
  CheckStep(request, violations);
  CheckText("reason", request.reason(), kLongestReason, violations);
}

void ValidateConfirm(const pb::ConfirmBookingRequest& request, Violations& violations) {
  CheckStep(request, violations);
}

void ValidateCancel(const pb::CancelBookingRequest& request, Violations& violations) {
  CheckStep(request, violations);
  CheckText("reason", request.reason(), kLongestReason, violations);
}

void ValidateReschedule(const pb::RescheduleBookingRequest& request, Violations& violations) {
  CheckStep(request, violations);
  CheckSession(request.session(), violations);
}

void ValidateAttendance(const pb::RecordAttendanceRequest& request, Violations& violations) {
  CheckStep(request, violations);
  if (!StepOfAttendance(request.attendance()).has_value()) {
    violations.Add("attendance", "must say who was there");
  }
}

void ValidateFeedback(const pb::LeaveFeedbackRequest& request, Violations& violations) {
  CheckName(request.name(), violations);
  CheckRequestId(request.request_id(), violations);
  if (request.rating() < 1 || request.rating() > 5) {
    violations.Add("rating", "must be from 1 to 5");
  }
  CheckText("comment", request.comment(), kLongestComment, violations);
}

}  // namespace dm::booking
