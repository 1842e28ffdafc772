// Mails that one can do without: who stops them by a link is sent no more of their kind.
#include "absl/strings/match.h"
#include "common/auth/link_token.h"
#include "destinationmetier/event/v1/person_events.pb.h"
#include "services/notification/api/mail_choice_api.h"
#include "services/notification/store/erasure.h"
#include "services/notification/store/personal_data.h"
#include "tests/integration/notification/delivery_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace dm::notification {
namespace {

namespace pb = destinationmetier::notification::v1;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Answer = absl::StatusOr<pb::MailChoice>;

constexpr char kBob[] = "people/bob";

class MailChoiceTest : public DeliveryTest {
 protected:
  MailChoiceTest() {
    SetBothContacts();
    SetContact(kBob, "Bob", "bob@lycee.example");
    ScheduleSession();
  }

  // Somebody is offered a place, is told so at once, and reminded a day later.
  void Offer(int number, const std::string& applicant = kAna) {
    TakeSteps({{.event = number,
                .booking = number,
                .from = "WAITLISTED",
                .to = "OFFERED",
                .applicant = applicant,
                .expire_time = clock_.Now() + absl::Hours(48)}});
    DeliverAll();
    clock_.Advance(absl::Hours(24));
    DeliverAll();
  }

  std::vector<ReceivedMail> Reminders() const {
    std::vector<ReceivedMail> reminders;
    for (const ReceivedMail& mail : sink_.mails()) {
      if (!mail.Header("List-Unsubscribe").empty()) reminders.push_back(mail);
    }
    return reminders;
  }

  static std::string TokenIn(const ReceivedMail& mail) {
    const std::string header = mail.Header("List-Unsubscribe");
    const size_t from = header.rfind('/') + 1;
    return header.substr(from, header.size() - from - 1);
  }

  template <typename Request>
  Answer Ask(Answer (MailChoiceApi::*method)(const rpc::Call&, const Request&),
             const std::string& token) {
    rpc::Call call;
    call.deadline = Soon();
    Request request;
    request.set_token(token);
    return (api_.*method)(call, request);
  }
  Answer LookUp(const std::string& token) { return Ask(&MailChoiceApi::LookUp, token); }
  Answer Stop(const std::string& token) { return Ask(&MailChoiceApi::Stop, token); }
  Answer Resume(const std::string& token) { return Ask(&MailChoiceApi::Resume, token); }

  // A link as a mail would carry it.
  std::string NewLink(const std::string& party, MessageKind kind) {
    const std::string token = auth::NewLinkToken();
    InTransaction([&](database::Transaction& transaction) {
      AddMailChoiceLinks(transaction, {{auth::HashOfLinkToken(token), party, kind}}, clock_.Now());
    });
    return token;
  }

  void InTransaction(const std::function<void(database::Transaction&)>& body) {
    const absl::Status status =
        database_->Write(Soon(), [&](database::Transaction& transaction) -> absl::Status {
          body(transaction);
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
  }

  int64_t Count(const char* sql) {
    int64_t number = -1;
    InTransaction([&](database::Transaction& transaction) {
      number = transaction.raw().exec(sql)[0][0].as<int64_t>();
    });
    return number;
  }
  int64_t Stopped() { return Count("SELECT count(*) FROM stopped_mails"); }

  MailChoiceStore choices_{database_.get(), &clock_};
  MailChoiceApi api_{&choices_};
};

TEST_F(MailChoiceTest, WhoStopsAKindIsSentNoMoreOfItUntilTheyTakeThatBack) {
  Offer(1);
  ASSERT_THAT(Reminders(), SizeIs(1));
  const std::string token = TokenIn(Reminders()[0]);
  const Answer before = LookUp(token);
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->description(), "rappel d'une place qui vous est proposée");
  EXPECT_FALSE(before->stopped());
  EXPECT_THAT(before->DebugString(), Not(HasSubstr("ana")));

  const Answer stopped = Stop(token);
  ASSERT_TRUE(stopped.ok()) << stopped.status();
  EXPECT_TRUE(stopped->stopped());
  EXPECT_TRUE(LookUp(token)->stopped());
  Offer(2);
  EXPECT_THAT(Reminders(), SizeIs(1));
  EXPECT_THAT(Messages(), Contains("people/ana OFFER_REMINDER dropped 0 STOPPED"));
  // What is needed comes, and what the other gets is their own business.
  EXPECT_THAT(Messages(), Contains("people/ana OFFERED sent 1").Times(2));
  Offer(3, kBob);
  ASSERT_THAT(Reminders(), SizeIs(2));
  EXPECT_EQ(Reminders()[1].recipient, "bob@lycee.example");

  const Answer resumed = Resume(token);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_FALSE(resumed->stopped());
  Offer(4);
  EXPECT_THAT(Reminders(), SizeIs(3));
}

TEST_F(MailChoiceTest, WhatIsPlannedIsStoppedTooAndComesWhenThatIsTakenBackInTime) {
  const std::string token = NewLink(kAna, MessageKind::kOfferReminder);
  for (int booking : {1, 2}) {
    TakeSteps({{.event = booking,
                .booking = booking,
                .from = "WAITLISTED",
                .to = "OFFERED",
                .expire_time = clock_.Now() + absl::Hours(48 * booking)}});
  }
  ASSERT_TRUE(Stop(token).ok());
  clock_.Advance(absl::Hours(24));
  DeliverAll();
  EXPECT_THAT(Reminders(), IsEmpty());
  ASSERT_TRUE(Resume(token).ok());
  clock_.Advance(absl::Hours(24));
  DeliverAll();
  EXPECT_THAT(Reminders(), SizeIs(1));
}

TEST_F(MailChoiceTest, AStoppedReminderHoldsNothingUp) {
  ASSERT_TRUE(Stop(NewLink(kAna, MessageKind::kOfferReminder)).ok());
  Offer(1);
  TakeSteps({{.event = 9, .from = "OFFERED", .to = "PENDING_HOST", .version = 2}});
  DeliverAll();
  EXPECT_THAT(Messages(), Contains("people/ana REQUEST_RECEIVED sent 1"));
}

TEST_F(MailChoiceTest, OnlyMailsThatOneCanDoWithoutHaveALink) {
  Offer(1);
  TakeSteps({{.event = 9, .from = "OFFERED", .to = "CONFIRMED", .version = 2}});
  DeliverAll();
  for (const ReceivedMail& mail : sink_.mails()) {
    const std::string text = mail.Part("text/plain");
    const bool reminds = absl::StrContains(text, "Elle ira ensuite à la personne suivante");
    EXPECT_EQ(!mail.Header("List-Unsubscribe").empty(), reminds) << mail.content;
    EXPECT_EQ(absl::StrContains(text, "/desabonnement/"), reminds) << text;
  }
  EXPECT_EQ(Count("SELECT count(*) FROM mail_choice_links"), 1);
}

TEST_F(MailChoiceTest, AMailThatIsSentAgainHasALinkOfItsOwnAndBothAreGood) {
  TakeSteps({{.event = 1,
              .from = "WAITLISTED",
              .to = "OFFERED",
              .expire_time = clock_.Now() + absl::Hours(48)}});
  DeliverAll();
  clock_.Advance(absl::Hours(24));
  sink_.AnswerOnce("END", "451 4.3.0 try again");
  DeliverAll();
  clock_.Advance(absl::Seconds(30));
  DeliverAll();
  const std::vector<ReceivedMail> reminders = Reminders();
  ASSERT_THAT(reminders, SizeIs(2));
  EXPECT_EQ(reminders[0].Header("Message-ID"), reminders[1].Header("Message-ID"));
  EXPECT_NE(TokenIn(reminders[0]), TokenIn(reminders[1]));
  for (const ReceivedMail& reminder : reminders) {
    EXPECT_TRUE(LookUp(TokenIn(reminder)).ok());
    EXPECT_EQ(Count(absl::StrCat("SELECT count(*) FROM mail_choice_links AS l, messages AS m "
                                 "WHERE l::text || m::text LIKE '%",
                                 TokenIn(reminder), "%'")
                        .c_str()),
              0);
  }
}

TEST_F(MailChoiceTest, ALinkThatIsNoneOrNoLongerChangesNothing) {
  const std::string token = NewLink(kAna, MessageKind::kStayTomorrow);
  const auto expect_unknown = [&](const std::string& link) {
    for (const Answer& answer : {LookUp(link), Stop(link), Resume(link)}) {
      EXPECT_EQ(answer.status().code(), absl::StatusCode::kNotFound);
      EXPECT_EQ(ErrorReasonOf(answer.status()), "LINK_UNKNOWN");
    }
    EXPECT_EQ(Stopped(), 0);
  };
  expect_unknown("AAAAAAAAAAAAAAAAAAAAAA");
  expect_unknown(token.substr(1));
  clock_.Advance(kMailChoiceLives - absl::Seconds(1));
  EXPECT_TRUE(LookUp(token).ok());
  clock_.Advance(absl::Seconds(1));
  expect_unknown(token);
  // The next mail that goes takes it along.
  NewLink(kAna, MessageKind::kStayTomorrow);
  EXPECT_EQ(Count("SELECT count(*) FROM mail_choice_links"), 1);
}

TEST_F(MailChoiceTest, WhatWasStoppedStaysSoWhenItsLinkIsNoLongerGood) {
  ASSERT_TRUE(Stop(NewLink(kAna, MessageKind::kOfferReminder)).ok());
  clock_.Advance(kMailChoiceLives);
  EXPECT_TRUE(LookUp(NewLink(kAna, MessageKind::kOfferReminder))->stopped());
}

TEST_F(MailChoiceTest, ATokenIsAskedFor) {
  for (const std::string& token : {std::string(), std::string(65, 'a')}) {
    Violations violations;
    ValidateMailChoiceToken(token, violations);
    EXPECT_THAT(std::string(violations.ToStatus().message()), HasSubstr("token"));
  }
}

TEST_F(MailChoiceTest, EveryKindThatOneCanDoWithoutCanBeStopped) {
  for (const MessageKind kind : AllMessageKinds()) {
    if (!IsOptional(kind)) continue;
    SCOPED_TRACE(std::string(MessageKindName(kind)));
    const Answer stopped = Stop(NewLink(kLemoine, kind));
    ASSERT_TRUE(stopped.ok()) << stopped.status();
    EXPECT_EQ(stopped->description(), std::string(OptionalMailName(kind)));
  }
}

TEST_F(MailChoiceTest, StoppedByManyAtOnceItIsStoppedOnce) {
  const std::string token = NewLink(kAna, MessageKind::kStayTomorrow);
  std::vector<absl::Status> outcomes(12);
  std::vector<std::thread> readers;
  for (absl::Status& outcome : outcomes) {
    readers.emplace_back([&] { outcome = Stop(token).status(); });
  }
  for (std::thread& reader : readers) reader.join();
  for (const absl::Status& outcome : outcomes) EXPECT_TRUE(outcome.ok()) << outcome;
  EXPECT_EQ(Stopped(), 1);
  EXPECT_TRUE(Resume(token).ok());
  EXPECT_TRUE(Resume(token).ok());
  EXPECT_EQ(Stopped(), 0);
}

TEST_F(MailChoiceTest, WhoIsErasedHasChosenNothingAlsoWhenTheyChooseAtThatMoment) {
  for (int i = 0; i < 20; ++i) {
    const std::string party = absl::StrCat("people/p", i);
    const std::string token = NewLink(party, MessageKind::kStayTomorrow);
    std::thread chooser([&] {
      const Answer answer = Stop(token);
      EXPECT_TRUE(answer.ok() || ErrorReasonOf(answer.status()) == "LINK_UNKNOWN")
          << answer.status();
    });
    InTransaction([&](database::Transaction& transaction) { ForgetPeople(transaction, {party}); });
    chooser.join();
    EXPECT_EQ(Stopped(), 0) << party;
    EXPECT_EQ(Count("SELECT count(*) FROM mail_choice_links"), 0) << party;
  }
}

TEST_F(MailChoiceTest, AnExportTellsWhatWasChosenAndAnErasureForgetsIt) {
  const std::string token = NewLink(kAna, MessageKind::kStayTomorrow);
  ASSERT_TRUE(Stop(token).ok());
  ASSERT_TRUE(Stop(NewLink(kBob, MessageKind::kStayTomorrow)).ok());
  const auto shown = database_->Read(Soon(), [&](database::Transaction& transaction) {
    return privacy::ReadPersonalData(transaction, NotificationRegister(), kAna);
  });
  ASSERT_TRUE(shown.ok()) << shown.status();
  std::vector<std::string> tables;
  for (const auto& table : shown->tables()) tables.push_back(table.name());
  EXPECT_THAT(tables, ElementsAre("contacts", "stopped_mails", "mail_choice_links"));
  EXPECT_THAT(shown->DebugString(), Not(HasSubstr("token_hash")));

  destinationmetier::event::v1::PersonErased erased;
  erased.set_person(kAna);
  Apply({EventOf(4, erased)});
  EXPECT_EQ(ErrorReasonOf(LookUp(token).status()), "LINK_UNKNOWN");
  EXPECT_EQ(Count("SELECT count(*) FROM stopped_mails WHERE party = 'people/ana'"), 0);
  EXPECT_EQ(Count("SELECT count(*) FROM mail_choice_links WHERE party = 'people/ana'"), 0);
  EXPECT_EQ(Stopped(), 1);
}

}  // namespace
}  // namespace dm::notification
