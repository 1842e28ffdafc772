#include "services/notification/domain/message.h"

#include "common/text/uuid.h"

#include <gtest/gtest.h>

#include <set>

namespace dm::notification {
namespace {

using K = MessageKind;

TEST(MessageKindTest, NamesComeBack) {
  std::set<absl::string_view> names;
  for (const MessageKind kind : AllMessageKinds()) {
    EXPECT_TRUE(names.insert(MessageKindName(kind)).second);
    EXPECT_EQ(ParseMessageKind(MessageKindName(kind)), kind);
  }
  EXPECT_EQ(names.size(), 43);
  EXPECT_EQ(ParseMessageKind("UNKNOWN"), std::nullopt);
  for (const Actor actor : {Actor::kApplicant, Actor::kHost, Actor::kAgency, Actor::kSystem}) {
    EXPECT_EQ(ParseActor(ActorName(actor)), actor);
  }
  EXPECT_EQ(ParseActor(""), std::nullopt);
}

TEST(MessageUuidTest, IsTheSameForTheSameMessageAndNoOther) {
  const std::string event = "01940000-0000-7000-8000-000000000001";
  const std::string id = MessageUuid(event, "people/ana", K::kConfirmed);
  EXPECT_TRUE(IsUuid(id)) << id;
  EXPECT_EQ(id[14], '8') << id;
  EXPECT_EQ(MessageUuid(event, "people/ana", K::kConfirmed), id);
  EXPECT_NE(MessageUuid(event, "people/bob", K::kConfirmed), id);
  EXPECT_NE(MessageUuid(event, "people/ana", K::kDeclined), id);
  EXPECT_NE(MessageUuid("01940000-0000-7000-8000-000000000002", "people/ana", K::kConfirmed), id);
}

TEST(SharedCauseUuidTest, IsTheSameForTheSameTextAndNoOther) {
  EXPECT_TRUE(IsUuid(SharedCauseUuid("agencies/61")));
  EXPECT_EQ(SharedCauseUuid("agencies/61"), SharedCauseUuid("agencies/61"));
  EXPECT_NE(SharedCauseUuid("agencies/61"), SharedCauseUuid("agencies/62"));
}

TEST(IsTooLateTest, LeavesADayAfterTheEnd) {
  const absl::Time end = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_FALSE(IsTooLate(end, end - absl::Hours(100)));
  EXPECT_FALSE(IsTooLate(end, end + absl::Hours(24)));
  EXPECT_TRUE(IsTooLate(end, end + absl::Hours(24) + absl::Seconds(1)));
}

}  // namespace
}  // namespace dm::notification
