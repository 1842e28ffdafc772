#include "services/booking/ledger/review_loop.h"

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/mutex.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "services/booking/store/due_store.h"

#include <string>
#include <utility>
#include <variant>

namespace dm::booking {
namespace {

constexpr absl::Duration kPoll = absl::Milliseconds(500);
// After looks that failed: the database may be gone for a while.
constexpr absl::Duration kPause = absl::Seconds(1);
constexpr absl::Duration kPatience = absl::Seconds(10);
// Of each kind at once: less than a lane's queue holds.
constexpr int kAtOnce = 256;

Command ReviewOf(const std::string& booking_id) {
  return {.actor = SystemActor(),
          .request_id = "",
          .method = "review",
          .fingerprint = "",
          .what = StepCommand{.booking_id = booking_id, .step = Step::kReview}};
}

Command ReviewOfSession(const std::string& session_id) {
  return {.actor = SystemActor(),
          .request_id = "",
          .method = "review",
          .fingerprint = "",
          .what = ReviewSessionCommand{session_id}};
}

// "bookings/…" or "sessions/…": what to look for when a look fails again and again.
std::string SubjectOf(const Command& command) {
  if (const auto* step = std::get_if<StepCommand>(&command.what)) {
    return absl::StrCat("bookings/", step->booking_id);
  }
  return absl::StrCat("sessions/", std::get<ReviewSessionCommand>(command.what).session_id);
}

// What went wrong in one round. Thread-safe.
class Failures {
 public:
  void Add(const std::string& subject, const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    if (count_++ == 0) first_ = absl::Status(status.code(), subject);
  }
  // The first one's code; the message counts them and names its subject.
  absl::Status ToStatus() {
    absl::MutexLock lock(&mutex_);
    if (count_ == 0) return absl::OkStatus();
    return absl::Status(first_.code(), absl::StrCat(count_, ", first ", first_.message()));
  }

 private:
  absl::Mutex mutex_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status first_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

ReviewLoop::ReviewLoop(database::Database* database, Ledger* ledger, const Clock* clock)
    : database_(database), ledger_(ledger), clock_(clock), task_([this] { return RunOnce(); }) {}

absl::StatusOr<int> ReviewLoop::RunDue() {
  const absl::Time now = clock_->Now();
  const absl::StatusOr<Due> due = ReadDue(*database_, now, kAtOnce, now + kPatience);
  if (!due.ok()) return due.status();
  std::vector<Command> commands;
  for (const std::string& id : due->sessions) commands.push_back(ReviewOfSession(id));
  for (const std::string& id : due->bookings) commands.push_back(ReviewOf(id));
  absl::BlockingCounter open(static_cast<int>(commands.size()));
  Failures failures;
  for (Command& command : commands) {
    PendingCommand pending;
    pending.done = [&open, &failures, what = SubjectOf(command)](const auto& answer) {
      if (!answer.ok()) failures.Add(what, answer.status());
      open.DecrementCount();
    };
    pending.command = std::move(command);
    pending.deadline = now + kPatience;
    ledger_->Submit(std::move(pending));
  }
  open.Wait();
  const absl::Status failed = failures.ToStatus();
  if (!failed.ok()) return failed;
  return static_cast<int>(commands.size());
}

absl::Duration ReviewLoop::RunOnce() {
  static prometheus::Counter& looks =
      telemetry::CounterOf("dm_ledger_reviews_total", "Looks that the ledger's timers asked for");
  const absl::StatusOr<int> taken = RunDue();
  if (!taken.ok()) {
    telemetry::Log(telemetry::Severity::kWarning, "ledger_reviews_failed",
                   {{"code", absl::StatusCodeToString(taken.status().code())},
                    {"failed", taken.status().message()}});
    return kPause;
  }
  looks.Increment(*taken);
  return *taken > 0 ? absl::ZeroDuration() : kPoll;
}

}  // namespace dm::booking
