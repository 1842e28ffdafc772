// What is left of a person who was erased.
#include "destinationmetier/event/v1/person_events.pb.h"
#include "services/notification/domain/message_rules.h"
#include "services/notification/store/message_plan.h"
#include "services/notification/store/personal_data.h"
#include "tests/integration/notification/delivery_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace dm::notification {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

class ErasureTest : public DeliveryTest {
 protected:
  // A guardian's question about the booking, to be sent.
  void Plan(int booking) {
    Link link;
    link.request_id = absl::StrFormat("01980000-0000-7000-8000-%012d", booking);
    link.display_name = "Parent Canari";
    link.email = "parent.canari@maison.example";
    link.secret = "AbCdEfGhIjKlMnOpQrStUv";
    link.resource = BookingName(booking);
    link.session = kSession;
    link.expire_time = clock_.Now() + absl::Hours(24 * 7);
    const absl::Status planned =
        database_->Write(Soon(), [&](database::Transaction& transaction) -> absl::Status {
          return PlanLink(transaction, link, clock_.Now());
        });
    ASSERT_TRUE(planned.ok()) << planned;
  }

  int64_t Count(const char* sql) {
    int64_t number = -1;
    const absl::Status status = database_->Read(Soon(), [&](database::Transaction& transaction) {
      number = transaction.raw().exec(sql)[0][0].as<int64_t>();
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return number;
  }
};

TEST_F(ErasureTest, NobodyRemembersAnErasedPersonAndTheCountsStay) {
  SetBothContacts();
  ScheduleSession();
  // Of the two that the first step gives, one is sent; the second waits for its reminder's day.
  TakeSteps({{.event = 1}, {.event = 2, .from = "PENDING_HOST", .to = "CONFIRMED", .version = 2}});
  DeliverAll();
  EXPECT_THAT(sink_.mails(), SizeIs(4));
  destinationmetier::event::v1::PersonErased erased;
  erased.set_person(kAna);
  Apply({EventOf({.event = 3, .from = "CONFIRMED", .to = "CANCELLED", .version = 3}),
         EventOf(4, erased)});
  Apply({EventOf(4, erased)});
  EXPECT_EQ(Count("SELECT count(*) FROM messages WHERE messages::text LIKE '%people/ana%'"), 0);
  EXPECT_EQ(Count("SELECT count(*) FROM contacts WHERE party = 'people/ana'"), 0);
  EXPECT_EQ(Count("SELECT count(*) FROM messages WHERE state = 'sent'"), 4);
  clock_.Advance(absl::Hours(24 * 13));
  DeliverAll();
  // The host alone was told.
  EXPECT_THAT(sink_.mails(), SizeIs(5));
  EXPECT_EQ(Count("SELECT count(*) FROM messages WHERE state IN ('waiting', 'ready', 'sending')"),
            0);
}

TEST_F(ErasureTest, AMailOnItsWayIsNotSentAgain) {
  SetContact(kAna, "Ana", "ana@lycee.example");
  ScheduleSession();
  TakeSteps({{.event = 1, .from = "PENDING_HOST", .to = "DECLINED"}});
  const auto leased = messages_.Lease(Soon(), clock_.Now(), absl::Minutes(2), 8);
  ASSERT_THAT(*leased, SizeIs(1));
  destinationmetier::event::v1::PersonErased erased;
  erased.set_person(kAna);
  Apply({EventOf(4, erased)});
  EXPECT_FALSE(*messages_.MarkSent(Soon(), leased->at(0), clock_.Now()));
  clock_.Advance(absl::Minutes(3));
  DeliverAll();
  EXPECT_THAT(sink_.mails(), IsEmpty());
}

TEST_F(ErasureTest, WhatWasToBeMailedToAGuardianIsDroppedWithItsAddress) {
  SetBothContacts();
  ScheduleSession();
  TakeSteps({{.event = 1}});
  // About a booking of hers, and about one that is not.
  for (int booking : {1, 2}) Plan(booking);
  destinationmetier::event::v1::PersonErased erased;
  erased.set_person(kAna);
  Apply({EventOf(4, erased)});
  EXPECT_EQ(Count("SELECT count(*) FROM messages WHERE recipient = 'address' "
                  "AND state = 'dropped' AND failure = 'ERASED' AND secret IS NULL"),
            1);
  EXPECT_EQ(Count("SELECT count(*) FROM messages WHERE email = 'parent.canari@maison.example'"), 1);
  EXPECT_EQ(Count("SELECT count(*) FROM messages WHERE email IS NOT NULL AND secret IS NOT NULL"),
            1);
}

TEST_F(ErasureTest, ConfirmsInTheTransactionThatForgets) {
  SetBothContacts();
  destinationmetier::event::v1::PersonErased erased;
  erased.set_person(kAna);
  erased.set_erasure("erasures/01980000-0000-7000-8000-00000000000a");
  Apply({EventOf(4, erased)});
  EXPECT_EQ(Count("SELECT count(*) FROM outbox WHERE type LIKE '%PersonErasureConfirmed' AND "
                  "subject = 'erasures/01980000-0000-7000-8000-00000000000a'"),
            1);
}

TEST_F(ErasureTest, WhatIsTooOldToHaveANameTellsTheHostAlone) {
  // As the feed tells it to who reads it from the beginning, years later.
  BookingStep step;
  step.booking = "bookings/01980000-0000-7000-8000-000000000002";
  step.applicant = "people/erased-01980000-0000-7000-8000-000000000003";
  step.host = "companies/90000001900019";
  step.to_state = "CONFIRMED";
  for (const PlannedMessage& message : MessagesFor(step)) {
    EXPECT_EQ(message.recipient, step.host);
  }
  EXPECT_FALSE(MessagesFor(step).empty());
}

TEST_F(ErasureTest, EveryTableIsInTheRegisterAndAnExportTellsWhatWasSent) {
  std::multiset<std::string> registered(ImpersonalTables().begin(), ImpersonalTables().end());
  for (const auto& table : NotificationRegister().tables) registered.insert(table.table);
  SetBothContacts();
  ScheduleSession();
  TakeSteps({{.event = 1}});
  DeliverAll();
  std::multiset<std::string> there;
  const auto shown = database_->Read(Soon(), [&](database::Transaction& transaction) {
    for (const pqxx::row& row :
         transaction.raw().exec("SELECT table_name FROM information_schema.tables "
                                "WHERE table_schema = 'notification'")) {
      there.insert(row[0].c_str());
    }
    return privacy::ReadPersonalData(transaction, NotificationRegister(), kAna);
  });
  EXPECT_EQ(there, registered);
  ASSERT_TRUE(shown.ok()) << shown.status();
  std::set<std::string> tables;
  for (const auto& table : shown->tables()) tables.insert(table.name());
  EXPECT_THAT(tables, ::testing::IsSupersetOf({"contacts", "messages"}));
  EXPECT_THAT(shown->DebugString(), ::testing::HasSubstr("REQUEST_RECEIVED"));
}

}  // namespace
}  // namespace dm::notification
