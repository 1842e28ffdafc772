#include "services/ambassador/domain/cancellation.h"

#include "common/errors/error.h"

#include <gtest/gtest.h>

namespace dm::ambassador {
namespace {

constexpr char kJeanne[] = "019b8dd0-5780-7615-8c22-1e51d9c1fbd0";
constexpr char kAnother[] = "019b8dd0-5780-7615-8c22-1e51d9c1fbd1";
const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

HostedSession AMeetingOfJeannes() {
  return {.session = {.id = "019b8dd0-5780-7615-8c22-1e51d9c1fbd2",
                      .ambassador_id = kJeanne,
                      .start_time = kStart,
                      .end_time = kStart + absl::Hours(1)},
          .department = "61"};
}

struct Case {
  const char* what;
  Canceller who;
  // Of the refusal; empty when it may be cancelled.
  const char* reason;
};

const Case kCases[] = {
    {"the ambassador", {.ambassador = kJeanne}, ""},
    {"the agency of the département", {.departments = {"14", "61"}}, ""},
    {"an operator", {.everywhere = true}, ""},
    {"another ambassador", {.ambassador = kAnother}, "RESOURCE_NOT_FOUND"},
    {"another agency", {.departments = {"14"}}, "RESOURCE_NOT_FOUND"},
    {"an ambassador without a profile", {}, "RESOURCE_NOT_FOUND"},
};

TEST(CancellationTest, IsForTheAmbassadorTheAgencyOfTheTerritoryAndOperators) {
  for (const Case& one : kCases) {
    const auto decided =
        DecideCancellation(one.who, AMeetingOfJeannes(), kStart - absl::Microseconds(1));
    EXPECT_EQ(ErrorReasonOf(decided.status()), one.reason) << one.what;
    EXPECT_EQ(decided.value_or(Cancellation::kNew), Cancellation::kNew) << one.what;
  }
}

TEST(CancellationTest, EndsWhenTheMeetingStarts) {
  for (const absl::Time now : {kStart, kStart + absl::Hours(1000)}) {
    const auto late = DecideCancellation({.everywhere = true}, AMeetingOfJeannes(), now);
    EXPECT_EQ(late.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ErrorReasonOf(late.status()), "SESSION_PAST");
  }
}

TEST(CancellationTest, ChangesNothingAboutAMeetingThatIsCancelledAlready) {
  HostedSession hosted = AMeetingOfJeannes();
  hosted.session.cancel_time = kStart - absl::Hours(48);
  for (const absl::Time now : {kStart - absl::Hours(1), kStart + absl::Hours(1)}) {
    const auto decided = DecideCancellation({.ambassador = kJeanne}, hosted, now);
    ASSERT_TRUE(decided.ok()) << decided.status();
    EXPECT_EQ(*decided, Cancellation::kAlready);
  }
  EXPECT_EQ(ErrorReasonOf(DecideCancellation({}, hosted, kStart).status()), "RESOURCE_NOT_FOUND");
}

TEST(CancellationTest, ACancelledMeetingHasNoSeats) {
  Session session = AMeetingOfJeannes().session;
  session.capacity = 4;
  session.held = 1;
  EXPECT_EQ(session.available(), 3);
  session.cancel_time = kStart;
  EXPECT_EQ(session.available(), 0);
}

}  // namespace
}  // namespace dm::ambassador
