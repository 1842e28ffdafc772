#include "tests/model/history.h"

#include "absl/strings/str_cat.h"

#include <utility>

namespace dm::model {

booking::Step StepOf(Verb verb) {
  switch (verb) {
    case Verb::kCreate:
      return booking::Step::kBook;
    case Verb::kAccept:
      return booking::Step::kAccept;
    case Verb::kDecline:
      return booking::Step::kDecline;
    case Verb::kConfirm:
      return booking::Step::kConfirm;
    case Verb::kCancel:
      return booking::Step::kCancel;
    case Verb::kReschedule:
      return booking::Step::kMove;
    case Verb::kAttended:
      return booking::Step::kAttended;
    case Verb::kApplicantAbsent:
      return booking::Step::kApplicantAbsent;
    case Verb::kHostAbsent:
      return booking::Step::kHostAbsent;
  }
  return booking::Step::kBook;
}

std::string ToText(const Ask& ask) {
  return absl::StrCat(ask.person, " as ", booking::PartyName(ask.party), ": ",
                      booking::StepName(StepOf(ask.verb)), ask.join_waitlist ? " or wait" : "",
                      ask.booking.empty() ? "" : " of ", ask.booking, " in ", ask.session,
                      " (request ", ask.request_id, ")");
}

size_t Recorder::Invoke(const Ask& ask) {
  absl::MutexLock lock(&mutex_);
  invocations_.push_back({.ask = ask, .invoked = clock_->Now(), .answer = {}});
  return invocations_.size() - 1;
}

void Recorder::Finish(size_t number, Answer answer) {
  absl::MutexLock lock(&mutex_);
  Invocation& invocation = invocations_[number];
  if (answer.result != Result::kUnknown) invocation.answered = clock_->Now();
  invocation.answer = std::move(answer);
}

std::vector<Invocation> Recorder::Take() const {
  absl::MutexLock lock(&mutex_);
  return invocations_;
}

}  // namespace dm::model
