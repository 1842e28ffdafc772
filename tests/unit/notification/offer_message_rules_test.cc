#include "services/notification/domain/offer_message_rules.h"

#include "common/text/uuid.h"
#include "common/time/clock.h"

#include <gtest/gtest.h>

namespace dm::notification {
namespace {

using A = OfferActor;
using K = MessageKind;

constexpr char kEvent[] = "01940000-0000-7000-8000-000000000001";

absl::Time Paris(int day, int hour) {
  return absl::FromCivil(absl::CivilSecond(2026, 11, day, hour), ParisTimeZone());
}

OfferStep Step(const std::string& from, const std::string& to, OfferActor actor,
               const std::string& reason = "") {
  return {.event_id = kEvent,
          .offer = "offers/o1",
          .company = "companies/00061001400011",
          .department = "61",
          .from_state = from,
          .to_state = to,
          .reason = reason,
          .version = 3,
          .actor = actor,
          .time = Paris(24, 9),
          .title = "Pain perdu"};
}

TEST(MessageForOfferTest, TellsWhomItConcernsWhatSomebodyElseDid) {
  constexpr char kAgency[] = "agencies/61";
  constexpr char kCompany[] = "companies/00061001400011";
  struct Case {
    const char* from;
    const char* to;
    OfferActor actor;
    const char* reason;
    // Empty for none.
    const char* recipient = "";
    MessageKind kind = K::kOfferSubmitted;
  };
  const Case cases[] = {
      {"DRAFT", "SUBMITTED", A::kHost, "", kAgency, K::kOfferSubmitted},
      {"DRAFT", "SUBMITTED", A::kOperator, "", kAgency, K::kOfferSubmitted},
      {"PUBLISHED", "SUBMITTED", A::kHost, "EDITED", kAgency, K::kOfferSubmitted},
      {"SUSPENDED", "SUBMITTED", A::kHost, "EDITED", kAgency, K::kOfferSubmitted},
      {"DRAFT", "SUBMITTED", A::kPartner, "IMPORTED", kAgency, K::kPartnerOffersSubmitted},
      {"PUBLISHED", "SUBMITTED", A::kPartner, "EDITED", kAgency, K::kPartnerOffersSubmitted},
      // It knows.
      {"DRAFT", "SUBMITTED", A::kAgency, ""},

      {"SUBMITTED", "PUBLISHED", A::kAgency, "", kCompany, K::kOfferApproved},
      {"SUBMITTED", "PUBLISHED", A::kOperator, "", kCompany, K::kOfferApproved},
      {"SUBMITTED", "DRAFT", A::kAgency, "REJECTED", kCompany, K::kOfferRejected},
      {"SUBMITTED", "DRAFT", A::kOperator, "REJECTED", kCompany, K::kOfferRejected},
      {"PUBLISHED", "SUSPENDED", A::kAgency, "AGENCY_DECISION", kCompany, K::kOfferSuspended},
      {"PUBLISHED", "SUSPENDED", A::kOperator, "AGENCY_DECISION", kCompany, K::kOfferSuspended},
      {"SUSPENDED", "PUBLISHED", A::kAgency, "", kCompany, K::kOfferResumed},
      {"PUBLISHED", "SUSPENDED", A::kSystem, "COMPANY_BANNED", kCompany, K::kCompanyBanned},

      // What the host did itself, what a partner and what lists bring, what happens by itself.
      {"PUBLISHED", "SUSPENDED", A::kHost, "HOST_DECISION"},
      {"SUSPENDED", "PUBLISHED", A::kHost, ""},
      {"SUBMITTED", "PUBLISHED", A::kPartner, "IMPORTED"},
      {"PUBLISHED", "SUSPENDED", A::kAgency, "IMPORTED"},
      {"SUBMITTED", "PUBLISHED", A::kOperator, "IMPORTED"},
      {"", "PUBLISHED", A::kAgency, "IMPORTED"},
      {"", "DRAFT", A::kHost, ""},
      {"", "DRAFT", A::kAgency, ""},
      {"PUBLISHED", "ARCHIVED", A::kSystem, "SESSIONS_PAST"},
      {"PUBLISHED", "SUSPENDED", A::kSystem, "COMPANY_CLOSED"},
      // States and reasons of a later version, and a state that stays.
      {"PUBLISHED", "SOMETHING_NEW", A::kAgency, ""},
      {"SUBMITTED", "DRAFT", A::kAgency, "SOMETHING_NEW", kCompany, K::kOfferRejected},
      {"SUBMITTED", "SUBMITTED", A::kHost, "EDITED"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.from << " -> " << c.to << " by "
                                    << static_cast<int>(c.actor) << " " << c.reason);
    const std::optional<OfferMessage> message = MessageFor(Step(c.from, c.to, c.actor, c.reason));
    if (*c.recipient == '\0') {
      EXPECT_FALSE(message.has_value());
      continue;
    }
    ASSERT_TRUE(message.has_value());
    EXPECT_EQ(message->planned,
              (PlannedMessage{.recipient = c.recipient,
                              .kind = c.kind,
                              .useless_after = Paris(24, 9) + absl::Hours(7 * 24)}));
    EXPECT_EQ(message->time, Paris(24, 9));
    if (c.kind == K::kPartnerOffersSubmitted || c.kind == K::kCompanyBanned) {
      EXPECT_TRUE(IsUuid(message->cause)) << message->cause;
      EXPECT_NE(message->cause, kEvent);
      EXPECT_EQ(message->resource, "");
      EXPECT_EQ(message->version, std::nullopt);
      EXPECT_EQ(message->title, "");
    } else {
      EXPECT_EQ(message->cause, kEvent);
      EXPECT_EQ(message->resource, "offers/o1");
      EXPECT_EQ(message->version, 3);
      EXPECT_EQ(message->title, "Pain perdu");
    }
  }
}

TEST(MessageForOfferTest, ABanIsOneMessageHoweverManyOffersItTakesOutOfSight) {
  const OfferStep first = Step("PUBLISHED", "SUSPENDED", A::kSystem, "COMPANY_BANNED");
  OfferStep second = first;
  second.event_id = "01940000-0000-7000-8000-000000000002";
  second.offer = "offers/o2";
  EXPECT_EQ(MessageFor(first)->cause, MessageFor(second)->cause);
  second.time += absl::Microseconds(1);
  EXPECT_NE(MessageFor(first)->cause, MessageFor(second)->cause);
  second = first;
  second.company = "companies/00061002200014";
  EXPECT_NE(MessageFor(first)->cause, MessageFor(second)->cause);
}

TEST(MessageForOfferTest, WhatPartnersSendIsOneMessageADayOnTheClocksOfParis) {
  const auto cause = [](absl::Time time, const std::string& department) {
    OfferStep step = Step("DRAFT", "SUBMITTED", A::kPartner, "IMPORTED");
    step.time = time;
    step.department = department;
    return MessageFor(step)->cause;
  };
  EXPECT_EQ(cause(Paris(24, 0), "61"), cause(Paris(24, 23), "61"));
  EXPECT_NE(cause(Paris(24, 23), "61"), cause(Paris(25, 0), "61"));
  EXPECT_NE(cause(Paris(24, 9), "61"), cause(Paris(24, 9), "14"));
}

TEST(MessageForReportTest, TheAgencyIsLedToTheReport) {
  const OfferMessage message = MessageFor(ReportedOffer{
      .event_id = kEvent, .report = "offerReports/r1", .department = "2A", .time = Paris(24, 9)});
  EXPECT_EQ(message.planned, (PlannedMessage{.recipient = "agencies/2A",
                                             .kind = K::kOfferReported,
                                             .useless_after = Paris(24, 9) + absl::Hours(7 * 24)}));
  EXPECT_EQ(message.cause, kEvent);
  EXPECT_EQ(message.resource, "offerReports/r1");
}

}  // namespace
}  // namespace dm::notification
