#include "services/booking/api/booking_service.h"

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/text/uuid.h"
#include "services/booking/api/booking_messages.h"

#include <utility>
#include <vector>

namespace dm::booking {
namespace {

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

// UUIDs are the same in either case, and so are the names that hold them.
void LowerNames(pb::CreateBookingRequest& request) {
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

BookingService::BookingService(Ledger* ledger, const BookingStore* store,
                               const rpc::PageTokens* page_tokens, const Clock* clock)
    : ledger_(ledger), store_(store), page_tokens_(page_tokens), clock_(clock) {}

template <typename Request>
void BookingService::BindWrite(rpc::ServiceBinding& binding, const char* name,
                               const rpc::Policy& policy, rpc::Validate<Request> validate,
                               void (BookingService::*method)(std::shared_ptr<const rpc::Call>,
                                                              const Request&, DoneMessage)) {
  binding.Async<Request, Message>(name, policy, std::move(validate),
                                  [this, method](std::shared_ptr<const rpc::Call> call,
                                                 const Request& request, DoneMessage done) {
                                    (this->*method)(std::move(call), request, std::move(done));
                                  });
}

std::unique_ptr<rpc::ServiceBinding> BookingService::Bind(rpc::Pipeline* pipeline) {
  auto binding = std::make_unique<rpc::ServiceBinding>(
      pb::Booking::descriptor()->file()->FindServiceByName("BookingService"), pipeline);
  const rpc::Policy applicants = {.roles = {Role::kApplicant}};
  const rpc::Policy hosts = {.roles = {Role::kHost, Role::kAmbassador}};
  const rpc::Policy parties = {.roles = {Role::kApplicant, Role::kHost, Role::kAmbassador}};
  const rpc::Policy readers = {
      .roles = {Role::kApplicant, Role::kHost, Role::kAmbassador, Role::kAgency}};
  BindWrite<pb::CreateBookingRequest>(*binding, "CreateBooking", applicants, ValidateCreate,
                                      &BookingService::Create);
  BindWrite<pb::AcceptBookingRequest>(*binding, "AcceptBooking", hosts, ValidateAccept,
                                      &BookingService::Accept);
  BindWrite<pb::DeclineBookingRequest>(*binding, "DeclineBooking", hosts, ValidateDecline,
                                       &BookingService::Decline);
  BindWrite<pb::CancelBookingRequest>(*binding, "CancelBooking", parties, ValidateCancel,
                                      &BookingService::Cancel);
  binding->Blocking<pb::GetBookingRequest, Message>(
      "GetBooking", readers, ValidateGet,
      [this](const rpc::Call& call, const pb::GetBookingRequest& request) {
        return Get(call, request);
      });
  binding->Blocking<pb::ListBookingsRequest, pb::ListBookingsResponse>(
      "ListBookings", parties, ValidateList,
      [this](const rpc::Call& call, const pb::ListBookingsRequest& request) {
        return List(call, request);
      });
  return binding;
}

void BookingService::Create(std::shared_ptr<const rpc::Call> call,
                            const pb::CreateBookingRequest& request, DoneMessage done) {
  Command command = MakeCommand(*call, request);
  command.what = CreateCommand{.session_id = *ParseSessionName(request.session()),
                               .session_name = absl::AsciiStrToLower(request.session()),
                               .booking_id = NewUuid(clock_->Now())};
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::Accept(std::shared_ptr<const rpc::Call> call,
                            const pb::AcceptBookingRequest& request, DoneMessage done) {
  Command command = MakeStep(*call, request, Step::kAccept);
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::Decline(std::shared_ptr<const rpc::Call> call,
                             const pb::DeclineBookingRequest& request, DoneMessage done) {
  Command command = MakeStepWithReason(*call, request, Step::kDecline);
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::Cancel(std::shared_ptr<const rpc::Call> call,
                            const pb::CancelBookingRequest& request, DoneMessage done) {
  Command command = MakeStepWithReason(*call, request, Step::kCancel);
  Submit(std::move(call), std::move(command), std::move(done));
}

void BookingService::Submit(std::shared_ptr<const rpc::Call> call, Command command,
                            DoneMessage done) {
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
  ledger_->Submit(std::move(pending));
}

absl::StatusOr<BookingService::Message> BookingService::Get(const rpc::Call& call,
                                                            const pb::GetBookingRequest& request) {
  const auto booking = store_->Find(*ParseBookingName(request.name()), call.deadline);
  if (!booking.ok()) return booking.status();
  Actor actor = ActorOf(call.caller);
  if (!booking->has_value() || !MaySee(actor, **booking)) return NotFoundError(request.name());
  // Seen as an agency only: that is kept.
  actor.departments.clear();
  if (!MaySee(actor, **booking)) {
    const absl::Status kept =
        store_->RecordForeignRead((*booking)->id, actor.person, clock_->Now(), call.deadline);
    if (!kept.ok()) return kept;
  }
  return ToMessage(**booking);
}

absl::StatusOr<pb::ListBookingsResponse> BookingService::List(
    const rpc::Call& call, const pb::ListBookingsRequest& request) {
  const Actor actor = ActorOf(call.caller);
  // Bound to the caller too: a token of somebody else is foreign.
  const std::string fingerprint = absl::StrCat(rpc::QueryFingerprint(request), "|", actor.person);
  const auto position = page_tokens_->Read(request.page_token(), fingerprint);
  if (!position.ok()) return position.status();
  std::optional<BookingStore::Position> after;
  if (position->size() == 2) {
    after.emplace();
    if (!absl::SimpleAtoi((*position)[0], &after->create_micros)) return absl::InternalError("");
    after->id = (*position)[1];
  }
  std::vector<std::string> states;
  for (const int state : request.states()) {
    states.emplace_back(BookingStateName(*ToState(state)));
  }
  const int size = rpc::EffectivePageSize(request.page_size());
  auto bookings = store_->List(actor.applicant ? actor.person : "", actor.hosts, states, after,
                               size + 1, call.deadline);
  if (!bookings.ok()) return bookings.status();
  pb::ListBookingsResponse response;
  const bool more = bookings->size() > static_cast<size_t>(size);
  if (more) bookings->pop_back();
  for (const Booking& booking : *bookings) *response.add_bookings() = ToMessage(booking);
  if (more) {
    const Booking& last = bookings->back();
    response.set_next_page_token(page_tokens_->Make(
        fingerprint, {absl::StrCat(database::ToMicros(last.create_time)), last.id}));
  }
  return response;
}

}  // namespace dm::booking
