#include "services/gateway/feed/long_polls.h"

#include "absl/time/clock.h"
#include "common/errors/error.h"

#include <utility>

namespace dm::gateway {
namespace {

constexpr int kSourceReaders = 2;
// How soon a wait that has ended, or whose caller has gone, is noticed.
constexpr absl::Duration kTick = absl::Milliseconds(200);
constexpr absl::Duration kSourceTime = absl::Seconds(2);
// How long one reader may look for events among those of others before somebody else's turn.
constexpr absl::Duration kTurn = absl::Seconds(2);
constexpr absl::Duration kRetry = absl::Seconds(1);

}  // namespace

LongPolls::LongPolls(MergedFeed* feed, std::function<bool()> stopping, size_t most)
    : feed_(feed),
      stopping_(std::move(stopping)),
      most_(most),
      sources_({.threads = kSourceReaders, .queue_capacity = most}),
      thread_([this] { LookAfter(); }) {}

LongPolls::~LongPolls() {
  {
    absl::MutexLock lock(&mutex_);
    ended_ = true;
  }
  sources_.Stop();
  thread_.join();
}

bool LongPolls::Ended() const {
  absl::MutexLock lock(&mutex_);
  return ended_ || stopping_();
}

void LongPolls::Add(Poll poll) {
  auto held = std::make_unique<Waiting>();
  held->poll = std::move(poll);
  bool room = false;
  {
    absl::MutexLock lock(&mutex_);
    room = open_ < most_;
    if (room) ++open_;
  }
  if (!room) return std::move(held->poll.answer)(OverloadedError(absl::Seconds(5)));
  Submit(std::move(held));
}

void LongPolls::Submit(Held held) {
  // A task that is refused takes what it holds along.
  auto shared = std::make_shared<Held>(std::move(held));
  if (!sources_.TrySubmit([this, shared] { Look(std::move(*shared)); })) {
    Conclude(std::move(*shared), OverloadedError(absl::Seconds(1)));
  }
}

void LongPolls::Look(Held held) {
  Poll& poll = held->poll;
  const absl::Time start = absl::Now();
  while (true) {
    held->version = feed_->version();
    auto batch = feed_->Next(poll.reader, poll.positions, poll.limits, MergedFeed::Reach::kSources,
                             absl::Now() + kSourceTime);
    if (!batch.ok()) return Conclude(std::move(held), batch.status());
    poll.positions = batch->positions;
    const absl::Time now = absl::Now();
    if (!batch->events.empty() || now >= poll.deadline || Ended()) {
      return Conclude(std::move(held), std::move(batch));
    }
    if (batch->at_end) {
      held->behind = batch->incomplete;
      held->retry = now + kRetry;
      return Park(std::move(held));
    }
    // It has come further, and will from there.
    if (now >= start + kTurn) return Conclude(std::move(held), std::move(batch));
  }
}

void LongPolls::Park(Held held) {
  absl::MutexLock lock(&mutex_);
  parked_.push_back(std::move(held));
}

void LongPolls::LookAfter() {
  int64_t seen = 0;
  while (true) {
    feed_->AwaitNews(seen, absl::Now() + kTick);
    seen = feed_->version();
    std::list<Held> parked;
    bool last = false;
    {
      absl::MutexLock lock(&mutex_);
      parked.swap(parked_);
      last = ended_;
    }
    for (Held& held : parked) Visit(std::move(held));
    // The executor was stopped before, or will find that all has ended: nothing parks any more.
    if (last) {
      absl::MutexLock lock(&mutex_);
      if (open_ == 0) return;
    }
  }
}

void LongPolls::Visit(Held held) {
  Poll& poll = held->poll;
  if (poll.gone()) return Conclude(std::move(held), absl::CancelledError("the caller has gone"));
  const absl::Time now = absl::Now();
  const bool over = now >= poll.deadline || Ended();
  const int64_t version = feed_->version();
  if (!over && version == held->version && !(held->behind && now >= held->retry)) {
    return Park(std::move(held));
  }
  held->version = version;
  auto batch =
      feed_->Next(poll.reader, poll.positions, poll.limits, MergedFeed::Reach::kMemory, now);
  if (!batch.ok()) return Conclude(std::move(held), batch.status());
  poll.positions = batch->positions;
  held->behind = false;
  if (over || !batch->events.empty()) return Conclude(std::move(held), std::move(batch));
  if (batch->behind || !batch->at_end) return Submit(std::move(held));
  Park(std::move(held));
}

void LongPolls::Conclude(Held held, absl::StatusOr<MergedFeed::Batch> batch) {
  std::move(held->poll.answer)(std::move(batch));
  held.reset();
  absl::MutexLock lock(&mutex_);
  --open_;
}

}  // namespace dm::gateway
