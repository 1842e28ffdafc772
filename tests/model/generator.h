#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "tests/model/evidence.h"
#include "tests/model/history.h"

#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace dm::model {

// What clients know: the sessions that are open, bookings as they were last seen, and what was
// asked a while ago. Thread-safe.
class Knowledge {
 public:
  void SetSessions(std::vector<std::string> sessions);
  void Asked(const Ask& ask);
  void Heard(const Ask& ask, const Answer& answer);
  // They are told of it, whoever did it.
  void Noticed(const BookingStep& step);

  struct Seen {
    std::string booking;
    std::string session;
    std::string person;
    booking::BookingState state = booking::BookingState::kPendingHost;
    int64_t version = 0;
  };
  // One of each by chance; empty ones when there are none.
  std::string SomeSession(std::mt19937& random) const;
  Seen SomeBooking(std::mt19937& random) const;
  Ask SomeAsk(std::mt19937& random) const;

 private:
  mutable absl::Mutex mutex_;
  std::vector<std::string> sessions_ ABSL_GUARDED_BY(mutex_);
  // The newest; older ones are forgotten.
  std::deque<std::string> recent_ ABSL_GUARDED_BY(mutex_);
  std::unordered_map<std::string, Seen> bookings_ ABSL_GUARDED_BY(mutex_);
  std::deque<Ask> asks_ ABSL_GUARDED_BY(mutex_);
};

// One client's stream of requests: what is likely in a rush, much that cannot be, and every fifth
// one sent again, some of those with another body. The same seed draws the same; what it is drawn
// from depends on what the others did.
class Generator {
 public:
  Generator(uint32_t seed, std::vector<std::string> people, const Knowledge* knowledge)
      : random_(seed), people_(std::move(people)), knowledge_(knowledge) {}

  Ask Next();

 private:
  int Pick(int n) { return std::uniform_int_distribution<int>(0, n - 1)(random_); }
  bool Chance(int percent) { return Pick(100) < percent; }
  Ask Again(Ask ask);
  Ask Create();
  Ask StepOn(const Knowledge::Seen& seen);
  Verb VerbFor(booking::BookingState state);
  std::string NewRequestId();

  std::mt19937 random_;
  const std::vector<std::string> people_;
  const Knowledge* const knowledge_;
};

// One for each client. For one thread.
class Generators {
 public:
  Generators(uint32_t seed, int clients, const std::vector<std::string>& people,
             Knowledge* knowledge);

  // What a client asks next; others know of it.
  Ask Next(size_t client);

 private:
  Knowledge* const knowledge_;
  std::vector<Generator> generators_;
};

}  // namespace dm::model
