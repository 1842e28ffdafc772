// What hosts ask of requests, on a real PostgreSQL and under many callers of two replicas.
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/booking/api/session_feed.h"
#include "services/booking/domain/booking_id.h"
#include "tests/integration/booking/booking_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

namespace dm::booking {
namespace {

using destinationmetier::booking::v1::CancelBookingRequest;
using destinationmetier::booking::v1::CheckEligibilityRequest;
using destinationmetier::booking::v1::DeclineBookingRequest;

constexpr char kHost[] = "companies/90000001900019";
constexpr char kCounted[] = "SELECT coalesce(sum(requests), 0) FROM host_requests";

class HostQuotaTest : public ::testing::Test {
 protected:
  std::string AddSession(int quota, absl::Duration from_now = absl::Hours(48), int capacity = 100) {
    const absl::Time now = world_.clock().Now();
    ScheduledSession told = {.session = {.id = NewUuid(now),
                                         .host = kHost,
                                         .title = "Découvrir la boulangerie",
                                         .department = "61",
                                         .start_time = now + from_now,
                                         .end_time = now + from_now + absl::Hours(2),
                                         .announced_capacity = capacity,
                                         .monthly_request_quota = quota},
                             .version = 1};
    told.session.name = absl::StrCat("offers/", NewUuid(now), "/sessions/", told.session.id);
    world_.Add(told);
    told_.push_back(told);
    return told.session.name;
  }

  void SetQuota(int quota) {
    for (ScheduledSession& told : told_) {
      told.session.monthly_request_quota = quota;
      ++told.version;
      world_.Add(told);
    }
  }

  std::string Refusal(const std::string& subject, const std::string& session) {
    const auto answer = world_.Book(subject, session);
    return answer.ok() ? "" : ErrorReasonOf(answer.status());
  }

  BookingWorld world_{{.lanes = 3, .batch = 8}};
  std::vector<ScheduledSession> told_;
};

TEST_F(HostQuotaTest, ManyClientsOfTwoReplicasNeverMakeMoreRequestsThanTheHostTakes) {
  constexpr int kQuota = 17;
  std::vector<std::string> sessions;
  for (int i = 0; i < 6; ++i) sessions.push_back(AddSession(kQuota, absl::Hours(24 + 3 * i)));
  for (int i = 0; i < 40; ++i) world_.Know(absl::StrCat("eleve-", i));
  Ledger other(
      {.lanes = 3, .batch = 8}, &world_.pool(), &world_.clock(), [&] { return world_.terms(); },
      [](const Booking& booking) { return ToMessage(booking).SerializeAsString(); }, nullptr);
  const auto book_elsewhere = [&](const std::string& subject, const std::string& session) {
    absl::Notification answered;
    Command command = {
        .actor = {.person = absl::StrCat("people/", subject), .applicant = true},
        .request_id = NewUuid(absl::Now()),
        .method = "Create",
        .fingerprint = session,
        .what = CreateCommand{
            .session_id = *ParseSessionName(session),
            .session_name = session,
            .booking_id = NewBookingId(world_.clock().Now(), *ParseSessionName(session))}};
    other.Submit({.command = command,
                  .deadline = absl::Now() + absl::Hours(1),
                  .done = [&](absl::StatusOr<std::string>) { answered.Notify(); }});
    answered.WaitForNotification();
  };
  std::atomic<int> most_seen = 0;
  std::vector<std::thread> clients;
  for (int t = 0; t < 16; ++t) {
    clients.emplace_back([&, t] {
      std::mt19937 random(static_cast<unsigned>(t));
      for (int i = 0; i < 25; ++i) {
        const std::string subject = absl::StrCat("eleve-", random() % 40);
        const std::string& session = sessions[random() % sessions.size()];
        if (t % 2 == 0) {
          book_elsewhere(subject, session);
          continue;
        }
        const auto booked = world_.Book(subject, session);
        if (booked.ok() && random() % 3 == 0) {
          (void)world_.Step(BookingWorld::Pupil(subject), booked->name(), "",
                            &BookingService::Cancel);
        } else if (booked.ok() && random() % 3 == 0) {
          (void)world_.Step(BookingWorld::Host(), booked->name(), "", &BookingService::Decline);
        }
        const int counted =
            static_cast<int>(world_.Count("SELECT count(*) FROM bookings WHERE counted"));
        int seen = most_seen;
        while (counted > seen && !most_seen.compare_exchange_weak(seen, counted)) {
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_LE(most_seen, kQuota);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM bookings WHERE counted"), kQuota)
      << "the quota was not used up";
  EXPECT_EQ(world_.Count(kCounted), kQuota);
  world_.ExpectSoundLedger();
}

TEST_F(HostQuotaTest,
       ARequestThatIsCancelledBeforeTheAnswerGivesItsPlaceBackAndADeclinedOneDoesNot) {
  const std::string session = AddSession(1);
  const auto first = world_.Book("ana", session);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Refusal("bob", session), "HOST_QUOTA_REACHED");
  ASSERT_TRUE(
      world_.Step(BookingWorld::Pupil("ana"), first->name(), "", &BookingService::Cancel).ok());
  const auto second = world_.Book("bob", session);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_TRUE(world_.Step(BookingWorld::Host(), second->name(), "", &BookingService::Decline).ok());
  EXPECT_EQ(Refusal("cleo", session), "HOST_QUOTA_REACHED");
  world_.ExpectSoundLedger();
}

TEST_F(HostQuotaTest, TheNextMonthBeginsAnew) {
  const std::string session = AddSession(1, absl::Hours(24 * 40));
  ASSERT_EQ(Refusal("ana", session), "");
  ASSERT_EQ(Refusal("bob", session), "HOST_QUOTA_REACHED");
  world_.clock().Advance(absl::Hours(24 * 32));
  EXPECT_EQ(Refusal("bob", session), "");
  EXPECT_EQ(Refusal("cleo", session), "HOST_QUOTA_REACHED");
}

TEST_F(HostQuotaTest, WhatWasAskedForBeforeThereWasAQuotaCounts) {
  const std::string session = AddSession(0);
  ASSERT_EQ(Refusal("ana", session), "");
  ASSERT_EQ(Refusal("bob", session), "");
  SetQuota(2);
  EXPECT_EQ(Refusal("cleo", session), "HOST_QUOTA_REACHED");
  SetQuota(3);
  EXPECT_EQ(Refusal("cleo", session), "");
  // Nobody loses what they have when the host takes fewer.
  SetQuota(1);
  EXPECT_EQ(Refusal("dan", session), "HOST_QUOTA_REACHED");
  SetQuota(0);
  EXPECT_EQ(Refusal("dan", session), "");
  SetQuota(5);
  EXPECT_EQ(Refusal("eve", session), "");
  EXPECT_EQ(Refusal("fay", session), "HOST_QUOTA_REACHED");
  world_.ExpectSoundLedger();
}

TEST_F(HostQuotaTest, TheDatabaseItselfBarsARequestTooMany) {
  AddSession(1);
  world_.Execute(
      "INSERT INTO host_requests VALUES ('companies/90000001900019', '2026-01-01', 1, 1)");
  EXPECT_EQ(database::ViolatedConstraint(
                world_.pool().Write(absl::Now() + absl::Seconds(10),
                                    [&](database::Transaction& transaction) {
                                      transaction.raw().exec(
                                          "UPDATE host_requests SET requests = requests + 1, "
                                          "most = greatest(1, requests)");
                                      return absl::OkStatus();
                                    })),
            "host_requests_within_quota");
}

TEST_F(HostQuotaTest, CheckEligibilityTellsWhatABookingWouldBeTold) {
  const std::string session = AddSession(1);
  world_.Know("bob");
  const auto check = [&] {
    CheckEligibilityRequest request;
    request.set_session(session);
    return world_.service().Check(*BookingWorld::CallOf(BookingWorld::Pupil("bob")), request);
  };
  auto told = check();
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_TRUE(told->bookable());
  ASSERT_EQ(Refusal("ana", session), "");
  told = check();
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_FALSE(told->bookable());
  EXPECT_EQ(told->refusal(), "HOST_QUOTA_REACHED");
  told_.back().session.reserved_schools = {"0610021S"};
  SetQuota(0);
  told = check();
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->refusal(), "RESERVED_TO_SCHOOLS");
  world_.Execute("UPDATE applicants SET school_uai = '0610021S' WHERE person = 'people/bob'");
  told = check();
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_TRUE(told->bookable());
}

TEST_F(HostQuotaTest, TheFeedTellsWhatHostsAsk) {
  destinationmetier::event::v1::SessionScheduled told;
  const std::string id = NewUuid(absl::Now());
  told.set_session(absl::StrCat("offers/", NewUuid(absl::Now()), "/sessions/", id));
  told.set_host(kHost);
  told.set_version(1);
  told.mutable_start_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 86400);
  told.mutable_end_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + 90000);
  told.set_capacity(3);
  told.set_monthly_request_quota(4);
  told.add_reserved_schools("0610021S");
  told.add_reserved_schools("x,y");
  told.set_priority_areas_only(true);
  destinationmetier::event::v1::Event event;
  event.mutable_data()->PackFrom(told);
  const absl::Status applied =
      world_.pool().Write(absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
        return ApplySessionEvents(transaction, {event}, absl::Now());
      });
  ASSERT_TRUE(applied.ok()) << applied;
  EXPECT_EQ(world_.Count("SELECT count(*) FROM sessions WHERE monthly_request_quota = 4 "
                         "AND reserved_schools = '{0610021S}' AND priority_areas_only"),
            1);
}

}  // namespace
}  // namespace dm::booking
