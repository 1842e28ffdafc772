#include "tests/model/clients.h"

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

#include <deque>
#include <memory>
#include <utility>

namespace dm::model {
namespace {

// A client who may go on, and what they have to ask again.
struct Turn {
  size_t client = 0;
  std::optional<Ask> again;
};

class Turns {
 public:
  void Push(Turn turn) {
    absl::MutexLock lock(&mutex_);
    turns_.push_back(std::move(turn));
  }
  Turn Pop() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](std::deque<Turn>* turns) { return !turns->empty(); }, &turns_));
    Turn turn = std::move(turns_.front());
    turns_.pop_front();
    return turn;
  }

 private:
  absl::Mutex mutex_;
  std::deque<Turn> turns_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace

void Clients::Run(const Next& next, const Heard& heard) {
  // Shared with the callbacks, the last of which may still be leaving when all is over.
  const auto turns = std::make_shared<Turns>();
  const auto clients = static_cast<size_t>(options_.clients);
  for (size_t client = 0; client < clients; ++client) turns->Push({client, std::nullopt});
  size_t to = 0;
  for (size_t open = clients; open > 0;) {
    Turn turn = turns->Pop();
    std::optional<Ask> ask = turn.again.has_value() ? std::move(turn.again) : next(turn.client);
    if (!ask.has_value()) {
      --open;
      continue;
    }
    ++asked_;
    const size_t number = recorder_->Invoke(*ask);
    fronts_[to++ % fronts_.size()]->Submit(*ask, [this, turns, client = turn.client, number,
                                                  ask = *ask, heard](const Answer& answer) {
      recorder_->Finish(number, answer);
      if (heard) heard(ask, answer);
      const bool certain = answer.result != Result::kUnknown;
      if (certain) ++answered_;
      turns->Push({client, certain || !options_.persistent ? std::nullopt : std::optional(ask)});
    });
  }
}

}  // namespace dm::model
