#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

#include <pqxx/pqxx>

#include <thread>
#include <vector>

namespace dm::database {

// Cancels statements that run past their deadline, again and again until they end. For single
// statements, which would need a round trip more to tell the server their limit. Thread-safe.
class DeadlineWatch {
  struct Watched {
    pqxx::connection* link;
    // The deadline; then, as long as the statement goes on, when it is cancelled once more.
    absl::Time cancel_at;
    bool cancelling = false;
    bool cancelled = false;
  };

 public:
  // Watches the statement that its owner is about to run, until Finish or the destructor.
  class Guard {
   public:
    Guard(DeadlineWatch* watch, pqxx::connection* link, absl::Time deadline);
    ~Guard() { Finish(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    // Whether a cancellation was sent. It may still arrive: the connection must not run another
    // statement then.
    bool Finish();

   private:
    DeadlineWatch* const watch_;
    Watched watched_;
    bool finished_ = false;
  };

  DeadlineWatch();
  ~DeadlineWatch();

 private:
  void Work();
  // The one that is overdue; null when none is, and then `earliest_` is brought up to date.
  Watched* Overdue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  absl::Mutex mutex_;
  // No more than the pool has connections.
  std::vector<Watched*> watched_ ABSL_GUARDED_BY(mutex_);
  // No running statement has an earlier deadline. It may be too early after one has finished,
  // which costs an idle look.
  absl::Time earliest_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  // Until when the thread sleeps.
  absl::Time sleeps_until_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace dm::database
