#include "common/execution/executor.h"

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <numeric>
#include <vector>

namespace dm {
namespace {

TEST(ExecutorTest, OneThreadRunsTasksInTheOrderOfTheirArrival) {
  std::vector<int> order;
  {
    Executor executor({.threads = 1, .queue_capacity = 100});
    for (int i = 0; i < 100; ++i)
      ASSERT_TRUE(executor.TrySubmit([&order, i] { order.push_back(i); }));
  }
  std::vector<int> expected(100);
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(order, expected);
}

TEST(ExecutorTest, AFullQueueRefusesAndLeavesTheTaskToItsOwner) {
  Executor executor({.threads = 1, .queue_capacity = 2});
  absl::Notification started;
  absl::Notification release;
  ASSERT_TRUE(executor.TrySubmit([&] {
    started.Notify();
    release.WaitForNotification();
  }));
  started.WaitForNotification();
  ASSERT_TRUE(executor.TrySubmit([] {}));
  ASSERT_TRUE(executor.TrySubmit([] {}));
  EXPECT_EQ(executor.queued(), 2u);
  auto owned = std::make_shared<int>(7);
  std::weak_ptr<int> watched = owned;
  EXPECT_FALSE(executor.TrySubmit([owned = std::move(owned)] { ADD_FAILURE(); }));
  EXPECT_TRUE(watched.expired()) << "a refused task is gone at once";
  release.Notify();
}

// Moved on by the tasks themselves.
class TaskClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMillis(milliseconds_); }
  void Pass(int milliseconds) { milliseconds_ += milliseconds; }

 private:
  std::atomic<int64_t> milliseconds_ = 1'000'000;
};

TEST(ExecutorTest, WhatCouldNotBeginBeforeItsDeadlineIsRefusedAtOnce) {
  TaskClock clock;
  Executor executor({.threads = 1, .queue_capacity = 100, .clock = &clock});
  EXPECT_TRUE(executor.TrySubmit([] {}, clock.Now())) << "nothing waits, and nothing is known";
  for (int i = 0; i < 200; ++i) {
    absl::Notification ran;
    ASSERT_TRUE(executor.TrySubmit([&] {
      clock.Pass(10);
      ran.Notify();
    }));
    ran.WaitForNotification();
  }
  absl::Notification started;
  absl::Notification release;
  ASSERT_TRUE(executor.TrySubmit([&] {
    started.Notify();
    release.WaitForNotification();
  }));
  started.WaitForNotification();
  EXPECT_EQ(executor.ExpectedWait(), absl::ZeroDuration());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(executor.TrySubmit([] {}));
  EXPECT_GT(executor.ExpectedWait(), absl::Milliseconds(45));
  EXPECT_LE(executor.ExpectedWait(), absl::Milliseconds(50));
  EXPECT_FALSE(executor.TrySubmit([] { ADD_FAILURE(); }, clock.Now() + absl::Milliseconds(40)));
  EXPECT_EQ(executor.queued(), 5u);
  EXPECT_TRUE(executor.TrySubmit([] {}, clock.Now() + absl::Milliseconds(60)));
  release.Notify();
}

TEST(ExecutorTest, StopRunsWhatIsQueuedAndTakesNothingMore) {
  std::atomic<int> ran = 0;
  Executor executor({.threads = 2, .queue_capacity = 1000});
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(executor.TrySubmit([&] { ++ran; }));
  executor.Stop();
  EXPECT_EQ(ran, 500);
  EXPECT_FALSE(executor.TrySubmit([&] { ++ran; }));
  executor.Stop();
  EXPECT_EQ(ran, 500);
}

TEST(ExecutorTest, TasksOfManyThreadsAllRunOnAllWorkers) {
  constexpr int kProducers = 8;
  constexpr int kTasks = 200;
  Executor executor({.threads = 4, .queue_capacity = kProducers * kTasks});
  absl::BlockingCounter done(kProducers * kTasks);
  std::vector<std::thread> producers;
  for (int p = 0; p < kProducers; ++p) {
    producers.emplace_back([&] {
      for (int i = 0; i < kTasks; ++i) {
        if (!executor.TrySubmit([&] { done.DecrementCount(); })) ADD_FAILURE();
      }
    });
  }
  for (std::thread& producer : producers) producer.join();
  done.Wait();
}

}  // namespace
}  // namespace dm
