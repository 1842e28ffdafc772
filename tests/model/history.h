#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/time/clock.h"
#include "services/booking/domain/booking_state.h"
#include "services/booking/domain/transitions.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What clients asked of the ledger and what they heard: one half of what a run is judged by.
namespace dm::model {

enum class Verb : uint8_t {
  kCreate,
  kAccept,
  kDecline,
  kConfirm,
  kCancel,
  kReschedule,
  kAttended,
  kApplicantAbsent,
  kHostAbsent,
};

// The step of the ledger's table that the verb takes on the booking that it names; of kReschedule
// the one on the booking that is left.
booking::Step StepOf(Verb verb);

// A request. Two that are equal in all but nothing are the same request sent twice.
struct Ask {
  // "people/{subject}", to whom the request_id belongs, and as whom they act.
  std::string person;
  booking::Party party = booking::Party::kApplicant;
  Verb verb = Verb::kCreate;
  // The id of the session that is wanted, or of the booking's own one.
  std::string session;
  // The id of the booking that takes a step; empty for kCreate.
  std::string booking;
  bool join_waitlist = false;
  // The version that the caller saw; 0 for "whatever it is now".
  int64_t expected_version = 0;
  std::string request_id;
  // Words of the caller.
  std::string reason;

  friend bool operator==(const Ask&, const Ask&) = default;
};

// In one line, for who reads what went wrong.
std::string ToText(const Ask& ask);

enum class Result : uint8_t {
  kOk,
  // A refusal that says so: nothing was done.
  kRefused,
  // It may have been done or not: no answer, or one that leaves it open.
  kUnknown,
};

struct Answer {
  Result result = Result::kUnknown;
  // Of kOk: the bytes, and what they say.
  std::string bytes;
  std::string booking;
  std::string session;
  booking::BookingState state = booking::BookingState::kPendingHost;
  int64_t version = 0;
  // Of kRefused: the error's reason, and the state that it says the booking is in.
  std::string refusal;
  std::optional<booking::BookingState> refused_in;
};

struct Invocation {
  Ask ask;
  absl::Time invoked;
  // The infinite future while there is no answer, or one that leaves it open.
  absl::Time answered = absl::InfiniteFuture();
  Answer answer;
};

// Writes down what is asked and answered, with times that never run back. Thread-safe.
class Recorder {
 public:
  // The clock must be the one that the ledger decides by.
  explicit Recorder(const Clock* clock) : clock_(clock) {}

  // To be called before the request leaves; its number.
  size_t Invoke(const Ask& ask);
  // To be called after the answer came, once.
  void Finish(size_t number, Answer answer);
  // All so far, in the order of Invoke.
  std::vector<Invocation> Take() const;

 private:
  const Clock* const clock_;
  mutable absl::Mutex mutex_;
  std::vector<Invocation> invocations_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace dm::model
