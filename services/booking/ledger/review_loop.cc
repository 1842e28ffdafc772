#include "services/booking/ledger/review_loop.h"

#include "absl/synchronization/blocking_counter.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "services/booking/store/due_store.h"

#include <atomic>
#include <utility>

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
  std::atomic<int> failed = 0;
  for (Command& command : commands) {
    PendingCommand pending;
    pending.command = std::move(command);
    pending.deadline = now + kPatience;
    pending.done = [&open, &failed](const absl::StatusOr<std::string>& answer) {
      if (!answer.ok()) ++failed;
      open.DecrementCount();
    };
    ledger_->Submit(std::move(pending));
  }
  open.Wait();
  if (failed > 0) {
    return absl::UnavailableError(absl::StrCat(failed.load(), " looks failed"));
  }
  return static_cast<int>(commands.size());
}

absl::Duration ReviewLoop::RunOnce() {
  static prometheus::Counter& looks =
      telemetry::CounterOf("dm_ledger_reviews_total", "Looks that the ledger's timers asked for");
  const absl::StatusOr<int> taken = RunDue();
  if (!taken.ok()) {
    telemetry::Log(telemetry::Severity::kWarning, "ledger_reviews_failed",
                   {{"code", static_cast<int64_t>(taken.status().code())}});
    return kPause;
  }
  looks.Increment(*taken);
  return *taken > 0 ? absl::ZeroDuration() : kPoll;
}

}  // namespace dm::booking
