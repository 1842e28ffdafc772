#include "services/booking/api/booking_service.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/api/validation.h"
#include "services/booking/domain/booking_id.h"

#include <utility>

namespace dm::booking {

namespace pb = destinationmetier::booking::v1;
using auth::Role;

Actor ActorOf(const auth::Caller& caller) {
  Actor actor;
  actor.person = caller.PersonName();
  actor.applicant = caller.Is(Role::kApplicant);
  if (caller.Is(Role::kHost)) {
    for (const std::string& siret : caller.companies) {
      actor.hosts.push_back(absl::StrCat("companies/", siret));
    }
  }
  if (caller.Is(Role::kAmbassador) && !caller.ambassador.empty()) {
    actor.hosts.push_back(absl::StrCat("ambassadors/", caller.ambassador));
  }
  if (caller.Is(Role::kAgency)) actor.departments = caller.territory;
  return actor;
}

namespace {

// UUIDs are the same in either case, and so are the names that hold them.
void LowerNames(pb::CreateBookingRequest& request) {
  absl::AsciiStrToLower(request.mutable_session());
}
void LowerNames(pb::RescheduleBookingRequest& request) {
  absl::AsciiStrToLower(request.mutable_name());
  absl::AsciiStrToLower(request.mutable_session());
}
template <typename Step>
void LowerNames(Step& request) {
  absl::AsciiStrToLower(request.mutable_name());
}

template <typename Request>
Command MakeCommand(const rpc::Call& call, const Request& request) {
  Request asked = request;
  absl::AsciiStrToLower(asked.mutable_request_id());
  LowerNames(asked);
  return {.actor = ActorOf(call.caller),
          .request_id = asked.request_id(),
          .method = call.method,
          .fingerprint = rpc::QueryFingerprint(asked),
          .what = {}};
}

// A step on a booking whose request was validated.
template <typename Request>
Command MakeStep(const rpc::Call& call, const Request& request, Step step) {
  Command command = MakeCommand(call, request);
  StepCommand what;
  what.booking_id = *ParseBookingName(request.name());
  what.step = step;
  if (!request.etag().empty()) what.expected_version = ParseEtag(request.etag());
  command.what = std::move(what);
  return command;
}

template <typename Request>
Command MakeStepWithReason(const rpc::Call& call, const Request& request, Step step) {
  Command command = MakeStep(call, request, step);
  std::get<StepCommand>(command.what).reason = request.reason();
  return command;
}

}  // namespace

template <typename Request>
void BookingService::BindWrite(rpc::ServiceBinding& binding, const char* name,
                               const rpc::Policy& policy, rpc::Validate<Request> validate,
                               void (BookingService::*method)(CallPointer, const Request&,
                                                              DoneMessage)) {
  binding.Async<Request, Message>(
      name, policy, std::move(validate),
      [this, method](CallPointer call, const Request& request, DoneMessage done) {
        (this->*method)(std::move(call), request, std::move(done));
      });
}

std::unique_ptr<rpc::ServiceBinding> BookingService::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Booking::descriptor()->file()->FindServiceByName("BookingService"), pipeline);
  const rpc::Policy applicants = {.roles = {Role::kApplicant}};
  const rpc::Policy hosts = {.roles = {Role::kHost, Role::kAmbassador}};
  const rpc::Policy parties = {.roles = {Role::kApplicant, Role::kHost, Role::kAmbassador}};
  const rpc::Policy all_parties = {
      .roles = {Role::kApplicant, Role::kHost, Role::kAmbassador, Role::kAgency}};
  BindWrite<pb::CreateBookingRequest>(*binding, "CreateBooking", applicants, ValidateCreate,
                                      &BookingService::Create);
  BindWrite<pb::AcceptBookingRequest>(*binding, "AcceptBooking", hosts, ValidateAccept,
                                      &BookingService::Accept);
  BindWrite<pb::DeclineBookingRequest>(*binding, "DeclineBooking", hosts, ValidateDecline,
                                       &BookingService::Decline);
  BindWrite<pb::ConfirmBookingRequest>(*binding, "ConfirmBooking", applicants, ValidateConfirm,
                                       &BookingService::Confirm);
  BindWrite<pb::CancelBookingRequest>(*binding, "CancelBooking", all_parties, ValidateCancel,
                                      &BookingService::Cancel);
  BindWrite<pb::RescheduleBookingRequest>(*binding, "RescheduleBooking", applicants,
                                          ValidateReschedule, &BookingService::Reschedule);
  BindWrite<pb::RecordAttendanceRequest>(*binding, "RecordAttendance", all_parties,
                                         ValidateAttendance, &BookingService::RecordAttendance);
  binding->Blocking<pb::GetBookingRequest, Message>(
      "GetBooking", all_parties, ValidateGet,
      [this](const auto& call, const auto& request) { return Get(call, request); });
  binding->Blocking<pb::ListBookingsRequest, pb::ListBookingsResponse>(
      "ListBookings", all_parties, ValidateList,
      [this](const auto& call, const auto& request) { return List(call, request); });
  binding->Blocking<pb::ListBookingHistoryRequest, pb::ListBookingHistoryResponse>(
      "ListBookingHistory", all_parties, ValidateHistory,
      [this](const auto& call, const auto& request) { return History(call, request); });
  binding->Blocking<pb::ListSimilarSessionsRequest, pb::ListSimilarSessionsResponse>(
      "ListSimilarSessions", all_parties, ValidateSimilar,
      [this](const auto& call, const auto& request) { return Similar(call, request); });
  binding->Blocking<pb::CheckEligibilityRequest, pb::CheckEligibilityResponse>(
      "CheckEligibility", applicants, ValidateCheck,
      [this](const auto& call, const auto& request) { return Check(call, request); });
  binding->Blocking<pb::LeaveFeedbackRequest, pb::Feedback>(
      "LeaveFeedback", parties, ValidateFeedback,
      [this](const auto& call, const auto& request) { return LeaveFeedback(call, request); });
  return binding;
}

void BookingService::Create(CallPointer call, const pb::CreateBookingRequest& request,
                            DoneMessage done) {
  Command command = MakeCommand(*call, request);
  const std::string session_id = *ParseSessionName(request.session());
  command.what = CreateCommand{.session_id = session_id,
                               .session_name = absl::AsciiStrToLower(request.session()),
                               .booking_id = NewBookingId(parts_.clock->Now(), session_id),
                               .join_waitlist = request.join_waitlist(),
                               .scheme = ToScheme(request.scheme())};
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::Accept(CallPointer call, const pb::AcceptBookingRequest& request,
                            DoneMessage done) {
  Command command = MakeStep(*call, request, Step::kAccept);
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::Decline(CallPointer call, const pb::DeclineBookingRequest& request,
                             DoneMessage done) {
  Command command = MakeStepWithReason(*call, request, Step::kDecline);
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::Cancel(CallPointer call, const pb::CancelBookingRequest& request,
                            DoneMessage done) {
  Command command = MakeStepWithReason(*call, request, Step::kCancel);
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::Confirm(CallPointer call, const pb::ConfirmBookingRequest& request,
                             DoneMessage done) {
  Command command = MakeStep(*call, request, Step::kConfirm);
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::Reschedule(CallPointer call, const pb::RescheduleBookingRequest& request,
                                DoneMessage done) {
  Command command = MakeCommand(*call, request);
  const std::string session_id = *ParseSessionName(request.session());
  RescheduleCommand move = {.booking_id = *ParseBookingName(request.name()),
                            .expected_version = std::nullopt,
                            .session_id = session_id,
                            .session_name = absl::AsciiStrToLower(request.session()),
                            .new_booking_id = NewBookingId(parts_.clock->Now(), session_id)};
  if (!request.etag().empty()) move.expected_version = ParseEtag(request.etag());
  command.what = std::move(move);
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::RecordAttendance(CallPointer call, const pb::RecordAttendanceRequest& request,
                                      DoneMessage done) {
  Command command = MakeStep(*call, request, *StepOfAttendance(request.attendance()));
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::Submit(CallPointer call, Command command, DoneMessage done) {
  PendingCommand pending;
  pending.command = std::move(command);
  pending.deadline = call->deadline;
  pending.traceparent = call->traceparent;
  pending.cancelled = [call] { return call->cancelled.load(); };
  pending.done = [done = std::move(done)](absl::StatusOr<std::string> answer) mutable {
    if (!answer.ok()) {
      std::move(done)(answer.status());
      return;
    }
    Message message;
    if (!message.ParseFromString(*answer)) {
      std::move(done)(absl::InternalError("a kept answer cannot be read"));
      return;
    }
    std::move(done)(std::move(message));
  };
  parts_.ledger->Submit(std::move(pending));
}

}  // namespace dm::booking
