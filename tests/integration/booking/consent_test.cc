// What guardians decide, and what becomes of the bookings.
#include "tests/integration/booking/people_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class ConsentTest : public PeopleTest {
 protected:
  ConsentTest() { AddMinor("ana"); }

  std::vector<pb::Consent> List(const auth::Caller& caller, const std::string& person) {
    pb::ListConsentsRequest request;
    request.set_parent(person);
    const auto listed = service_->ListConsents(*Bookings::CallOf(caller), request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    return {listed->consents().begin(), listed->consents().end()};
  }

  auto Withdraw(const auth::Caller& caller, const std::string& name, const std::string& etag = "") {
    pb::WithdrawConsentRequest request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_request_id(NewId());
    return service_->WithdrawConsent(*Bookings::CallOf(caller, "WithdrawConsent"), request);
  }

  auto AskAgain(const std::string& booking, const std::string& request_id = NewId(),
                const auth::Caller& caller = Bookings::Pupil("ana")) {
    pb::RequestConsentRequest request;
    request.set_name(booking);
    request.set_request_id(request_id);
    return service_->RequestConsent(*Bookings::CallOf(caller, "RequestConsent"), request);
  }

  std::string booking_;
};

TEST_F(ConsentTest, AGuardianIsToldWhatIsAskedAndNobodysName) {
  const std::string token = BookAndAsk("ana", &booking_);
  const OutgoingLink link = sender_.links().back();
  EXPECT_EQ(link.email, "parent-ana@x.example");
  EXPECT_EQ(link.resource, booking_);
  EXPECT_EQ(link.applicant, "people/ana");
  const auto asked = LookUp(token);
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->state(), pb::Consent::STATE_UNSPECIFIED);
  EXPECT_EQ(asked->session_title(), "Découvrir la boulangerie");
  std::vector<pb::Consent::Scope> scopes;
  for (const auto& choice : asked->choices()) scopes.push_back(choice.scope());
  EXPECT_THAT(scopes, ElementsAre(pb::Consent::SCOPE_BOOKING, pb::Consent::SCOPE_SCHEME,
                                  pb::Consent::SCOPE_ALL));
  EXPECT_THAT(asked->choices(0).text(), HasSubstr("mon enfant"));
  EXPECT_THAT(asked->choices(0).text(), HasSubstr("Découvrir la boulangerie"));
  EXPECT_THAT(asked->DebugString(), Not(HasSubstr("ana")));
}

TEST_F(ConsentTest, WhatAGuardianAgreesToGoesToTheHost) {
  const std::string token = BookAndAsk("ana", &booking_);
  const auto given = Give(GiveRequest(token));
  ASSERT_TRUE(given.ok()) << given.status();
  EXPECT_EQ(given->state(), pb::Consent::STATE_GIVEN);
  EXPECT_EQ(given->scope(), pb::Consent::SCOPE_BOOKING);
  EXPECT_EQ(StateOf(booking_, "ana"), "PENDING_HOST GUARDIAN_CONSENTED");

  const auto consents = List(Bookings::Pupil("ana"), "people/me");
  ASSERT_THAT(consents, SizeIs(1));
  EXPECT_EQ(consents[0].method(), pb::Consent::METHOD_LINK);
  EXPECT_EQ(consents[0].booking(), booking_);
  EXPECT_THAT(consents[0].text_hash(), SizeIs(64));
  EXPECT_GT(consents[0].text_version(), 0);
  // One booking was agreed to, not the next.
  const auto next = world_.Book("ana", world_.AddSession(3, NextStart()));
  EXPECT_EQ(next->state(), pb::Booking::STATE_PENDING_CONSENT);
}

TEST_F(ConsentTest, ARefusalCancelsTheBookingAndBindsTheGuardian) {
  const std::string token = BookAndAsk("ana", &booking_);
  const auto refused = Refuse(token);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_EQ(refused->state(), pb::Consent::STATE_REFUSED);
  EXPECT_EQ(StateOf(booking_, "ana"), "CANCELLED CONSENT_REFUSED");
  EXPECT_EQ(ErrorReasonOf(
                Set(Bookings::Pupil("ana"), GuardianOf("people/me", "other@x.example")).status()),
            "GUARDIAN_BOUND");
  EXPECT_EQ(List(Bookings::Pupil("ana"), "people/me")[0].state(), pb::Consent::STATE_REFUSED);
}

TEST_F(ConsentTest, AWithdrawalReleasesWhatIsPendingAndKeepsTheProof) {
  const std::string token = BookAndAsk("ana", &booking_);
  ASSERT_TRUE(Give(GiveRequest(token, pb::Consent::SCOPE_ALL)).ok());
  EXPECT_EQ(StateOf(booking_, "ana"), "PENDING_HOST GUARDIAN_CONSENTED");
  const auto second = world_.Book("ana", world_.AddSession(3, NextStart()));
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->state(), pb::Booking::STATE_PENDING_HOST);
  // Long after the link can no longer give anything.
  world_.clock().Advance(absl::Hours(30));
  const auto seen = LookUp(token);
  ASSERT_TRUE(seen.ok()) << seen.status();
  EXPECT_EQ(seen->state(), pb::Consent::STATE_GIVEN);
  EXPECT_EQ(seen->choices_size(), 0);
  const auto revoked = Revoke(token);
  ASSERT_TRUE(revoked.ok()) << revoked.status();
  EXPECT_EQ(revoked->state(), pb::Consent::STATE_WITHDRAWN);
  EXPECT_EQ(StateOf(booking_, "ana"), "CANCELLED CONSENT_WITHDRAWN");
  EXPECT_EQ(StateOf(second->name(), "ana"), "CANCELLED CONSENT_WITHDRAWN");
  const auto consents = List(Bookings::Agency("61"), "people/ana");
  ASSERT_THAT(consents, SizeIs(1));
  EXPECT_EQ(consents[0].state(), pb::Consent::STATE_WITHDRAWN);
  EXPECT_THAT(consents[0].text_hash(), SizeIs(64));
  EXPECT_TRUE(consents[0].has_withdraw_time());
  world_.ExpectSoundLedger();
}

TEST_F(ConsentTest, AGuardianWhoWantsToBeErasedGoesWithAllThatTheyAgreedTo) {
  const std::string token = BookAndAsk("ana", &booking_);
  ASSERT_TRUE(Give(GiveRequest(token, pb::Consent::SCOPE_ALL)).ok());
  EXPECT_EQ(StateOf(booking_, "ana"), "PENDING_HOST GUARDIAN_CONSENTED");
  const auto second = world_.Book("ana", world_.AddSession(3, absl::Hours(200)));
  ASSERT_TRUE(second.ok());
  const int64_t guardians = world_.Count("SELECT count(*) FROM guardians WHERE email <> ''");
  ASSERT_GT(guardians, 0);
  const auto erased = EraseGuardian(token);
  ASSERT_TRUE(erased.ok()) << erased.status();
  EXPECT_EQ(erased->state(), pb::Consent::STATE_WITHDRAWN);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM guardians WHERE email <> '' OR display_name <> ''"),
            guardians - 1);
  for (const std::string& booking : {booking_, second->name()}) {
    EXPECT_EQ(StateOf(booking, "ana"), "CANCELLED CONSENT_WITHDRAWN");
  }
  // That it was decided and taken back stays.
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consents WHERE withdrawn IS NOT NULL"), 1);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consent_requests WHERE state <> 'CLOSED'"), 0);
  EXPECT_EQ(LookUp(token).status(), LinkUnknown());
  EXPECT_EQ(EraseGuardian(token).status(), LinkUnknown());
  world_.ExpectSoundLedger();
}

TEST_F(ConsentTest, EveryMisuseOfATokenHasTheSameAnswer) {
  const std::string used = BookAndAsk("ana", &booking_);
  ASSERT_TRUE(Give(GiveRequest(used)).ok());
  std::string refused_booking, expired_booking, cancelled_booking, replaced_booking;
  const std::string refused = BookAndAsk("ana", &refused_booking);
  ASSERT_TRUE(Refuse(refused).ok());
  AddMinor("bob");
  const std::string replaced = BookAndAsk("bob", &replaced_booking);
  ASSERT_TRUE(Set(Bookings::Pupil("bob"), GuardianOf("people/me", "new@x.example")).ok());
  AddMinor("cleo");
  const std::string cancelled = BookAndAsk("cleo", &cancelled_booking);
  ASSERT_TRUE(
      world_.Step(Bookings::Pupil("cleo"), cancelled_booking, "", &BookingService::Cancel).ok());
  AddMinor("dora");
  const std::string asked_again = BookAndAsk("dora", &expired_booking);
  world_.clock().Advance(absl::Minutes(11));
  ASSERT_TRUE(AskAgain(expired_booking, NewId(), Bookings::Pupil("dora")).ok());
  asker_->AskNow();
  const std::string expired = sender_.links().back().secret;
  ASSERT_NE(expired, asked_again);
  ASSERT_TRUE(LookUp(expired).ok());
  // The session starts before a week is over, and the question ends with it.
  world_.clock().Advance(absl::Hours(24 * 7));

  const std::string hash(64, 'a');
  const std::pair<const char*, std::string> kTokens[] = {{"used", used},
                                                         {"refused", refused},
                                                         {"replaced", replaced},
                                                         {"cancelled", cancelled},
                                                         {"asked again", asked_again},
                                                         {"expired", expired},
                                                         {"never made", std::string(22, 'A')},
                                                         {"not ours", "' OR 1=1 --"}};
  for (const auto& [what, token] : kTokens) {
    auto give = Token<pb::GiveConsentRequest>(token);
    give.set_scope(pb::Consent::SCOPE_BOOKING);
    give.set_text_hash(hash);
    std::vector<absl::Status> answers = {Give(give).status(), Refuse(token).status()};
    if (token != used) {
      answers.push_back(LookUp(token).status());
      answers.push_back(Revoke(token).status());
      answers.push_back(EraseGuardian(token).status());
    }
    for (const absl::Status& answer : answers) {
      EXPECT_EQ(answer, LinkUnknown()) << what;
    }
  }
}

TEST_F(ConsentTest, AReplayedDecisionReturnsTheFirstAnswer) {
  const std::string token = BookAndAsk("ana", &booking_);
  const auto request = GiveRequest(token);
  const auto first = Give(request);
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(Give(request)->SerializeAsString(), first->SerializeAsString());
  ASSERT_TRUE(Revoke(token).ok());
  EXPECT_EQ(Give(request)->SerializeAsString(), first->SerializeAsString());
  auto other = request;
  other.set_scope(pb::Consent::SCOPE_ALL);
  EXPECT_EQ(ErrorReasonOf(Give(other).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consents"), 1);
}

TEST_F(ConsentTest, OfManyAnswersAtOnceOneCounts) {
  for (int round = 0; round < 5; ++round) {
    const std::string token = BookAndAsk("ana", &booking_);
    const auto give = GiveRequest(token);
    std::atomic<int> given = 0, refused = 0;
    std::vector<std::thread> guardians;
    for (int i = 0; i < 6; ++i) {
      guardians.emplace_back([&, i] {
        auto request = give;
        request.set_request_id(NewId());
        if (i % 2 == 0) given += Give(request).ok() ? 1 : 0;
        if (i % 2 == 1) refused += Refuse(token).ok() ? 1 : 0;
      });
    }
    for (std::thread& guardian : guardians) guardian.join();
    EXPECT_EQ(given + refused, 1);
    EXPECT_EQ(StateOf(booking_, "ana"),
              given == 1 ? "PENDING_HOST GUARDIAN_CONSENTED" : "CANCELLED CONSENT_REFUSED");
  }
  world_.ExpectSoundLedger();
}

TEST_F(ConsentTest, GivingAndTakingBackAtTheSameTimeEndsTakenBack) {
  for (int round = 0; round < 5; ++round) {
    const std::string token = BookAndAsk("ana", &booking_);
    const auto give = GiveRequest(token);
    std::thread guardian([&] { EXPECT_TRUE(Give(give).ok()); });
    absl::Status revoked = absl::UnknownError("");
    while (!revoked.ok()) {
      revoked = Revoke(token).status();
      if (!revoked.ok()) {
        ASSERT_EQ(revoked, LinkUnknown());
      }
    }
    guardian.join();
    EXPECT_THAT(StateOf(booking_, "ana"), HasSubstr("CANCELLED CONSENT_"));
  }
  world_.ExpectSoundLedger();
}

TEST_F(ConsentTest, WhatIsAgreedToIsWhatWasRead) {
  const std::string token = BookAndAsk("ana", &booking_);
  const auto request = GiveRequest(token);
  world_.Execute("UPDATE bookings SET session_title = 'Découvrir la fonderie'");
  EXPECT_EQ(ErrorReasonOf(Give(request).status()), "CONSENT_TEXT_CHANGED");
  EXPECT_TRUE(Give(GiveRequest(token)).ok());
}

TEST_F(ConsentTest, ThePupilIsNotTheirOwnGuardian) {
  const std::string token = BookAndAsk("ana", &booking_);
  EXPECT_EQ(Give(GiveRequest(token), Bookings::Pupil("ana")).status(), LinkUnknown());
  EXPECT_TRUE(Give(GiveRequest(token), Bookings::Pupil("bob")).ok());
}

TEST_F(ConsentTest, OnPaperTheAgencyOfTheDepartmentRecordsIt) {
  for (const auth::Caller& caller :
       {Bookings::Agency("14"), Bookings::Pupil("ana"), Bookings::Pupil("bob")}) {
    EXPECT_EQ(ErrorReasonOf(Record(caller, Paper("people/ana")).status()), "RESOURCE_NOT_FOUND");
  }
  const auto recorded = Record(Bookings::Agency("61"), Paper("people/ana"));
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_EQ(recorded->recorder(), "people/agence-61");
  // A stay and a meeting alike.
  for (const bool instant : {false, true}) {
    const auto booked = world_.Book("ana", world_.AddSession(3, NextStart(), instant));
    ASSERT_TRUE(booked.ok());
    EXPECT_EQ(booked->state(),
              instant ? pb::Booking::STATE_CONFIRMED : pb::Booking::STATE_PENDING_HOST);
    booking_ = booked->name();
  }
  EXPECT_EQ(asker_->AskNow().put, 0);
  const auto withdrawn = Withdraw(Bookings::Agency("61"), recorded->name());
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_EQ(withdrawn->state(), pb::Consent::STATE_WITHDRAWN);
  EXPECT_EQ(StateOf(booking_, "ana"), "CANCELLED CONSENT_WITHDRAWN");
  // Again is as good as once, unless the caller has not seen it.
  EXPECT_TRUE(Withdraw(Bookings::Agency("61"), recorded->name()).ok());
  EXPECT_TRUE(Withdraw(Bookings::Agency("61"), recorded->name(), withdrawn->etag()).ok());
  EXPECT_EQ(
      ErrorReasonOf(Withdraw(Bookings::Agency("61"), recorded->name(), recorded->etag()).status()),
      "ETAG_MISMATCH");
  EXPECT_EQ(ErrorReasonOf(Withdraw(Bookings::Agency("14"), recorded->name()).status()),
            "RESOURCE_NOT_FOUND");
}

TEST_F(ConsentTest, APaperThatHelpsABookingThatWaitsMovesIt) {
  const std::string token = BookAndAsk("ana", &booking_);
  auto paper = Paper("people/ana");
  paper.set_scope(pb::Consent::SCOPE_BOOKING);
  paper.clear_until();
  paper.set_booking(booking_);
  ASSERT_TRUE(Record(Bookings::Agency("61"), paper).ok());
  EXPECT_EQ(StateOf(booking_, "ana"), "PENDING_HOST GUARDIAN_CONSENTED");
  EXPECT_EQ(LookUp(token).status(), LinkUnknown());
  // Of somebody else's booking nobody has a paper.
  AddMinor("bob");
  paper.set_parent("people/bob");
  paper.set_request_id(NewId());
  EXPECT_EQ(ErrorReasonOf(Record(Bookings::Agency("61"), paper).status()), "RESOURCE_NOT_FOUND");
}

TEST_F(ConsentTest, PapersThatCannotBeAreRefused) {
  const struct {
    const char* what;
    std::function<void(pb::RecordConsentRequest&)> change;
  } kCases[] = {
      {"over", [&](auto& r) { r.set_until(absl::FormatCivilTime(Today() - 1)); }},
      {"too long", [&](auto& r) { r.set_until(absl::FormatCivilTime(Today() + 367)); }},
      {"for ever", [](auto& r) { r.clear_until(); }},
      {"signed tomorrow", [&](auto& r) { r.set_sign_date(absl::FormatCivilTime(Today() + 1)); }},
      {"signed long ago", [&](auto& r) { r.set_sign_date(absl::FormatCivilTime(Today() - 367)); }},
  };
  for (const auto& c : kCases) {
    auto paper = Paper("people/ana");
    c.change(paper);
    EXPECT_EQ(ErrorReasonOf(Record(Bookings::Agency("61"), paper).status()), "INVALID_FIELDS")
        << c.what;
  }
}

TEST_F(ConsentTest, WhoIsOfAgeOnTheFirstDayNeedsNobody) {
  const absl::CivilDay first_day =
      absl::ToCivilDay(world_.clock().Now() + absl::Hours(48), ParisTimeZone());
  const struct {
    const char* subject;
    int days_after_birthday;
    pb::Booking::State state;
  } kCases[] = {
      {"eighteen", 0, pb::Booking::STATE_PENDING_HOST},
      {"tomorrow", -1, pb::Booking::STATE_PENDING_CONSENT},
      {"yesterday", 1, pb::Booking::STATE_PENDING_HOST},
  };
  for (const auto& c : kCases) {
    const absl::CivilDay birthday = first_day - c.days_after_birthday;
    world_.Know(c.subject, absl::FormatCivilTime(absl::CivilDay(birthday.year() - 18,
                                                                birthday.month(), birthday.day())));
    const auto booked = world_.Book(c.subject, world_.AddSession(3, absl::Hours(48)));
    ASSERT_TRUE(booked.ok()) << booked.status();
    EXPECT_EQ(booked->state(), c.state) << c.subject;
  }
}

TEST_F(ConsentTest, AskingAgainIsForTheApplicantAndNotTooOften) {
  const std::string first = BookAndAsk("ana", &booking_);
  EXPECT_EQ(ErrorReasonOf(AskAgain(booking_).status()), "CONSENT_ASKED_TOO_OFTEN");
  EXPECT_EQ(ErrorReasonOf(AskAgain(booking_, NewId(), Bookings::Pupil("bob")).status()),
            "RESOURCE_NOT_FOUND");
  world_.clock().Advance(absl::Minutes(10));
  const std::string request_id = NewId();
  ASSERT_TRUE(AskAgain(booking_, request_id).ok());
  asker_->AskNow();
  ASSERT_THAT(sender_.links(), SizeIs(2));
  // A replay asks nobody.
  ASSERT_TRUE(AskAgain(booking_, request_id).ok());
  EXPECT_EQ(asker_->AskNow().put, 0);
  EXPECT_EQ(LookUp(first).status(), LinkUnknown());
  ASSERT_TRUE(Give(GiveRequest(sender_.links().back().secret)).ok());
  EXPECT_EQ(StateOf(booking_, "ana"), "PENDING_HOST GUARDIAN_CONSENTED");
  EXPECT_EQ(ErrorReasonOf(AskAgain(booking_).status()), "CONSENT_NOT_AWAITED");
}

TEST_F(ConsentTest, AListOfConsentsHasPages) {
  for (int i = 0; i < 5; ++i) {
    world_.clock().Advance(absl::Seconds(1));
    ASSERT_TRUE(Record(Bookings::Agency("61"), Paper("people/ana", 10 + i)).ok());
  }
  pb::ListConsentsRequest request;
  request.set_parent("people/me");
  request.set_page_size(2);
  std::vector<std::string> untils;
  do {
    const auto page = service_->ListConsents(*Bookings::CallOf(Bookings::Pupil("ana")), request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const pb::Consent& consent : page->consents()) untils.push_back(consent.until());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  std::vector<std::string> expected;
  for (int i = 4; i >= 0; --i) expected.push_back(absl::FormatCivilTime(Today() + 10 + i));
  EXPECT_EQ(untils, expected);
}

}  // namespace
}  // namespace dm::booking
