#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/synchronization/notification.h"
#include "tests/integration/notification/delivery_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <thread>

namespace dm::notification {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

TEST_F(DeliveryTest, SendsOneMailEachHoweverOftenAnEventIsApplied) {
  SetBothContacts();
  ScheduleSession();
  TakeSteps({{.event = 1}});
  TakeSteps({{.event = 1}});
  DeliverAll();
  TakeSteps({{.event = 1}});
  DeliverAll();
  EXPECT_THAT(Recipients(), UnorderedElementsAre("ana@lycee.example", "contact@lemoine.example"));
  EXPECT_THAT(Messages(), ElementsAre("companies/00061001400011 NEW_REQUEST sent 1",
                                      "people/ana REQUEST_RECEIVED sent 1"));
}

TEST_F(DeliveryTest, AConfirmationCarriesACalendarEntryAndItsCancellationTakesItOut) {
  SetBothContacts();
  ScheduleSession();
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "CONFIRMED", .version = 2},
             {.event = 2, .from = "CONFIRMED", .to = "CANCELLED", .version = 3}});
  DeliverAll();
  std::vector<std::string> entries;
  for (const ReceivedMail& mail : sink_.mails()) {
    if (mail.recipient == "ana@lycee.example") entries.push_back(mail.Part("text/calendar"));
  }
  ASSERT_THAT(entries, SizeIs(2));
  const std::string uid = "UID:01940000-0000-7000-8000-000000000001@destinationmetier.example\r\n";
  EXPECT_THAT(entries[0], HasSubstr(uid));
  EXPECT_THAT(entries[0], HasSubstr("METHOD:PUBLISH\r\n"));
  EXPECT_THAT(entries[0], HasSubstr("SEQUENCE:2\r\n"));
  EXPECT_THAT(entries[0], HasSubstr("DTSTART:20261207T080000Z\r\n"));
  EXPECT_THAT(entries[1], HasSubstr(uid));
  EXPECT_THAT(entries[1], HasSubstr("METHOD:CANCEL\r\n"));
  EXPECT_THAT(entries[1], HasSubstr("SEQUENCE:3\r\n"));
  EXPECT_THAT(sink_.mails().at(0).Part("text/plain"), HasSubstr("lundi 7 décembre 2026"));
}

TEST_F(DeliveryTest, WhoLostAPlaceIsMailedTheSimilarSessionsThatAreStillOpen) {
  SetBothContacts();
  ScheduleSession();
  for (const char* name : {"near", "nearer", "closed", "soon"}) {
    auto session = SessionPayload(/*version=*/1, absl::StrCat("offers/o2/sessions/", name));
    session.set_title(absl::StrCat("Voir ", name));
    if (std::string(name) == "soon") {
      session.mutable_start_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 60);
    }
    Schedule(session);
  }
  destinationmetier::event::v1::SessionClosed closed;
  closed.set_session("offers/o2/sessions/closed");
  closed.set_version(2);
  Schedule(closed);
  TakeSteps({{.event = 1,
              .from = "PENDING_HOST",
              .to = "EXPIRED",
              .version = 2,
              .reason = "HOST_DID_NOT_ANSWER",
              .similar = {"offers/o2/sessions/nearer", "offers/o2/sessions/closed",
                          "offers/o2/sessions/unknown", "offers/o2/sessions/soon",
                          "offers/o2/sessions/near"}},
             {.event = 2,
              .booking = 2,
              .from = "OFFERED",
              .to = "EXPIRED",
              .version = 3,
              .reason = "OFFER_EXPIRED"}});
  // By the time the mail goes, that one has begun.
  clock_.Advance(absl::Minutes(2));
  DeliverAll();
  std::vector<std::string> listed;
  for (const ReceivedMail& mail : sink_.mails()) {
    std::string& line = listed.emplace_back(mail.recipient);
    for (const absl::string_view text : absl::StrSplit(mail.Part("text/plain"), '\n')) {
      if (absl::StartsWith(text, "- ")) absl::StrAppend(&line, " ", text.substr(0, text.find(',')));
    }
  }
  EXPECT_THAT(listed, UnorderedElementsAre("ana@lycee.example - Voir nearer - Voir near",
                                           "ana@lycee.example", "contact@lemoine.example"));
}

TEST_F(DeliveryTest, WaitsForTheContact) {
  ScheduleSession();
  TakeSteps({{.event = 1}});
  DeliverAll();
  EXPECT_THAT(Messages(), ElementsAre("companies/00061001400011 NEW_REQUEST waiting 0",
                                      "people/ana REQUEST_RECEIVED waiting 0"));
  SetContact(kAna, "Ana", "ana@lycee.example");
  DeliverAll();
  EXPECT_THAT(Recipients(), ElementsAre("ana@lycee.example"));
  SetContact(kLemoine, "Groupe Lemoine", "contact@lemoine.example");
  DeliverAll();
  EXPECT_THAT(Recipients(), ElementsAre("ana@lycee.example", "contact@lemoine.example"));
}

TEST_F(DeliveryTest, WaitsForTheSession) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "DECLINED"}});
  DeliverAll();
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED waiting 0"));
  ScheduleSession();
  DeliverAll();
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED sent 1"));
}

TEST_F(DeliveryTest, AContactThatComesWhileAMessageIsPlannedStillReleasesIt) {
  ScheduleSession();
  absl::Notification planned, go_on;
  std::thread planner([&] {
    const absl::Status status = database_->Write(Soon(), [&](database::Transaction& transaction) {
      const auto event = EventOf({.event = 1, .from = "PENDING_HOST", .to = "DECLINED"});
      const absl::Status applied = ApplyBookingEvents(transaction, {&event, 1}, clock_.Now());
      if (!planned.HasBeenNotified()) planned.Notify();
      go_on.WaitForNotification();
      return applied;
    });
    EXPECT_TRUE(status.ok()) << status;
  });
  planned.WaitForNotification();
  std::thread setter([&] { SetContact(kAna, "Ana", "ana@lycee.example"); });
  // Until the one waits for the other, or has not waited and is done.
  static constexpr database::Statement kSettled{"settled", R"sql(
      SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)
          OR EXISTS (SELECT FROM contacts))sql"};
  while (!(*database_->Query(Soon(), kSettled))[0][0].as<bool>()) {
  }
  go_on.Notify();
  planner.join();
  setter.join();
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED ready 0"));
}

TEST_F(DeliveryTest, TriesAgainLaterUnderTheSameMessageId) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "DECLINED"}});
  // The sink keeps the content and says that it does not: so both attempts can be compared.
  sink_.AnswerOnce("END", "451 4.3.0 try again");
  DeliverAll();
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED ready 1"));
  clock_.Advance(absl::Seconds(29));
  EXPECT_EQ(loop_.DeliverBatch().leased, 0);
  clock_.Advance(absl::Seconds(1));
  DeliverAll();
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED sent 2"));
  const auto mails = sink_.mails();
  ASSERT_THAT(mails, SizeIs(2));
  EXPECT_EQ(mails[0].Header("Message-ID"), mails[1].Header("Message-ID"));
}

TEST_F(DeliveryTest, FailsForGoodWhereTheServerSaysSo) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "CONFIRMED", .version = 2},
             {.event = 2, .from = "CONFIRMED", .to = "CANCELLED", .version = 3}});
  sink_.AnswerOnce("RCPT", "550 5.1.1 no such user");
  DeliverAll();
  EXPECT_THAT(Messages(), ElementsAre("companies/00061001400011 CONFIRMED waiting 0",
                                      "companies/00061001400011 CONFIRMED_CANCELLED waiting 0",
                                      "companies/00061001400011 STAY_TOMORROW dropped 0 MOVED_ON",
                                      "people/ana CONFIRMED failed 1 REFUSED",
                                      "people/ana CONFIRMED_CANCELLED sent 1",
                                      "people/ana STAY_TOMORROW dropped 0 MOVED_ON"));
}

TEST_F(DeliveryTest, AServerThatIsDownCostsOneAttemptABatch) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  for (int i = 1; i <= 3; ++i) {
    TakeSteps({{.event = i, .booking = i, .from = "PENDING_HOST", .to = "DECLINED"}});
  }
  sink_.AnswerOnce("GREETING", "");
  const DeliveryLoop::Round round = loop_.DeliverBatch();
  EXPECT_TRUE(round.unreachable);
  EXPECT_EQ(round.leased, 3);
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED ready 0", "people/ana DECLINED ready 0",
                                      "people/ana DECLINED ready 1"));
  clock_.Advance(absl::Minutes(1));
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(3));
}

TEST_F(DeliveryTest, GivesUpAfterManyAttempts) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "DECLINED"}});
  for (int i = 0; i < 60; ++i) {
    sink_.AnswerOnce("RCPT", "450 4.2.0 greylisted");
    DeliverAll();
    clock_.Advance(absl::Hours(1));
  }
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED failed 50 GAVE_UP"));
}

TEST_F(DeliveryTest, AReplicaThatDiedBeforeTheMarkIsReplacedUnderTheSameMessageId) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "DECLINED"}});
  // The replica that dies: it leases and sends, and never marks.
  const auto leased = messages_.Lease(Soon(), clock_.Now(), absl::Minutes(2), 8);
  ASSERT_TRUE(leased.ok());
  ASSERT_THAT(*leased, SizeIs(1));
  OutgoingMail mail;
  mail.from = LoopOptions().from;
  mail.to = {"Ana", leased->at(0).email};
  mail.message_id = leased->at(0).id + "@destinationmetier.example";
  mail.content = Compose(leased->at(0).facts, {});
  ASSERT_EQ(transport_.Send(mail).result, SendResult::kSent);

  EXPECT_EQ(loop_.DeliverBatch().leased, 0);
  clock_.Advance(absl::Minutes(2));
  DeliverAll();
  const auto mails = sink_.mails();
  ASSERT_THAT(mails, SizeIs(2));
  EXPECT_EQ(mails[0].Header("Message-ID"), mails[1].Header("Message-ID"));
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED sent 2"));

  // Should it come back after all, its lease is worth nothing.
  const auto held = messages_.RetryAt(Soon(), leased->at(0), clock_.Now());
  ASSERT_TRUE(held.ok());
  EXPECT_FALSE(*held);
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED sent 2"));
}

// Holds a mail back until it is told to let go.
class SlowTransport final : public MailTransport {
 public:
  SendOutcome Send(const OutgoingMail&) override {
    started.Notify();
    go_on.WaitForNotification();
    return {SendResult::kSent, 250};
  }
  absl::Duration longest_send() const override { return absl::Seconds(20); }

  absl::Notification started, go_on;
};

TEST_F(DeliveryTest, WhatOneLoopIsSendingNoOtherTakes) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "DECLINED"}});
  SlowTransport slow;
  DeliveryLoop first(LoopOptions(), &messages_, &slow, &clock_);
  std::thread sender([&] { EXPECT_EQ(first.DeliverBatch().leased, 1); });
  slow.started.WaitForNotification();
  EXPECT_EQ(loop_.DeliverBatch().leased, 0);
  slow.go_on.Notify();
  sender.join();
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED sent 1"));
}

TEST_F(DeliveryTest, ALeaseThatDoesNotCoverASendIsGivenBack) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "DECLINED"}});
  DeliveryLoop::Options options = LoopOptions();
  options.lease = absl::Seconds(10);
  DeliveryLoop hasty(options, &messages_, &transport_, &clock_);
  EXPECT_EQ(hasty.DeliverBatch().leased, 1);
  EXPECT_THAT(sink_.mails(), IsEmpty());
  EXPECT_THAT(Messages(), ElementsAre("people/ana DECLINED ready 0"));
}

TEST_F(DeliveryTest, TwoRunningLoopsSendEverythingOnce) {
  SetBothContacts();
  ScheduleSession();
  const std::unique_ptr<database::Database> other_database = test_.OpenAs("notification");
  MessageStore other_store(other_database.get());
  SmtpTransport other_transport({.url = sink_.url(), .plain_allowed = true});
  std::optional<DeliveryLoop> one, two;
  one.emplace(LoopOptions(), &messages_, &transport_, &clock_);
  two.emplace(LoopOptions(), &other_store, &other_transport, &clock_);
  one->Start();
  two->Start();
  constexpr int kBookings = 60;
  for (int i = 1; i <= kBookings; ++i) {
    TakeSteps({{.event = i, .booking = i}});
    one->Wake();
    two->Wake();
  }
  sink_.AwaitMails(2 * kBookings);
  // Both end with what they have on their way.
  one.reset();
  two.reset();
  DeliverAll();
  std::set<std::string> ids;
  for (const ReceivedMail& mail : sink_.mails()) ids.insert(mail.Header("Message-ID"));
  EXPECT_EQ(ids.size(), 2 * kBookings);
  EXPECT_THAT(sink_.mails(), SizeIs(2 * kBookings));
}

TEST_F(DeliveryTest, MessagesOfABookingGoInTheOrderOfItsSteps) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  TakeSteps({{.event = 1, .version = 1},
             {.event = 2, .from = "PENDING_HOST", .to = "DECLINED", .version = 2}});
  sink_.AnswerOnce("RCPT", "450 4.2.0 greylisted");
  DeliverAll();
  EXPECT_THAT(sink_.mails(), IsEmpty());
  clock_.Advance(absl::Minutes(1));
  DeliverAll();
  std::vector<std::string> texts;
  for (const ReceivedMail& mail : sink_.mails()) texts.push_back(mail.Part("text/plain"));
  EXPECT_THAT(texts, ElementsAre(HasSubstr("bien enregistrée"), HasSubstr("malheureusement")));
}

TEST_F(DeliveryTest, AReplayDoesNotSendTheMailsOfThePast) {
  SetBothContacts();
  ScheduleSession();
  clock_.Advance(absl::Hours(24 * 30));
  TakeSteps({{.event = 1}});
  EXPECT_THAT(Messages(), IsEmpty());
}

TEST_F(DeliveryTest, WhatBecameDueTooLateIsNotSent) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  TakeSteps({{.event = 1}});
  clock_.Advance(absl::Hours(24 * 30));
  DeliverAll();
  EXPECT_EQ(*messages_.ExpireWaiting(Soon(), clock_.Now()), 1);
  EXPECT_THAT(Messages(), ElementsAre("companies/00061001400011 NEW_REQUEST failed 0 TOO_LATE",
                                      "people/ana REQUEST_RECEIVED failed 1 TOO_LATE"));
  EXPECT_THAT(sink_.mails(), IsEmpty());
}

TEST_F(DeliveryTest, AMailSpeaksOfTheSessionAsItNowIs) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession(/*version=*/5);
  auto moved = SessionPayload(/*version=*/6);
  moved.mutable_place()->set_commune("Flers");
  Schedule(moved);
  auto stale = SessionPayload(/*version=*/4);
  stale.mutable_place()->set_commune("Domfront");
  Schedule(stale);
  destinationmetier::event::v1::SessionClosed closed;
  closed.set_session(kSession);
  closed.set_version(7);
  Schedule(closed);
  closed.set_version(8);
  closed.set_cancelled(true);
  Schedule(closed);
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "DECLINED"}});
  DeliverAll();
  EXPECT_THAT(sink_.mails().at(0).Part("text/plain"), HasSubstr("61100 Flers"));
}

TEST_F(DeliveryTest, ANewTimeIsToldOnlyOnceTheSessionsOwnFeedHasToldIt) {
  SetBothContacts();
  auto before = SessionPayload(/*version=*/1);
  before.mutable_start_time()->set_seconds(before.start_time().seconds() - 24 * 3600);
  Schedule(before);
  const StepEvent moved = {
      .event = 1, .from = "CONFIRMED", .to = "CONFIRMED", .version = 3, .reason = "SESSION_MOVED"};
  TakeSteps({moved});
  DeliverAll();
  EXPECT_THAT(sink_.mails(), IsEmpty());
  ScheduleSession(/*version=*/2);
  DeliverAll();
  EXPECT_THAT(Recipients(), UnorderedElementsAre("ana@lycee.example", "contact@lemoine.example"));
  for (const auto& mail : sink_.mails()) {
    EXPECT_THAT(mail.Part("text/plain"), HasSubstr("lundi 7 décembre 2026 à 9 h"));
    EXPECT_THAT(mail.Part("text/calendar"), HasSubstr("SEQUENCE:3"));
  }
}

TEST_F(DeliveryTest, ATimeThatHasMovedOnIsNotToldAndHoldsNothingUp) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  auto other = SessionPayload(/*version=*/1);
  other.mutable_start_time()->set_seconds(other.start_time().seconds() - 24 * 3600);
  Schedule(other);
  TakeSteps(
      {{.event = 1, .from = "OFFERED", .to = "OFFERED", .version = 3, .reason = "SESSION_MOVED"}});
  TakeSteps({{.event = 2,
              .from = "OFFERED",
              .to = "CANCELLED",
              .version = 4,
              .reason = "OVERLAP_AFTER_MOVE"}});
  DeliverAll();
  EXPECT_THAT(Messages(), ElementsAre("people/ana OVERLAP_AFTER_MOVE sent 1",
                                      "people/ana SESSION_MOVED dropped 0 MOVED_ON"));
}

TEST_F(DeliveryTest, AnEventThatCannotBeReadStopsItsFeed) {
  auto event = EventOf({.event = 1});
  event.mutable_data()->set_value("\xff\xff");
  const absl::Status applied = database_->Write(Soon(), [&](database::Transaction& transaction) {
    return ApplyBookingEvents(transaction, {&event, 1}, clock_.Now());
  });
  EXPECT_EQ(applied.code(), absl::StatusCode::kInternal);
}

TEST_F(DeliveryTest, CountsWhatIsWhere) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  TakeSteps({{.event = 1}});
  const absl::Time planned = clock_.Now();
  clock_.Advance(absl::Minutes(3));
  const auto counts = messages_.Count(Soon());
  ASSERT_TRUE(counts.ok()) << counts.status();
  EXPECT_EQ(counts->waiting, 1);
  EXPECT_EQ(counts->ready, 1);
  EXPECT_EQ(counts->oldest_due, planned);
}

}  // namespace
}  // namespace dm::notification
