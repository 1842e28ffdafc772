#include "services/notification/domain/mail_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::notification {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A new kind is needed until somebody says here that it is not.
TEST(OptionalMailTest, RemindersAndNewsThatAskForNothingCanBeStopped) {
  std::vector<std::string> optional;
  for (const MessageKind kind : AllMessageKinds()) {
    if (IsOptional(kind)) optional.emplace_back(MessageKindName(kind));
  }
  EXPECT_THAT(optional, ElementsAre("HOST_REMINDER", "HOST_LAST_REMINDER", "OFFER_REMINDER",
                                    "STAY_TOMORROW", "OFFER_APPROVED", "OFFER_RESUMED"));
}

TEST(OptionalMailTest, EveryReminderCanBeStoppedAndNothingThatCarriesASecret) {
  for (const MessageKind kind : AllMessageKinds()) {
    SCOPED_TRACE(std::string(MessageKindName(kind)));
    if (IsReminder(kind)) {
      EXPECT_TRUE(IsOptional(kind));
    }
    if (SecretUseOf(kind) != SecretUse::kNone) {
      EXPECT_THAT(std::string(OptionalMailName(kind)), IsEmpty());
    }
  }
}

}  // namespace
}  // namespace dm::notification
