#include "services/gateway/usage/partner_usage.h"

#include "absl/strings/str_cat.h"
#include "tests/support/settable_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace dm::gateway {
namespace {

using absl::StatusCode;
using auth::Role;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

const std::string kGetOffer = "/destinationmetier.catalogue.v1.CatalogueService/GetOffer";
const std::string kListEvents = "/destinationmetier.gateway.v1.PartnerEventService/ListEvents";

auth::Caller Caller(const std::string& subject,
                    auth::Roles roles = {Role::kAnonymous, Role::kPartner}) {
  auth::Caller caller;
  caller.subject = subject;
  caller.roles = roles;
  return caller;
}

absl::Time At(const char* text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << error;
  return time;
}

class PartnerUsageTest : public ::testing::Test {
 protected:
  testing::SettableClock clock_{At("2026-11-30T12:00:00+01:00")};
  PartnerUsage usage_{&clock_};
};

TEST(CallOutcomes, AreWhoseHttpSaysTheyAre) {
  struct Case {
    CallOutcome outcome;
    std::vector<StatusCode> codes;
  };
  const std::vector<Case> cases = {
      {CallOutcome::kOk, {StatusCode::kOk}},
      {CallOutcome::kLimited, {StatusCode::kResourceExhausted}},
      {CallOutcome::kClientError,
       {StatusCode::kCancelled, StatusCode::kInvalidArgument, StatusCode::kNotFound,
        StatusCode::kAlreadyExists, StatusCode::kPermissionDenied, StatusCode::kFailedPrecondition,
        StatusCode::kAborted, StatusCode::kOutOfRange, StatusCode::kUnauthenticated}},
      {CallOutcome::kServerError,
       {StatusCode::kUnknown, StatusCode::kDeadlineExceeded, StatusCode::kUnimplemented,
        StatusCode::kInternal, StatusCode::kUnavailable, StatusCode::kDataLoss}}};
  size_t codes = 0;
  for (const Case& one : cases) {
    for (const StatusCode code : one.codes) {
      EXPECT_EQ(OutcomeOf(code), one.outcome) << absl::StatusCodeToString(code);
      ++codes;
    }
  }
  EXPECT_EQ(codes, 17u) << "all that there are";
}

TEST_F(PartnerUsageTest, CountsCallsByTheirOutcomeAndEvents) {
  const auth::Caller partner = Caller("chambre");
  usage_.CountCall(partner, kGetOffer, StatusCode::kOk);
  usage_.CountCall(partner, kGetOffer, StatusCode::kOk);
  usage_.CountCall(partner, kGetOffer, StatusCode::kResourceExhausted);
  usage_.CountCall(partner, kGetOffer, StatusCode::kNotFound);
  usage_.CountCall(partner, kGetOffer, StatusCode::kUnavailable);
  usage_.CountEvents(partner, kListEvents, 7);
  usage_.CountEvents(partner, kListEvents, 3);
  usage_.CountEvents(partner, kGetOffer, 0);
  usage_.CountCall(Caller("autre"), kGetOffer, StatusCode::kOk);
  const absl::CivilDay day(2026, 11, 30);
  const std::string offer = kGetOffer.substr(1);
  EXPECT_THAT(usage_.Take().counts,
              ElementsAre(UsageCount{"autre", day, offer, {1, 0, 0, 0}, 0},
                          UsageCount{"chambre", day, offer, {2, 1, 1, 1}, 0},
                          UsageCount{"chambre", day, kListEvents.substr(1), {0, 0, 0, 0}, 10}));
  EXPECT_THAT(usage_.Take().counts, IsEmpty()) << "taken is taken";
}

TEST_F(PartnerUsageTest, ADayBeginsAtMidnightInParis) {
  struct Case {
    const char* time;
    const char* day;
  };
  // In winter, in summer, and on either side of both changes of the clock.
  for (const Case& one :
       {Case{"2026-11-30T22:59:59Z", "2026-11-30"}, Case{"2026-11-30T23:00:00Z", "2026-12-01"},
        Case{"2026-07-14T21:59:59Z", "2026-07-14"}, Case{"2026-07-14T22:00:00Z", "2026-07-15"},
        Case{"2026-03-28T23:00:00Z", "2026-03-29"}, Case{"2026-03-29T21:59:59Z", "2026-03-29"},
        Case{"2026-03-29T22:00:00Z", "2026-03-30"}, Case{"2026-10-25T22:59:59Z", "2026-10-25"},
        Case{"2026-10-25T23:00:00Z", "2026-10-26"}}) {
    clock_.Set(At(one.time));
    usage_.CountCall(Caller("chambre"), kGetOffer, StatusCode::kOk);
    const CountedUsage taken = usage_.Take();
    ASSERT_THAT(taken.counts, SizeIs(1)) << one.time;
    EXPECT_EQ(absl::FormatCivilTime(taken.counts[0].day), one.day) << one.time;
  }
}

TEST_F(PartnerUsageTest, ACallOverMidnightCountsOnTheDayOfItsEnd) {
  const UsedCall call(&usage_, kGetOffer, Caller("chambre"));
  clock_.Set(At("2026-12-01T00:00:01+01:00"));
  call.End(StatusCode::kOk);
  const CountedUsage taken = usage_.Take();
  ASSERT_THAT(taken.counts, SizeIs(1));
  EXPECT_EQ(taken.counts[0].day, absl::CivilDay(2026, 12, 1));
}

TEST_F(PartnerUsageTest, NobodyButAPartnersSystemIsCounted) {
  struct Case {
    auth::Roles roles;
    bool counted;
  };
  for (const Case& one :
       {Case{{Role::kAnonymous}, false}, Case{{Role::kAnonymous, Role::kApplicant}, false},
        Case{{Role::kAnonymous, Role::kHost}, false},
        Case{{Role::kAnonymous, Role::kAgency}, false},
        Case{{Role::kAnonymous, Role::kOperator}, false},
        Case{{Role::kAnonymous, Role::kPartner}, true},
        Case{{Role::kAnonymous, Role::kPartner, Role::kApplicant}, false},
        Case{{Role::kAnonymous, Role::kPartner, Role::kAmbassador}, false},
        Case{{Role::kAnonymous, Role::kPartner, Role::kOperator}, false}}) {
    const auth::Caller caller = Caller("quelqu.un", one.roles);
    EXPECT_EQ(PartnerUsage::Counts(caller), one.counted);
    usage_.CountCall(caller, kGetOffer, StatusCode::kOk);
    usage_.CountEvents(caller, kListEvents, 5);
    UsedCall(&usage_, kGetOffer, caller).End(StatusCode::kOk);
    EXPECT_THAT(usage_.Take().counts, SizeIs(one.counted ? 2 : 0));
  }
}

TEST_F(PartnerUsageTest, AMethodThatIsNotInTheTableIsNotCounted) {
  for (const char* method : {"", "/", "GetOffer", "/destinationmetier.catalogue.v1.Made/Up"}) {
    usage_.CountCall(Caller("chambre"), method, StatusCode::kOk);
  }
  EXPECT_THAT(usage_.Take().counts, IsEmpty());
}

TEST_F(PartnerUsageTest, WithoutACounterACallEndsAllTheSame) {
  UsedCall().End(StatusCode::kOk);
  UsedCall(nullptr, kGetOffer, Caller("chambre")).End(StatusCode::kOk);
}

TEST_F(PartnerUsageTest, TellsWhereAPartnerWorks) {
  auth::Caller partner = Caller("chambre");
  partner.territory = {"61", "14"};
  usage_.CountCall(partner, kGetOffer, StatusCode::kOk);
  partner.territory = {"14", "2A", "Orne", "61,14", ""};
  usage_.CountCall(partner, kGetOffer, StatusCode::kOk);
  usage_.CountCall(Caller("autre"), kGetOffer, StatusCode::kOk);
  EXPECT_THAT(
      usage_.Take().departments,
      ElementsAre(Pair("autre", IsEmpty()), Pair("chambre", ElementsAre("14", "2A", "61"))));
  EXPECT_THAT(usage_.Take().departments, IsEmpty());
}

TEST_F(PartnerUsageTest, WhatIsFullCountsWhatItKnowsAndTakesNothingMore) {
  PartnerUsage usage(&clock_, /*capacity=*/2);
  for (int round = 0; round < 3; ++round) {
    for (int partner = 0; partner < 4; ++partner) {
      usage.CountCall(Caller(absl::StrCat("p", partner)), kGetOffer, StatusCode::kOk);
    }
  }
  const CountedUsage taken = usage.Take();
  ASSERT_THAT(taken.counts, SizeIs(2));
  for (const UsageCount& count : taken.counts) EXPECT_EQ(count.calls[0], 3) << count.partner;
  EXPECT_THAT(taken.departments, SizeIs(2));
  usage.CountCall(Caller("p3"), kGetOffer, StatusCode::kOk);
  EXPECT_THAT(usage.Take().counts, SizeIs(1)) << "there is room again";
}

TEST_F(PartnerUsageTest, NoCallIsLostBetweenManyThreadsAndWhoTakesTheNumbers) {
  constexpr int kThreads = 4;
  constexpr int kCalls = 5'000;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([this, t] {
      const auth::Caller partner = Caller(absl::StrCat("p", t % 2));
      for (int i = 0; i < kCalls; ++i) usage_.CountCall(partner, kGetOffer, StatusCode::kOk);
    });
  }
  int64_t calls = 0;
  const auto take = [&] {
    for (const UsageCount& count : usage_.Take().counts) calls += count.calls[0];
  };
  for (int i = 0; i < 100; ++i) take();
  for (std::thread& thread : threads) thread.join();
  take();
  EXPECT_EQ(calls, int64_t{kThreads} * kCalls);
}

}  // namespace
}  // namespace dm::gateway
