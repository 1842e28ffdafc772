#include "tests/model/process/grpc_front.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/model/evidence_store.h"
#include "tests/model/requests.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <utility>

namespace dm::model {
namespace {

namespace pb = destinationmetier::booking::v1;

constexpr std::chrono::seconds kPatience(5);

std::shared_ptr<grpc::Channel> ChannelTo(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // Whoever was killed is there again soon.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 50);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

// As the in-process one has it.
absl::Status ToStatus(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

Answer FromStatus(const grpc::Status& status) {
  Answer answer = ToAnswer(ToStatus(status));
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  google::rpc::ErrorInfo info;
  for (const auto& any : details.details()) {
    if (!any.UnpackTo(&info)) continue;
    answer.refusal = info.reason();
    const auto state = info.metadata().find("state");
    if (state != info.metadata().end()) {
      answer.refused_in = booking::ParseBookingState(state->second);
    }
  }
  return answer;
}

// What has to live as long as its call.
template <typename Request>
struct Flight {
  grpc::ClientContext context;
  Request request;
  pb::Booking booking;
};

template <typename Request, typename Method>
void Fly(const std::string& token, Request request, Method method,
         std::function<void(Answer)> done) {
  auto flight = std::make_shared<Flight<Request>>();
  flight->request = std::move(request);
  flight->context.set_deadline(std::chrono::system_clock::now() + kPatience);
  flight->context.set_wait_for_ready(true);
  flight->context.AddMetadata("authorization", "Bearer " + token);
  method(&flight->context, &flight->request, &flight->booking,
         [flight, done = std::move(done)](const grpc::Status& status) {
           done(status.ok() ? ToAnswer(flight->booking) : FromStatus(status));
         });
}

}  // namespace

GrpcFront::GrpcFront(const std::string& address, const auth::TokenSigner* signer)
    : signer_(signer), stub_(pb::BookingService::NewStub(ChannelTo(address))) {}

std::string GrpcFront::TokenOf(const Ask& ask) {
  absl::MutexLock lock(&mutex_);
  std::string& token = tokens_[absl::StrCat(ask.person, " ", PartyName(ask.party))];
  if (!token.empty()) return token;
  const auth::Caller caller = CallerOf(ask);
  auth::TokenClaims claims;
  claims.subject = caller.subject;
  if (caller.Is(auth::Role::kApplicant)) claims.roles.push_back("applicant");
  if (caller.Is(auth::Role::kHost)) claims.roles.push_back("host");
  if (caller.Is(auth::Role::kAgency)) claims.roles.push_back("agency");
  claims.companies = caller.companies;
  claims.territory = caller.territory;
  claims.not_before = absl::Now() - absl::Minutes(1);
  claims.expires_at = absl::Now() + absl::Hours(1);
  token = signer_->Sign(claims);
  return token;
}

// One method of the stub, as Fly calls it.
#define DM_METHOD(name)                                                                  \
  [async = stub_->async()](auto* context, const auto* asked, auto* answer, auto heard) { \
    async->name(context, asked, answer, std::move(heard));                               \
  }

void GrpcFront::Submit(const Ask& ask, std::function<void(Answer)> done) {
  const std::string token = TokenOf(ask);
  switch (ask.verb) {
    case Verb::kCreate:
      return Fly(token, ToCreate(ask), DM_METHOD(CreateBooking), std::move(done));
    case Verb::kAccept:
      return Fly(token, ToStep<pb::AcceptBookingRequest>(ask), DM_METHOD(AcceptBooking),
                 std::move(done));
    case Verb::kDecline:
      return Fly(token, ToStep<pb::DeclineBookingRequest>(ask), DM_METHOD(DeclineBooking),
                 std::move(done));
    case Verb::kConfirm:
      return Fly(token, ToStep<pb::ConfirmBookingRequest>(ask), DM_METHOD(ConfirmBooking),
                 std::move(done));
    case Verb::kCancel:
      return Fly(token, ToStep<pb::CancelBookingRequest>(ask), DM_METHOD(CancelBooking),
                 std::move(done));
    case Verb::kReschedule:
      return Fly(token, ToReschedule(ask), DM_METHOD(RescheduleBooking), std::move(done));
    case Verb::kAttended:
    case Verb::kApplicantAbsent:
    case Verb::kHostAbsent:
      return Fly(token, ToAttendance(ask), DM_METHOD(RecordAttendance), std::move(done));
  }
}

#undef DM_METHOD

}  // namespace dm::model
