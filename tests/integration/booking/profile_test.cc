// What people may say of themselves, and who else may see and change it.
#include "services/booking/api/privacy_service.h"
#include "services/booking/privacy/erasures.h"
#include "tests/integration/booking/people_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

using ProfileTest = PeopleTest;

TEST_F(ProfileTest, APersonSetsAndSeesTheirOwn) {
  const auth::Caller ana = Bookings::Pupil("ana");
  const auto set = Set(ana, ProfileOf("people/me", "2005-02-28"));
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->name(), "people/ana/applicant");
  EXPECT_EQ(set->birth_date(), "2005-02-28");
  for (const char* person : {"people/me", "people/ana"}) {
    const auto seen = GetProfile(ana, person);
    ASSERT_TRUE(seen.ok()) << seen.status();
    EXPECT_EQ(seen->SerializeAsString(), set->SerializeAsString());
  }
  // Nobody else looked.
  EXPECT_EQ(world_.Count("SELECT count(*) FROM person_history WHERE action LIKE '%SEEN'"), 0);
}

TEST_F(ProfileTest, ForAllOthersAProfileDoesNotExistAndAnAgencysLookIsKept) {
  ASSERT_TRUE(Set(Bookings::Pupil("ana"), ProfileOf("people/me", "2005-02-28")).ok());
  auth::Caller host_and_agency = Bookings::Host();
  for (const auth::Caller& caller :
       {Bookings::Pupil("bob"), Bookings::Agency("14"), host_and_agency}) {
    EXPECT_EQ(ErrorReasonOf(GetProfile(caller, "people/ana").status()), "RESOURCE_NOT_FOUND");
    EXPECT_EQ(ErrorReasonOf(Set(caller, ProfileOf("people/ana", "2001-01-01")).status()),
              "RESOURCE_NOT_FOUND");
    EXPECT_EQ(ErrorReasonOf(Set(caller, GuardianOf("people/ana", "a@x.example")).status()),
              "RESOURCE_NOT_FOUND");
  }
  // Not even by moving somebody into one's own territory.
  auto moved = ProfileOf("people/ana", "2005-02-28");
  moved.mutable_applicant()->set_department("14");
  EXPECT_EQ(ErrorReasonOf(Set(Bookings::Agency("14"), moved).status()), "RESOURCE_NOT_FOUND");
  EXPECT_TRUE(GetProfile(Bookings::Agency("61"), "people/ana").ok());
  EXPECT_EQ(world_.Count("SELECT count(*) FROM person_history WHERE person = 'people/ana' AND "
                         "actor = 'people/agence-61' AND action = 'PROFILE_SEEN'"),
            1);
}

TEST_F(ProfileTest, AReplayReturnsTheFirstAnswerAndAnotherRequestUnderItsIdIsRefused) {
  const auth::Caller ana = Bookings::Pupil("ana");
  const auto first = ProfileOf("people/me", "2005-02-28");
  const auto set = Set(ana, first);
  ASSERT_TRUE(set.ok());
  ASSERT_TRUE(Set(ana, ProfileOf("people/me", "2005-03-01")).ok());
  const auto again = Set(ana, first);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), set->SerializeAsString());
  EXPECT_EQ(GetProfile(ana, "people/me")->birth_date(), "2005-03-01");
  auto other = first;
  other.mutable_applicant()->set_birth_date("2004-01-01");
  EXPECT_EQ(ErrorReasonOf(Set(ana, other).status()), "REQUEST_ID_REUSED");
  // No personal data is kept twice.
  EXPECT_EQ(world_.Count("SELECT count(*) FROM answered_requests WHERE "
                         "position('2005'::bytea in answer) > 0"),
            0);
}

TEST_F(ProfileTest, AStaleEtagIsAborted) {
  const auth::Caller ana = Bookings::Pupil("ana");
  const auto set = Set(ana, ProfileOf("people/me", "2005-02-28"));
  ASSERT_TRUE(Set(ana, ProfileOf("people/me", "2005-03-01")).ok());
  auto stale = ProfileOf("people/me", "2005-03-02");
  stale.mutable_applicant()->set_etag(set->etag());
  EXPECT_EQ(Set(ana, stale).status().code(), absl::StatusCode::kAborted);
  auto guardian = GuardianOf("people/me", "a@x.example");
  guardian.mutable_guardian()->set_etag("v1");
  EXPECT_EQ(ErrorReasonOf(Set(ana, guardian).status()), "ETAG_MISMATCH");
}

TEST_F(ProfileTest, WhatCannotBeTrueIsRefused) {
  const struct {
    const char* what;
    std::function<void(pb::Applicant&)> change;
  } kCases[] = {
      {"too young", [&](pb::Applicant& a) { a.set_birth_date(BornYearsAgo(9)); }},
      {"not born yet", [&](pb::Applicant& a) { a.set_birth_date(BornYearsAgo(-1)); }},
      {"too old", [](pb::Applicant& a) { a.set_birth_date("1890-01-01"); }},
      {"an adult in 3e",
       [](pb::Applicant& a) { a.set_level(destinationmetier::type::v1::AUDIENCE_TROISIEME); }},
      {"a school whose letter is wrong", [](pb::Applicant& a) { a.set_school("0750655A"); }},
      {"no département", [](pb::Applicant& a) { a.set_department("99"); }},
  };
  for (const auto& c : kCases) {
    auto request = ProfileOf("people/me", "2000-01-01");
    c.change(*request.mutable_applicant());
    EXPECT_EQ(ErrorReasonOf(Set(Bookings::Pupil("ana"), request).status()), "INVALID_FIELDS")
        << c.what;
  }
  EXPECT_EQ(world_.Count("SELECT count(*) FROM applicants"), 0);
}

TEST_F(ProfileTest, WhoHasBookedCannotMakeThemselfAnAdult) {
  const auth::Caller ana = Bookings::Pupil("ana");
  const std::string young = BornYearsAgo(15);
  ASSERT_TRUE(Set(ana, ProfileOf("people/me", BornYearsAgo(16))).ok());
  ASSERT_TRUE(Set(ana, ProfileOf("people/me", young)).ok());
  const auto booked = world_.Book("ana", world_.AddSession(2));
  ASSERT_TRUE(booked.ok()) << booked.status();
  EXPECT_EQ(booked->state(), pb::Booking::STATE_PENDING_CONSENT);
  EXPECT_EQ(ErrorReasonOf(Set(ana, ProfileOf("people/me", BornYearsAgo(18))).status()),
            "BIRTH_DATE_FIXED");
  // All else of it stays theirs to say.
  auto moved = ProfileOf("people/me", young);
  moved.mutable_applicant()->set_department("14");
  EXPECT_TRUE(Set(ana, moved).ok());
  // Also when the booking is over.
  ASSERT_TRUE(world_.Step(ana, booked->name(), "", &BookingService::Cancel).ok());
  EXPECT_EQ(ErrorReasonOf(Set(ana, ProfileOf("people/me", BornYearsAgo(18))).status()),
            "BIRTH_DATE_FIXED");
}

TEST_F(ProfileTest, WhatTheAgencySaidOfABirthDateHolds) {
  ASSERT_TRUE(Set(Bookings::Agency("61"), ProfileOf("people/ana", BornYearsAgo(15))).ok());
  EXPECT_EQ(
      ErrorReasonOf(Set(Bookings::Pupil("ana"), ProfileOf("people/me", BornYearsAgo(18))).status()),
      "BIRTH_DATE_FIXED");
  // The same date again, set by the agency, makes it proven.
  ASSERT_TRUE(Set(Bookings::Pupil("bob"), ProfileOf("people/me", "2000-01-01")).ok());
  ASSERT_TRUE(Set(Bookings::Agency("61"), ProfileOf("people/bob", "2000-01-01")).ok());
  EXPECT_EQ(
      ErrorReasonOf(Set(Bookings::Pupil("bob"), ProfileOf("people/me", "2000-01-02")).status()),
      "BIRTH_DATE_FIXED");
}

TEST_F(ProfileTest, AnErasureDoesNotMakeAnAdultOfWhomTheAgencyKnewForAMinor) {
  const auth::Caller ana = Bookings::Pupil("ana");
  ASSERT_TRUE(Set(Bookings::Agency("61"), ProfileOf("people/ana", BornYearsAgo(15))).ok());
  PrivacyService privacy(&world_.pool(), &world_.clock(), nullptr);
  pb::ErasePersonRequest erase;
  erase.set_name("people/me");
  erase.set_request_id(NewId());
  ASSERT_TRUE(privacy.Erase(*Bookings::CallOf(ana), erase).ok());
  Erasures erasures(&world_.pool(), &world_.clock(), nullptr);
  ASSERT_EQ(erasures.RunOnce().value_or(-1), 1);
  const std::string adult = BornYearsAgo(18);
  EXPECT_EQ(ErrorReasonOf(Set(ana, ProfileOf("people/me", adult)).status()), "BIRTH_DATE_FIXED");
  // Not in two steps either.
  ASSERT_TRUE(Set(ana, ProfileOf("people/me", BornYearsAgo(17))).ok());
  EXPECT_EQ(ErrorReasonOf(Set(ana, ProfileOf("people/me", adult)).status()), "BIRTH_DATE_FIXED");
  EXPECT_TRUE(Set(Bookings::Agency("61"), ProfileOf("people/ana", adult)).ok());
}

TEST_F(ProfileTest, NobodyIsTheirOwnAgency) {
  auth::Caller clerk = Bookings::Pupil("ana");
  clerk.roles.Add(auth::Role::kAgency);
  clerk.territory = {"61"};
  ASSERT_TRUE(Set(clerk, ProfileOf("people/me", BornYearsAgo(15))).ok());
  ASSERT_TRUE(world_.Book("ana", world_.AddSession(2)).ok());
  EXPECT_EQ(ErrorReasonOf(Set(clerk, ProfileOf("people/me", BornYearsAgo(18))).status()),
            "BIRTH_DATE_FIXED");
  EXPECT_EQ(ErrorReasonOf(Record(clerk, Paper("people/me")).status()), "RESOURCE_NOT_FOUND");
}

TEST_F(ProfileTest, ABirthDateThatTheAgencyCorrectsMovesWhatRestedOnIt) {
  world_.Know("ana", BornYearsAgo(20));
  const auto booked = world_.Book("ana", world_.AddSession(2));
  ASSERT_TRUE(booked.ok());
  EXPECT_EQ(StateOf(booked->name(), "ana"), "PENDING_HOST REQUESTED");
  AddMinor("bob");
  std::string waiting;
  BookAndAsk("bob", &waiting);
  ASSERT_TRUE(Set(Bookings::Agency("61"), ProfileOf("people/bob", BornYearsAgo(19))).ok());
  EXPECT_EQ(StateOf(waiting, "bob"), "PENDING_HOST GUARDIAN_CONSENTED");
}

TEST_F(ProfileTest, OfABookingAndANewBirthDateAtTheSameTimeOneSeesTheOther) {
  for (int i = 0; i < 20; ++i) {
    const std::string subject = absl::StrCat("eleve-", i);
    const auth::Caller pupil = Bookings::Pupil(subject);
    ASSERT_TRUE(Set(pupil, ProfileOf("people/me", BornYearsAgo(15))).ok());
    const std::string session = world_.AddSession(2);
    absl::StatusOr<pb::Booking> booked = absl::UnknownError("");
    std::thread booker([&] { booked = world_.Book(subject, session); });
    const auto set = Set(pupil, ProfileOf("people/me", BornYearsAgo(18)));
    booker.join();
    ASSERT_TRUE(booked.ok()) << booked.status();
    // An adult booked, or a minor stayed one.
    EXPECT_EQ(booked->state() == pb::Booking::STATE_PENDING_HOST, set.ok());
    if (!set.ok()) {
      EXPECT_EQ(ErrorReasonOf(set.status()), "BIRTH_DATE_FIXED");
    }
  }
}

TEST_F(ProfileTest, AGuardianIsChangedUntilTheyAreBoundAndNotTooOften) {
  const auth::Caller ana = Bookings::Pupil("ana");
  world_.Know("ana", BornYearsAgo(15));
  for (int i = 0; i < kGuardianChangesADay; ++i) {
    ASSERT_TRUE(Set(ana, GuardianOf("people/me", absl::StrCat(i, "@x.example"))).ok()) << i;
  }
  EXPECT_EQ(ErrorReasonOf(Set(ana, GuardianOf("people/me", "more@x.example")).status()),
            "GUARDIAN_CHANGED_TOO_OFTEN");
  // The same again is no change.
  EXPECT_TRUE(Set(ana, GuardianOf("people/me", "4@x.example")).ok());
  world_.clock().Advance(absl::Hours(25));
  EXPECT_TRUE(Set(ana, GuardianOf("people/me", "more@x.example")).ok());
  // Who was never asked leaves nothing behind.
  EXPECT_EQ(world_.Count("SELECT count(*) FROM guardians"), 1);
  ASSERT_TRUE(Set(Bookings::Agency("61"), GuardianOf("people/ana", "real@x.example")).ok());
  EXPECT_EQ(ErrorReasonOf(Set(ana, GuardianOf("people/me", "mine@x.example")).status()),
            "GUARDIAN_BOUND");
}

TEST_F(ProfileTest, NoPersonalDataLeavesByTheFeed) {
  AddMinor("ana");
  std::string booking;
  BookAndAsk("ana", &booking);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM outbox WHERE position('Canari'::bytea in payload) + "
                         "position('x.example'::bytea in payload) > 0"),
            0);
}

}  // namespace
}  // namespace dm::booking
