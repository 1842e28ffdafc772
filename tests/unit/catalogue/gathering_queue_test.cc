#include "services/catalogue/api/gathering_queue.h"

#include "absl/synchronization/notification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;

// Work that begins when it is told to, and what it was given.
class HeldWork {
 public:
  explicit HeldWork(int to_come) : to_come_(to_come) {}

  void operator()(const std::vector<int>& items) {
    begun_.Notify();
    go_.WaitForNotification();
    const absl::MutexLock lock(&mutex_);
    if (!items.empty()) batches_.push_back(items);
    to_come_ -= static_cast<int>(items.size());
  }

  void AwaitBegin() { begun_.WaitForNotification(); }
  void Go() { go_.Notify(); }
  std::vector<std::vector<int>> Batches() {
    const absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](int* to_come) { return *to_come == 0; }, &to_come_));
    return batches_;
  }

 private:
  // Notified once each, however many batches there are.
  class Once {
   public:
    void Notify() {
      if (!done_.exchange(true)) notification_.Notify();
    }
    void WaitForNotification() { notification_.WaitForNotification(); }

   private:
    std::atomic<bool> done_ = false;
    absl::Notification notification_;
  };

  Once begun_;
  Once go_;
  absl::Mutex mutex_;
  std::vector<std::vector<int>> batches_ ABSL_GUARDED_BY(mutex_);
  int to_come_ ABSL_GUARDED_BY(mutex_);
};

using Queue = GatheringQueue<int>;

TEST(GatheringQueue, WhatComesWhileWorkIsUnderWayIsDoneTogether) {
  HeldWork work(6);
  Queue queue({.lanes = 1, .most_at_once = 4}, [&](const std::vector<int>& items) { work(items); });
  Executor executor({.threads = 2});
  ASSERT_TRUE(queue.Add(&executor, 1));
  work.AwaitBegin();
  for (int item = 2; item <= 6; ++item) ASSERT_TRUE(queue.Add(&executor, item));
  work.Go();
  EXPECT_THAT(work.Batches(), ElementsAre(ElementsAre(1), ElementsAre(2, 3, 4, 5), ElementsAre(6)));
}

TEST(GatheringQueue, TakesNoMoreThanMayWait) {
  HeldWork work(3);
  Queue queue({.lanes = 1, .most_waiting = 2}, [&](const std::vector<int>& items) { work(items); });
  Executor executor({.threads = 1});
  ASSERT_TRUE(queue.Add(&executor, 1));
  work.AwaitBegin();
  EXPECT_TRUE(queue.Add(&executor, 2));
  EXPECT_TRUE(queue.Add(&executor, 3));
  EXPECT_FALSE(queue.Add(&executor, 4));
  work.Go();
  EXPECT_THAT(work.Batches(), ElementsAre(ElementsAre(1), ElementsAre(2, 3)));
}

TEST(GatheringQueue, LeavesNobodyWaitingWhenTheExecutorIsFullOrStops) {
  HeldWork work(3);
  Queue queue({.lanes = 1}, [&](const std::vector<int>& items) { work(items); });
  Executor executor({.threads = 1, .queue_capacity = 1});
  ASSERT_TRUE(queue.Add(&executor, 1));
  work.AwaitBegin();
  ASSERT_TRUE(executor.TrySubmit([] {}));
  EXPECT_TRUE(queue.Add(&executor, 2));
  EXPECT_TRUE(queue.Add(&executor, 3));
  work.Go();
  executor.Stop();
  EXPECT_THAT(work.Batches(), ElementsAre(ElementsAre(1), ElementsAre(2, 3)));
  EXPECT_FALSE(queue.Add(&executor, 4));
}

}  // namespace
}  // namespace dm::catalogue
