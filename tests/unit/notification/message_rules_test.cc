#include "services/notification/domain/message_rules.h"

#include "common/time/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::notification {
namespace {

using K = MessageKind;

absl::Time Paris(int month, int day, int hour, int minute = 0) {
  return absl::FromCivil(absl::CivilSecond(2026, month, day, hour, minute), ParisTimeZone());
}

BookingStep Step(const std::string& from, const std::string& to, const std::string& reason = "") {
  return {.event_id = "01940000-0000-7000-8000-000000000001",
          .booking = "bookings/01940000-0000-7000-8000-0000000000b1",
          .session = "offers/o1/sessions/s1",
          .applicant = "people/ana",
          .host = "companies/00061001400011",
          .from_state = from,
          .to_state = to,
          .reason = reason,
          // Too late for any reminder.
          .time = Paris(12, 6, 20),
          .start_time = Paris(12, 7, 9),
          .end_time = Paris(12, 9, 17)};
}

TEST(MessagesForTest, TellsEachPartyWhatConcernsIt) {
  struct Case {
    const char* from;
    const char* to;
    const char* reason;
    std::optional<MessageKind> applicant;
    std::optional<MessageKind> host;
  };
  const Case cases[] = {
      {"", "PENDING_HOST", "REQUESTED", K::kRequestReceived, K::kNewRequest},
      {"OFFERED", "PENDING_HOST", "OFFER_TAKEN", K::kRequestReceived, K::kNewRequest},
      {"PENDING_CONSENT", "PENDING_HOST", "GUARDIAN_CONSENTED", K::kRequestReceived,
       K::kNewRequest},
      {"", "CONFIRMED", "CONFIRMED_AT_ONCE", K::kConfirmed, K::kConfirmed},
      {"PENDING_HOST", "CONFIRMED", "HOST_ACCEPTED", K::kConfirmed, K::kConfirmed},
      {"PENDING_HOST", "DECLINED", "HOST_DECLINED", K::kDeclined, {}},
      {"PENDING_HOST", "CANCELLED", "APPLICANT_CANCELLED", K::kRequestCancelled,
       K::kRequestCancelled},
      {"PENDING_HOST", "CANCELLED", "AGENCY_CANCELLED", K::kRequestCancelled, K::kRequestCancelled},
      {"CONFIRMED", "CANCELLED", "HOST_CANCELLED", K::kConfirmedCancelled, K::kConfirmedCancelled},
      // The host was never told of these.
      {"WAITLISTED", "CANCELLED", "APPLICANT_CANCELLED", K::kRequestCancelled, {}},
      {"OFFERED", "CANCELLED", "HOST_CANCELLED", K::kRequestCancelled, {}},
      {"PENDING_CONSENT", "CANCELLED", "APPLICANT_CANCELLED", K::kRequestCancelled, {}},
      {"", "WAITLISTED", "JOINED_WAITLIST", K::kWaitlisted, {}},
      {"WAITLISTED", "OFFERED", "SEAT_FREED", K::kOffered, {}},
      {"", "PENDING_CONSENT", "REQUESTED", K::kConsentNeeded, {}},
      {"OFFERED", "PENDING_CONSENT", "OFFER_TAKEN", K::kConsentNeeded, {}},
      // Why it ended.
      {"CONFIRMED", "CANCELLED", "RESCHEDULED", K::kRescheduled, K::kRescheduled},
      {"OFFERED", "CANCELLED", "RESCHEDULED", K::kRescheduled, {}},
      {"CONFIRMED", "CANCELLED", "SESSION_CANCELLED", K::kSessionCancelled, {}},
      {"PENDING_HOST", "CANCELLED", "SESSION_CANCELLED", K::kSessionCancelled, {}},
      {"PENDING_HOST", "CANCELLED", "CONSENT_WITHDRAWN", K::kConsentWithdrawn,
       K::kRequestCancelled},
      {"CONFIRMED", "CANCELLED", "CONSENT_WITHDRAWN", K::kConsentWithdrawn, K::kConfirmedCancelled},
      {"PENDING_CONSENT", "CANCELLED", "CONSENT_REFUSED", K::kConsentRefused, {}},
      {"CONFIRMED", "CANCELLED", "AGREEMENT_MISSING", K::kAgreementMissing, K::kAgreementMissing},
      {"WAITLISTED", "CANCELLED", "OVERLAPPING_CONFIRMED", K::kOverlapReleased, {}},
      {"PENDING_HOST", "EXPIRED", "HOST_DID_NOT_ANSWER", K::kHostSilent, K::kHostSilent},
      {"OFFERED", "EXPIRED", "OFFER_EXPIRED", K::kOfferExpired, {}},
      {"PENDING_CONSENT", "EXPIRED", "CONSENT_EXPIRED", K::kConsentExpired, {}},
      {"WAITLISTED", "EXPIRED", "WAITLIST_ENDED", K::kWaitlistEnded, {}},
      {"CONFIRMED", "NO_SHOW", "APPLICANT_ABSENT", K::kNoShow, {}},
      {"CONFIRMED", "NO_SHOW", "HOST_ABSENT", K::kHostAbsent, K::kHostAbsent},
      {"PENDING_HOST", "PENDING_CONSENT", "CONSENT_NEEDED_AGAIN", K::kConsentNeededAgain,
       K::kConsentNeededAgain},
      {"CONFIRMED", "PENDING_CONSENT", "CONSENT_NEEDED_AGAIN", K::kConsentNeededAgain,
       K::kConsentNeededAgain},
      {"CONFIRMED", "CANCELLED", "NOT_ELIGIBLE_ANY_MORE", K::kNotEligibleAnyMore,
       K::kConfirmedCancelled},
      {"OFFERED", "CANCELLED", "NOT_ELIGIBLE_ANY_MORE", K::kNotEligibleAnyMore, {}},
      {"PENDING_HOST", "CANCELLED", "OVERLAP_AFTER_MOVE", K::kOverlapAfterMove,
       K::kRequestCancelled},
      {"WAITLISTED", "CANCELLED", "OVERLAP_AFTER_MOVE", K::kOverlapAfterMove, {}},
      // The state stays, the time does not.
      {"CONFIRMED", "CONFIRMED", "SESSION_MOVED", K::kSessionMoved, K::kSessionMoved},
      {"PENDING_HOST", "PENDING_HOST", "SESSION_MOVED", K::kSessionMoved, K::kSessionMoved},
      {"OFFERED", "OFFERED", "SESSION_MOVED", K::kSessionMoved, {}},
      {"WAITLISTED", "WAITLISTED", "SESSION_MOVED", K::kSessionMoved, {}},
      // Reasons and states of a later version.
      {"PENDING_HOST", "EXPIRED", "SOMETHING_NEW", K::kExpired, {}},
      {"CONFIRMED", "CANCELLED", "SOMETHING_NEW", K::kConfirmedCancelled, K::kConfirmedCancelled},
      {"CONFIRMED", "SOMETHING_NEW", "", {}, {}},
      {"CONFIRMED", "COMPLETED", "ATTENDED", {}, {}},
      {"CONFIRMED", "CONFIRMED", "", {}, {}},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.from << " -> " << c.to << " " << c.reason);
    const BookingStep step = Step(c.from, c.to, c.reason);
    std::vector<PlannedMessage> expected;
    const auto expect = [&](const std::string& party, std::optional<MessageKind> kind) {
      if (!kind.has_value()) return;
      expected.push_back({.recipient = party, .kind = *kind});
      if (TellsNewTime(*kind)) expected.back().useless_after = step.start_time;
    };
    expect("people/ana", c.applicant);
    expect("companies/00061001400011", c.host);
    EXPECT_EQ(MessagesFor(step), expected);
  }
}

// "HOST_REMINDER companies/00061001400011 2026-12-03T09:00 2026-12-05T09:00" of every reminder.
std::vector<std::string> RemindersOf(const BookingStep& step) {
  std::vector<std::string> reminders;
  const auto local = [](absl::Time time) {
    return absl::FormatTime("%Y-%m-%dT%H:%M", time, ParisTimeZone());
  };
  for (const PlannedMessage& message : MessagesFor(step)) {
    if (!IsReminder(message.kind)) continue;
    reminders.push_back(std::string(MessageKindName(message.kind)) + " " + message.recipient + " " +
                        local(message.not_before) + " " + local(message.useless_after));
  }
  return reminders;
}

TEST(RemindersTest, AHostIsRemindedTwiceWhereThereIsTime) {
  BookingStep step = Step("", "PENDING_HOST");
  step.expire_time = Paris(12, 5, 9);
  const struct {
    const char* what;
    absl::Time asked;
    std::vector<std::string> reminders;
  } kCases[] = {
      {"a week before",
       Paris(11, 28, 9),
       {"HOST_REMINDER companies/00061001400011 2026-12-03T09:00 2026-12-05T09:00",
        "HOST_LAST_REMINDER companies/00061001400011 2026-12-04T09:00 2026-12-05T09:00"}},
      {"too soon for the first",
       Paris(12, 3, 8),
       {"HOST_LAST_REMINDER companies/00061001400011 2026-12-04T09:00 2026-12-05T09:00"}},
      {"too soon for both", Paris(12, 4, 8), {}},
      {"in the last hours", Paris(12, 5, 7), {}},
  };
  for (const auto& c : kCases) {
    step.time = c.asked;
    EXPECT_EQ(RemindersOf(step), c.reminders) << c.what;
  }
  step.time = Paris(11, 28, 9);
  step.expire_time.reset();
  EXPECT_THAT(RemindersOf(step), testing::IsEmpty());
}

TEST(RemindersTest, AnOfferIsRecalledHalfWay) {
  BookingStep step = Step("WAITLISTED", "OFFERED", "SEAT_FREED");
  step.time = Paris(12, 1, 9);
  step.expire_time = Paris(12, 2, 9);
  EXPECT_THAT(RemindersOf(step),
              testing::ElementsAre("OFFER_REMINDER people/ana 2026-12-01T21:00 2026-12-02T09:00"));
  step.expire_time = Paris(12, 1, 12);
  EXPECT_THAT(RemindersOf(step), testing::IsEmpty());
}

TEST(RemindersTest, BothPartiesAreRemindedTheMorningBefore) {
  BookingStep step = Step("PENDING_HOST", "CONFIRMED", "HOST_ACCEPTED");
  step.time = Paris(12, 1, 9);
  EXPECT_THAT(RemindersOf(step),
              testing::ElementsAre(
                  "STAY_TOMORROW people/ana 2026-12-06T10:00 2026-12-07T09:00",
                  "STAY_TOMORROW companies/00061001400011 2026-12-06T10:00 2026-12-07T09:00"));
  step.time = Paris(12, 6, 9);
  EXPECT_THAT(RemindersOf(step), testing::IsEmpty());
}

TEST(RemindersTest, OfAPlaceThatMovedTheNewDayIsReminded) {
  BookingStep step = Step("CONFIRMED", "CONFIRMED", "SESSION_MOVED");
  step.time = Paris(12, 1, 9);
  EXPECT_THAT(RemindersOf(step),
              testing::ElementsAre(
                  "STAY_TOMORROW people/ana 2026-12-06T10:00 2026-12-07T09:00",
                  "STAY_TOMORROW companies/00061001400011 2026-12-06T10:00 2026-12-07T09:00"));
}

TEST(RemindersTest, TheMorningBeforeIsOneOnTheClocksOfParis) {
  const auto reminder = [](int month, int day, int hour) {
    return absl::FormatTime("%Y-%m-%dT%H:%M %Ez", StayReminderTime(Paris(month, day, hour)),
                            ParisTimeZone());
  };
  // The clocks go forward on 29 March and back on 25 October.
  EXPECT_EQ(reminder(3, 29, 9), "2026-03-28T10:00 +01:00");
  EXPECT_EQ(reminder(3, 30, 0), "2026-03-29T10:00 +02:00");
  EXPECT_EQ(reminder(10, 25, 14), "2026-10-24T10:00 +02:00");
  EXPECT_EQ(reminder(10, 26, 8), "2026-10-25T10:00 +01:00");
}

}  // namespace
}  // namespace dm::notification
