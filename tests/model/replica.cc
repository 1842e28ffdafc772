#include "tests/model/replica.h"

#include "common/errors/error.h"
#include "services/booking/api/booking_messages.h"
#include "tests/model/evidence_store.h"
#include "tests/model/requests.h"
#include "tests/support/lenient_rules.h"

#include <utility>

namespace dm::model {
namespace {

namespace pb = destinationmetier::booking::v1;

// Waits as long as it takes: what a run does to the clock is no reason to give up.
std::shared_ptr<rpc::Call> CallOf(const Ask& ask, const Clock& clock) {
  auto call = std::make_shared<rpc::Call>();
  call->caller = CallerOf(ask);
  call->start = clock.Now();
  call->deadline = absl::InfiniteFuture();
  call->method = std::string(booking::StepName(StepOf(ask.verb)));
  return call;
}

}  // namespace

booking::Terms MakeTerms(const booking::Policy& policy) { return booking::LenientTerms(policy); }

Replica::Replica(std::unique_ptr<database::Database> database, const Clock* clock,
                 const booking::Policy& policy)
    : database_(std::move(database)),
      terms_(MakeTerms(policy)),
      page_tokens_(std::string(32, 'k'), clock),
      store_(database_.get()),
      ledger_(
          {}, database_.get(), clock, [this] { return terms_; },
          [](const booking::Booking& booking) {
            return booking::ToMessage(booking).SerializeAsString();
          },
          nullptr),
      reviews_(database_.get(), &ledger_, clock),
      service_({.ledger = &ledger_,
                .database = database_.get(),
                .store = &store_,
                .page_tokens = &page_tokens_,
                .clock = clock,
                .terms = [this] { return terms_; }}) {}

void Replica::Submit(const Ask& ask, std::function<void(Answer)> done) {
  const auto call = CallOf(ask, Clock::System());
  booking::BookingService::DoneMessage hear =
      [done = std::move(done)](const absl::StatusOr<pb::Booking>& answer) {
        done(answer.ok() ? ToAnswer(*answer) : ToAnswer(answer.status()));
      };
  switch (ask.verb) {
    case Verb::kCreate:
      return service_.Create(call, ToCreate(ask), std::move(hear));
    case Verb::kAccept:
      return service_.Accept(call, ToStep<pb::AcceptBookingRequest>(ask), std::move(hear));
    case Verb::kDecline:
      return service_.Decline(call, ToStep<pb::DeclineBookingRequest>(ask), std::move(hear));
    case Verb::kConfirm:
      return service_.Confirm(call, ToStep<pb::ConfirmBookingRequest>(ask), std::move(hear));
    case Verb::kCancel:
      return service_.Cancel(call, ToStep<pb::CancelBookingRequest>(ask), std::move(hear));
    case Verb::kReschedule:
      return service_.Reschedule(call, ToReschedule(ask), std::move(hear));
    case Verb::kAttended:
    case Verb::kApplicantAbsent:
    case Verb::kHostAbsent:
      return service_.RecordAttendance(call, ToAttendance(ask), std::move(hear));
  }
}

}  // namespace dm::model
