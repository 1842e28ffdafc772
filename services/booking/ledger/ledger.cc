#include "services/booking/ledger/ledger.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/errors/error.h"
#include "common/telemetry/metrics.h"
#include "common/telemetry/span.h"
#include "services/booking/domain/booking_id.h"
#include "services/booking/ledger/batch_writer.h"

#include <algorithm>
#include <deque>
#include <thread>
#include <utility>

namespace dm::booking {
namespace {

// A batch this small is not a rush: it may well be refused, and a look costs it little.
constexpr size_t kSmallBatch = 3;

uint16_t LaneTagOf(const Command& command) {
  if (const auto* create = std::get_if<CreateCommand>(&command.what)) {
    return LaneTagOfSession(create->session_id);
  }
  if (const auto* step = std::get_if<StepCommand>(&command.what)) {
    return LaneTagOfBooking(step->booking_id);
  }
  if (const auto* move = std::get_if<RescheduleCommand>(&command.what)) {
    return LaneTagOfSession(move->session_id);
  }
  return LaneTagOfSession(std::get<ReviewSessionCommand>(command.what).session_id);
}

}  // namespace

class Ledger::Lane {
 public:
  Lane(const Options& options, BatchWriter writer, const Clock* clock)
      : options_(options),
        writer_(std::move(writer)),
        clock_(clock),
        batches_(telemetry::CounterOf("dm_ledger_batches_total", "Groups of commands decided")),
        commands_(telemetry::CounterOf("dm_ledger_commands_total", "Commands decided")),
        refusals_(telemetry::CounterOf("dm_ledger_refusals_total", "Commands that were refused")),
        sizes_(telemetry::SizesOf("dm_ledger_batch_commands", "Commands of a group")),
        queued_(telemetry::GaugeOf("dm_ledger_queued", "Commands that wait for a group")),
        duration_(telemetry::LatencyOf("dm_ledger_batch_seconds", "Time a group takes")),
        thread_([this] { Run(); }) {}

  ~Lane() {
    {
      absl::MutexLock lock(&mutex_);
      stopping_ = true;
    }
    thread_.join();
  }

  // Takes it unless the queue is full or the lane is stopping.
  bool Offer(PendingCommand& pending) {
    absl::MutexLock lock(&mutex_);
    if (stopping_ || queue_.size() >= options_.queue_capacity) return false;
    queue_.push_back(std::move(pending));
    queued_.Increment();
    return true;
  }

 private:
  bool StopOrWork() const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !queue_.empty();
  }

  void Run() {
    bool refused_some = true;
    while (true) {
      std::vector<PendingCommand> batch = TakeQueued();
      if (batch.empty()) return;
      DropAbandoned(&batch);
      if (!batch.empty()) refused_some = Decide(&batch, refused_some);
    }
  }

  // Waits for work; empty when the lane is to end.
  std::vector<PendingCommand> TakeQueued() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](Lane* lane) { return lane->StopOrWork(); }, this));
    std::vector<PendingCommand> batch;
    while (!queue_.empty() && batch.size() < options_.batch) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    queued_.Decrement(static_cast<double>(batch.size()));
    return batch;
  }

  // Work whose caller has gone is not begun.
  void DropAbandoned(std::vector<PendingCommand>* batch) {
    std::vector<PendingCommand> alive;
    const absl::Time now = clock_->Now();
    for (PendingCommand& pending : *batch) {
      if (now >= pending.deadline || (pending.cancelled && pending.cancelled())) {
        std::move(pending.done)(DeadlineError());
      } else {
        alive.push_back(std::move(pending));
      }
    }
    *batch = std::move(alive);
  }

  // Whether any command was refused.
  bool Decide(std::vector<PendingCommand>* batch, bool expect_refusals) {
    std::vector<Command> commands;
    std::vector<std::string> traces;
    for (PendingCommand& pending : *batch) {
      commands.push_back(std::move(pending.command));
      traces.push_back(std::move(pending.traceparent));
    }
    const absl::Time start = clock_->Now();
    BatchWriter::Answers answers =
        WriteTraced(commands, traces, expect_refusals || commands.size() <= kSmallBatch);
    sizes_.Observe(static_cast<double>(commands.size()));
    duration_.Observe(absl::ToDoubleSeconds(clock_->Now() - start));
    batches_.Increment();
    commands_.Increment(static_cast<double>(commands.size()));
    int refused = 0;
    for (size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i].ok()) ++refused;
      std::move((*batch)[i].done)(std::move(answers[i]));
    }
    refusals_.Increment(refused);
    return refused > 0;
  }

  // A group works for all its callers: its span is the child of the first that is recorded, and has
  // links to the others.
  BatchWriter::Answers WriteTraced(const std::vector<Command>& commands,
                                   const std::vector<std::string>& traces,
                                   bool try_reading_first) const {
    const auto first = std::find_if(traces.begin(), traces.end(), telemetry::IsRecorded);
    if (first == traces.end()) return writer_.Write(commands, traces, try_reading_first);
    telemetry::Span span(telemetry::SpanKind::kInternal, "ledger batch", *first);
    span.Set("dm.batch.commands", static_cast<int64_t>(commands.size()));
    for (auto other = first + 1; other != traces.end(); ++other) span.Link(*other);
    const telemetry::TraceScope scope(span.traceparent());
    return writer_.Write(commands, traces, try_reading_first);
  }

  const Options options_;
  const BatchWriter writer_;
  const Clock* const clock_;
  prometheus::Counter& batches_;
  prometheus::Counter& commands_;
  prometheus::Counter& refusals_;
  prometheus::Histogram& sizes_;
  prometheus::Gauge& queued_;
  prometheus::Histogram& duration_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<PendingCommand> queue_ ABSL_GUARDED_BY(mutex_);
  // Last, so that it starts when all else is there.
  std::thread thread_;
};

Ledger::Ledger(Options options, database::Database* database, const Clock* clock,
               const TermsSource& terms, const Serialize& serialize,
               const std::function<void()>& after_commit) {
  for (int i = 0; i < options.lanes; ++i) {
    lanes_.push_back(std::make_unique<Lane>(
        options, BatchWriter(database, clock, terms, serialize, after_commit), clock));
  }
}

Ledger::~Ledger() = default;

void Ledger::Submit(PendingCommand pending) {
  Lane& lane = *lanes_[LaneTagOf(pending.command) % lanes_.size()];
  if (!lane.Offer(pending)) std::move(pending.done)(OverloadedError(absl::Milliseconds(200)));
}

}  // namespace dm::booking
