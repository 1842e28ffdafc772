#include "services/notification/domain/message.h"

#include "common/text/uuid.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dm::notification {
namespace {

using K = MessageKind;

BookingStep Step(const std::string& from, const std::string& to) {
  return {.event_id = "01940000-0000-7000-8000-000000000001",
          .booking = "bookings/01940000-0000-7000-8000-0000000000b1",
          .session = "offers/o1/sessions/s1",
          .applicant = "people/ana",
          .host = "companies/00061001400011",
          .from_state = from,
          .to_state = to};
}

TEST(MessagesForTest, TellsEachPartyWhatConcernsIt) {
  struct Case {
    const char* from;
    const char* to;
    std::optional<MessageKind> applicant;
    std::optional<MessageKind> host;
  };
  const Case cases[] = {
      {"", "PENDING_HOST", K::kRequestReceived, K::kNewRequest},
      {"OFFERED", "PENDING_HOST", K::kRequestReceived, K::kNewRequest},
      {"PENDING_CONSENT", "PENDING_HOST", K::kRequestReceived, K::kNewRequest},
      {"", "CONFIRMED", K::kConfirmed, K::kConfirmed},
      {"PENDING_HOST", "CONFIRMED", K::kConfirmed, K::kConfirmed},
      {"PENDING_HOST", "DECLINED", K::kDeclined, std::nullopt},
      {"PENDING_HOST", "CANCELLED", K::kRequestCancelled, K::kRequestCancelled},
      {"CONFIRMED", "CANCELLED", K::kConfirmedCancelled, K::kConfirmedCancelled},
      // The host was never told of these.
      {"WAITLISTED", "CANCELLED", K::kRequestCancelled, std::nullopt},
      {"OFFERED", "CANCELLED", K::kRequestCancelled, std::nullopt},
      {"PENDING_CONSENT", "CANCELLED", K::kRequestCancelled, std::nullopt},
      {"", "WAITLISTED", K::kWaitlisted, std::nullopt},
      {"WAITLISTED", "OFFERED", K::kOffered, std::nullopt},
      {"", "PENDING_CONSENT", K::kConsentNeeded, std::nullopt},
      {"PENDING_HOST", "EXPIRED", K::kExpired, std::nullopt},
      {"OFFERED", "EXPIRED", K::kExpired, std::nullopt},
      {"CONFIRMED", "COMPLETED", std::nullopt, std::nullopt},
      {"CONFIRMED", "NO_SHOW", std::nullopt, std::nullopt},
      {"CONFIRMED", "CONFIRMED", std::nullopt, std::nullopt},
      {"CONFIRMED", "SOMETHING_NEW", std::nullopt, std::nullopt},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.from << " -> " << c.to);
    std::vector<PlannedMessage> expected;
    if (c.applicant.has_value()) expected.push_back({"people/ana", *c.applicant});
    if (c.host.has_value()) expected.push_back({"companies/00061001400011", *c.host});
    EXPECT_EQ(MessagesFor(Step(c.from, c.to)), expected);
  }
}

TEST(MessageKindTest, NamesComeBack) {
  std::set<absl::string_view> names;
  for (const MessageKind kind : AllMessageKinds()) {
    EXPECT_TRUE(names.insert(MessageKindName(kind)).second);
    EXPECT_EQ(ParseMessageKind(MessageKindName(kind)), kind);
  }
  EXPECT_EQ(names.size(), 10);
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

TEST(IsTooLateTest, LeavesADayAfterTheEnd) {
  const absl::Time end = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_FALSE(IsTooLate(end, end - absl::Hours(100)));
  EXPECT_FALSE(IsTooLate(end, end + absl::Hours(24)));
  EXPECT_TRUE(IsTooLate(end, end + absl::Hours(24) + absl::Seconds(1)));
}

}  // namespace
}  // namespace dm::notification
