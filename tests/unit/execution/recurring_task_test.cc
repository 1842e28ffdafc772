#include "common/execution/recurring_task.h"

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

namespace dm {
namespace {

TEST(RecurringTaskTest, RunsAtOnceAndAgainWithoutRestWhenItAsksForNone) {
  absl::BlockingCounter runs(5);
  std::atomic<int> count = 0;
  RecurringTask task([&] {
    if (++count <= 5) runs.DecrementCount();
    return count < 5 ? absl::ZeroDuration() : absl::InfiniteDuration();
  });
  EXPECT_EQ(count, 0);
  task.Start();
  runs.Wait();
}

TEST(RecurringTaskTest, IsWokenFromALongRest) {
  absl::Notification first;
  absl::Notification second;
  std::atomic<int> count = 0;
  RecurringTask task([&] {
    (++count == 1 ? first : second).Notify();
    return absl::InfiniteDuration();
  });
  task.Start();
  first.WaitForNotification();
  task.Wake();
  second.WaitForNotification();
}

TEST(RecurringTaskTest, AWakeDuringARunIsNotLost) {
  absl::Notification running;
  absl::Notification woken;
  absl::Notification again;
  std::atomic<int> count = 0;
  RecurringTask task([&] {
    if (++count == 1) {
      running.Notify();
      woken.WaitForNotification();
    } else if (!again.HasBeenNotified()) {
      again.Notify();
    }
    return absl::InfiniteDuration();
  });
  task.Start();
  running.WaitForNotification();
  task.Wake();
  woken.Notify();
  again.WaitForNotification();
}

TEST(RecurringTaskTest, EndsInTheMiddleOfARestAndWithoutHavingStarted) {
  {
    RecurringTask never([] { return absl::ZeroDuration(); });
  }
  absl::Notification ran;
  auto task = std::make_unique<RecurringTask>([&] {
    if (!ran.HasBeenNotified()) ran.Notify();
    return absl::InfiniteDuration();
  });
  task->Start();
  ran.WaitForNotification();
  task.reset();
}

}  // namespace
}  // namespace dm
