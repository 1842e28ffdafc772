// What booking keeps of people, for how long, and how they get it back or out.
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/privacy/personal_data_service.h"
#include "common/privacy/receipts.h"
#include "services/booking/api/privacy_service.h"
#include "services/booking/domain/kept_records.h"
#include "services/booking/privacy/erasures.h"
#include "services/booking/store/people_lock.h"
#include "services/booking/store/people_store.h"
#include "services/booking/store/personal_data.h"
#include "tests/integration/booking/booking_world.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
using Receipt = destinationmetier::privacy::v1::Erasure;
using destinationmetier::privacy::v1::PersonalData;
using destinationmetier::privacy::v1::PersonalTable;

using ::testing::HasSubstr;
using ::testing::Not;

class PrivacyTest : public ::testing::Test {
 protected:
  PrivacyTest()
      : service_(&world_.pool(), &world_.clock(), nullptr),
        erasures_(&world_.pool(), &world_.clock(), nullptr),
        shown_(&world_.pool(), &world_.clock(), &BookingRegister(),
               [](auto& transaction, const auto& party, const auto& actor, absl::Time now) {
                 RecordPersonAction(transaction, party, actor, PersonAction::kExported, now);
               }) {}

  absl::StatusOr<Receipt> Erase(const auth::Caller& caller, const std::string& name,
                                const std::string& request_id = NewUuid(absl::Now())) {
    pb::ErasePersonRequest request;
    request.set_name(name);
    request.set_request_id(request_id);
    return service_.Erase(*BookingWorld::CallOf(caller), request);
  }
  absl::StatusOr<Receipt> Get(const auth::Caller& caller, const std::string& name) {
    pb::GetErasureRequest request;
    request.set_name(name);
    return service_.Get(*BookingWorld::CallOf(caller), request);
  }
  // The services say so, in their feeds.
  void Confirm(const std::string& erasure, const std::vector<std::string>& services) {
    std::vector<privacy::Confirmation> confirmations;
    for (const std::string& service : services) confirmations.push_back({erasure, service});
    const absl::Status noted = world_.pool().Write(
        absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          privacy::NoteConfirmations(transaction, confirmations, world_.clock().Now());
          return absl::OkStatus();
        });
    ASSERT_TRUE(noted.ok()) << noted;
  }
  absl::StatusOr<PersonalData> Export(const auth::Caller& caller, const std::string& name) {
    destinationmetier::privacy::v1::GetPersonalDataRequest request;
    request.set_name(name);
    return shown_.Get(*BookingWorld::CallOf(caller), request);
  }
  // How many rows of the schema, of whatever table, hold the text anywhere, in bytes too; the
  // feed's ids and the receipt left out.
  int64_t RowsThatHold(const std::string& text) {
    int64_t rows = 0;
    for (const auto& table : PersonalTables()) {
      rows += world_.Count(absl::StrCat("SELECT count(*) FROM ", table.table,
                                        " AS t WHERE to_jsonb(t)::text LIKE '%", text,
                                        "%' OR to_jsonb(t)::text LIKE '%",
                                        absl::BytesToHexString(text), "%'")
                               .c_str());
    }
    return rows;
  }
  int64_t PeopleTold() {
    return world_.Count("SELECT count(*) FROM outbox WHERE type LIKE '%PersonErased'");
  }

  BookingWorld world_;
  PrivacyService service_;
  Erasures erasures_;
  privacy::PersonalDataService shown_;
};

TEST_F(PrivacyTest, EveryTableIsInTheRegister) {
  std::set<std::string> registered(ImpersonalTables().begin(), ImpersonalTables().end());
  for (const auto& table : PersonalTables()) registered.insert(table.table);
  std::set<std::string> there;
  ASSERT_TRUE(world_.pool()
                  .Read(absl::Now() + absl::Seconds(10),
                        [&](database::Transaction& transaction) {
                          for (const pqxx::row& row : transaction.raw().exec(
                                   "SELECT table_name FROM information_schema.tables "
                                   "WHERE table_schema = 'booking'")) {
                            there.insert(row[0].c_str());
                          }
                          return absl::OkStatus();
                        })
                  .ok());
  EXPECT_THAT(there, ::testing::ContainerEq(registered));
}

TEST_F(PrivacyTest, AnErasureFreesTheSeatsTakesTheNameAwayAndKeepsTheCounts) {
  const std::string session = world_.AddSession(1);
  const auto booked = world_.Book("zoe-canari", session);
  ASSERT_TRUE(booked.ok()) << booked.status();
  const auto waiting = world_.Join("bob", session);
  ASSERT_TRUE(waiting.ok()) << waiting.status();
  const auto asked = Erase(BookingWorld::Pupil("zoe-canari"), "people/me");
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->state(), Receipt::STATE_PENDING);
  EXPECT_EQ(asked->party(), "people/zoe-canari");
  // Nothing new is made for somebody who is on the way out.
  EXPECT_EQ(
      ErrorReasonOf(world_.Book("zoe-canari", world_.AddSession(1, absl::Hours(99))).status()),
      "PROFILE_REQUIRED");
  world_.ReviewDue();
  EXPECT_EQ(world_.Get(BookingWorld::Pupil("bob"), waiting->name()).state(),
            pb::Booking::STATE_OFFERED);
  ASSERT_EQ(erasures_.RunOnce().value_or(-1), 1);
  EXPECT_EQ(erasures_.RunOnce().value_or(-1), 0);
  EXPECT_EQ(RowsThatHold("zoe-canari"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM bookings"), 2);
  // The feed tells all that happened, and of her the tombstone alone.
  EXPECT_EQ(world_.Count("SELECT count(*) FROM outbox "
                         "WHERE position('zoe-canari'::bytea in payload) > 0"),
            1);
  EXPECT_GT(world_.Count("SELECT count(*) FROM outbox "
                         "WHERE position('people/erased-'::bytea in payload) > 0"),
            1);
  EXPECT_EQ(world_.Count("SELECT max(seq) - count(*) FROM outbox"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM outbox WHERE type LIKE '%PersonErased'"), 1);
  for (const std::string& name : {std::string("people/me/erasure"), asked->name()}) {
    const auto receipt = Get(BookingWorld::Pupil("zoe-canari"), name);
    ASSERT_TRUE(receipt.ok()) << receipt.status();
    EXPECT_EQ(receipt->name(), asked->name());
    EXPECT_EQ(receipt->state(), Receipt::STATE_SPREADING);
  }
  world_.ExpectSoundLedger();
}

TEST_F(PrivacyTest, AReceiptIsCompleteOnceEveryServiceHasConfirmedHoweverOften) {
  const auth::Caller ana = BookingWorld::Pupil("ana");
  const auto asked = Erase(ana, "people/me");
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_EQ(erasures_.RunOnce().value_or(-1), 1);
  Confirm(asked->name(), {"catalogue", "notification", "catalogue"});
  // Neither is kept a receipt of.
  Confirm("erasures/00000000-0000-7000-8000-000000000000", {"ambassador"});
  Confirm("people/ana", {"ambassador"});
  EXPECT_EQ(Get(ana, asked->name())->state(), Receipt::STATE_SPREADING);
  Confirm(asked->name(), {"ambassador"});
  const auto receipt = Get(ana, asked->name());
  ASSERT_TRUE(receipt.ok()) << receipt.status();
  EXPECT_EQ(receipt->state(), Receipt::STATE_COMPLETED);
  EXPECT_TRUE(receipt->has_complete_time());
  std::vector<std::string> services;
  for (const auto& service : receipt->services()) {
    services.push_back(service.service());
    EXPECT_TRUE(service.has_erase_time()) << service.service();
  }
  EXPECT_THAT(services,
              ::testing::ElementsAre("booking", "ambassador", "catalogue", "notification"));
  EXPECT_EQ(receipt->kept_records_size(), static_cast<int>(KeptRecords().size()));
  // Another life is another receipt; the first stays what it was.
  const auto anew = Erase(ana, "people/me");
  ASSERT_TRUE(anew.ok()) << anew.status();
  EXPECT_NE(anew->name(), asked->name());
  EXPECT_EQ(anew->state(), Receipt::STATE_PENDING);
  EXPECT_EQ(Get(ana, asked->name())->state(), Receipt::STATE_COMPLETED);
}

TEST_F(PrivacyTest, AReceiptIsForWhoMayAskForIt) {
  world_.Know("ana");
  const auto asked = Erase(BookingWorld::Pupil("ana"), "people/me");
  ASSERT_TRUE(asked.ok()) << asked.status();
  const auto reason = [&](const auth::Caller& caller) {
    return ErrorReasonOf(Get(caller, asked->name()).status());
  };
  EXPECT_EQ(reason(BookingWorld::Pupil("bob")), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(reason(BookingWorld::Agency("76")), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(reason(BookingWorld::Agency("61")), "");
  ASSERT_EQ(erasures_.RunOnce().value_or(-1), 1);
  EXPECT_EQ(reason(BookingWorld::Agency("76")), "");
  EXPECT_EQ(reason(BookingWorld::Pupil("bob")), "RESOURCE_NOT_FOUND");
}

TEST_F(PrivacyTest, EveryTableWithPersonalDataIsShownToo) {
  std::vector<std::string> erased, shown;
  for (const auto& table : PersonalTables()) erased.push_back(table.table);
  for (const auto& table : BookingRegister().tables) shown.push_back(table.table);
  EXPECT_THAT(shown, ::testing::UnorderedElementsAreArray(erased));
}

// A field without a meaning would fail somebody's export on the day that it first has a value.
TEST_F(PrivacyTest, EveryColumnThatMayBeShownHasAMeaning) {
  std::set<std::string> explained;
  for (const auto& field : BookingRegister().fields) explained.insert(field.code);
  for (const auto& table : BookingRegister().tables) {
    const absl::Status read = world_.pool().Read(
        absl::Now() + absl::Seconds(10), [&](database::Transaction& transaction) {
          // A row of every column, with something in each that may be shown.
          const std::string sql = table.rows.sql;
          for (const pqxx::row& column : transaction.raw().exec(absl::StrCat(
                   "SELECT column_name FROM information_schema.columns WHERE table_schema = "
                   "'booking' AND table_name = '",
                   table.table, "'"))) {
            const std::string name = column[0].c_str();
            const bool whole_row = absl::StrContains(sql, "to_jsonb(");
            const bool left_out = absl::StrContains(sql, absl::StrCat("'", name, "'")) ||
                                  absl::StrContains(sql, absl::StrCat("{", name, ",")) ||
                                  absl::StrContains(sql, absl::StrCat(",", name, ",")) ||
                                  absl::StrContains(sql, absl::StrCat(",", name, "}"));
            if (whole_row && !left_out) {
              EXPECT_EQ(explained.count(name), 1u) << table.table << "." << name;
            }
          }
          return absl::OkStatus();
        });
    ASSERT_TRUE(read.ok()) << read;
  }
}

TEST_F(PrivacyTest, AnExportHoldsEveryTableThatNamesThePersonAndWhatItsWordsMean) {
  ASSERT_TRUE(world_.Book("ana", world_.AddSession(1)).ok());
  const auto exported = Export(BookingWorld::Pupil("ana"), "people/me");
  ASSERT_TRUE(exported.ok()) << exported.status();
  std::vector<std::string> tables;
  std::set<std::string> fields;
  for (const PersonalTable& table : exported->tables()) {
    tables.push_back(table.name());
    EXPECT_FALSE(table.title().empty());
    EXPECT_FALSE(table.retention().empty());
    EXPECT_GT(table.rows_size(), 0);
    for (const auto& row : table.rows()) {
      for (const auto& [field, value] : row.fields()) fields.insert(field);
    }
  }
  // She sees that she has just asked.
  EXPECT_THAT(tables, ::testing::UnorderedElementsAre("applicants", "bookings", "transitions",
                                                      "answered_requests", "person_history"));
  std::set<std::string> explained;
  for (const auto& label : exported->fields()) explained.insert(label.code());
  EXPECT_EQ(fields, explained);
}

TEST_F(PrivacyTest, AnExportIsForThePersonAndOperatorsAndIsKept) {
  ASSERT_TRUE(world_.Book("ana", world_.AddSession(1)).ok());
  for (const auth::Caller& caller : {BookingWorld::Pupil("bob"), BookingWorld::Agency("76"),
                                     BookingWorld::Agency("61"), BookingWorld::Host()}) {
    EXPECT_EQ(ErrorReasonOf(Export(caller, "people/ana").status()), "RESOURCE_NOT_FOUND");
  }
  for (const auth::Caller& caller :
       {BookingWorld::Pupil("bob"), BookingWorld::Agency("76"), BookingWorld::Host()}) {
    EXPECT_EQ(ErrorReasonOf(Erase(caller, "people/ana").status()), "RESOURCE_NOT_FOUND");
  }
  EXPECT_EQ(world_.Count("SELECT count(*) FROM erasures"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM person_history WHERE action = 'EXPORTED'"), 0);
  auth::Caller technician;
  technician.subject = "technicienne";
  technician.roles.Add(auth::Role::kOperator);
  EXPECT_TRUE(Export(technician, "people/ana").ok());
  const auto own = Export(BookingWorld::Pupil("ana"), "people/me");
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_EQ(world_.Count("SELECT count(*) FROM person_history WHERE action = 'EXPORTED'"), 2);
  // She sees that it was asked for, and not by whom.
  EXPECT_THAT(own->DebugString(), HasSubstr("STAFF"));
  EXPECT_THAT(own->DebugString(), Not(HasSubstr("technicienne")));
}

TEST_F(PrivacyTest, AnExportHoldsWhatOthersWroteAndNotWhomTheyRecorded) {
  const auto booked = world_.Book("ana", world_.AddSession(1));
  ASSERT_TRUE(booked.ok());
  world_.Execute(absl::StrCat(
      "INSERT INTO feedback (booking_id, party, person, request_id, rating, comment, create_time) "
      "VALUES ('",
      *ParseBookingName(booked->name()), "', 'HOST', 'people/hote', gen_random_uuid(), 4, ",
      "'Curieuse et ponctuelle.', now())"));
  world_.Execute(
      "INSERT INTO consents (id, person, decision, scope, until, decided, method, recorded_by, "
      "signed) VALUES (gen_random_uuid(), 'people/ana', 'GIVEN', 'ALL', '2099-01-01', now(), "
      "'PAPER', 'people/conseillere', '2026-01-01')");
  const auto own = Export(BookingWorld::Pupil("ana"), "people/me");
  ASSERT_TRUE(own.ok()) << own.status();
  EXPECT_THAT(own->DebugString(), HasSubstr("Curieuse et ponctuelle."));
  const auto recorded = Export(BookingWorld::Pupil("conseillere"), "people/me");
  ASSERT_TRUE(recorded.ok()) << recorded.status();
  EXPECT_THAT(recorded->DebugString(), HasSubstr("recorded_by"));
  EXPECT_THAT(recorded->DebugString(), Not(HasSubstr("people/ana")));
}

TEST_F(PrivacyTest, WhoOnlyHasAContactElsewhereIsErasedThereToo) {
  const auto asked = Erase(BookingWorld::Pupil("cleo"), "people/me");
  ASSERT_TRUE(asked.ok()) << asked.status();
  ASSERT_EQ(erasures_.RunOnce().value_or(-1), 1);
  EXPECT_EQ(PeopleTold(), 1);
}

TEST_F(PrivacyTest, ARepeatOfAnErasureLeavesTheNewLifeAloneAndANewRequestEndsIt) {
  const auth::Caller ana = BookingWorld::Pupil("ana");
  ASSERT_TRUE(world_.Book("ana", world_.AddSession(1)).ok());
  // Both are asked for before the first is done: each may be repeated later.
  const std::string first = NewUuid(absl::Now()), second = NewUuid(absl::Now());
  ASSERT_TRUE(Erase(ana, "people/me", first).ok());
  ASSERT_TRUE(Erase(ana, "people/ana", second).ok());
  world_.ReviewDue();
  ASSERT_EQ(erasures_.RunOnce().value_or(-1), 1);
  // Back, with a guardian and no profile.
  world_.Execute(
      "INSERT INTO guardians (id, person, display_name, email, version, create_time) "
      "VALUES (gen_random_uuid(), 'people/ana', 'Parent Canari', 'p@x.example', 1, now())");
  for (const std::string& repeat : {first, second}) {
    const auto again = Erase(ana, "people/me", repeat);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->state(), Receipt::STATE_SPREADING);
  }
  EXPECT_EQ(erasures_.RunOnce().value_or(-1), 0);
  EXPECT_EQ(RowsThatHold("Parent Canari"), 1);
  const auto anew = Erase(ana, "people/me");
  ASSERT_TRUE(anew.ok()) << anew.status();
  EXPECT_EQ(anew->state(), Receipt::STATE_PENDING);
  EXPECT_EQ(erasures_.RunOnce().value_or(-1), 1);
  EXPECT_EQ(RowsThatHold("Parent Canari"), 0);
  EXPECT_EQ(PeopleTold(), 2);
}

TEST_F(PrivacyTest, AnAgencysRequestIsAnsweredOnceAndStandsForOnePerson) {
  const auth::Caller agency = BookingWorld::Agency("61");
  world_.Know("ana");
  world_.Know("bob");
  const std::string id = NewUuid(absl::Now());
  ASSERT_TRUE(Erase(agency, "people/ana", id).ok());
  ASSERT_EQ(erasures_.RunOnce().value_or(-1), 1);
  EXPECT_EQ(ErrorReasonOf(Erase(agency, "people/bob", id).status()), "REQUEST_ID_REUSED");
  const auto again = Erase(agency, "people/ana", id);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->state(), Receipt::STATE_SPREADING);
}

TEST_F(PrivacyTest, WhatOthersWereAnsweredAboutAPersonAndWhatTheyDidGoesToo) {
  const auto booked = world_.Book("zoe-canari", world_.AddSession(1));
  ASSERT_TRUE(booked.ok());
  const std::string accepted = NewUuid(absl::Now());
  ASSERT_TRUE(
      world_.Step(BookingWorld::Host(), booked->name(), "", &BookingService::Accept, accepted)
          .ok());
  EXPECT_EQ(world_.Count("SELECT count(*) FROM answered_requests WHERE about <> ''"), 1);
  world_.Execute(
      "INSERT INTO consents (id, person, decision, scope, until, decided, method, recorded_by, "
      "signed, withdrawn, withdrawn_by) VALUES (gen_random_uuid(), 'people/bob', 'GIVEN', 'ALL', "
      "'2099-01-01', now(), 'PAPER', 'people/zoe-canari', '2026-01-01', now(), "
      "'people/zoe-canari')");
  ASSERT_TRUE(Erase(BookingWorld::Pupil("zoe-canari"), "people/me").ok());
  world_.ReviewDue();
  ASSERT_EQ(erasures_.RunOnce().value_or(-1), 1);
  EXPECT_EQ(RowsThatHold("zoe-canari"), 0);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consents WHERE person = 'people/bob'"), 1);
  // Nothing is left to be shown again.
  EXPECT_FALSE(
      world_.Step(BookingWorld::Host(), booked->name(), "", &BookingService::Accept, accepted)
          .ok());
}

TEST_F(PrivacyTest, SomebodyWhoCannotBeErasedKeepsNobodyElseWaiting) {
  Erasures erasures(&world_.pool(), &world_.clock(), nullptr, absl::Milliseconds(300));
  ASSERT_TRUE(Erase(BookingWorld::Pupil("ana"), "people/me").ok());
  ASSERT_TRUE(Erase(BookingWorld::Pupil("bob"), "people/me").ok());
  absl::Status status;
  const absl::Status held =
      world_.pool().Write(absl::Now() + absl::Minutes(1), [&](database::Transaction& transaction) {
        LockPeople(transaction, {"people/ana"});
        status = erasures.RunOnce().status();
        return absl::OkStatus();
      });
  ASSERT_TRUE(held.ok()) << held;
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded) << status;
  EXPECT_EQ(world_.Count("SELECT count(*) FROM erasures WHERE done IS NOT NULL "
                         "AND person = 'people/bob'"),
            1);
  // Whoever failed is behind those who have not.
  ASSERT_TRUE(Erase(BookingWorld::Pupil("cleo"), "people/me").ok());
  EXPECT_EQ(world_.Count("SELECT count(*) FROM erasures WHERE tried IS NOT NULL AND done IS NULL"),
            1);
  EXPECT_EQ(erasures.RunOnce().value_or(-1), 2);
}

// An index that is walked from end to end, for its order, is a table read whole as well.
int WholeReadsOf(const std::string& plan) {
  int reads = 0;
  for (const absl::string_view line : absl::StrSplit(plan, '\n')) {
    if (absl::StrContains(line, "Seq Scan")) ++reads;
    if (absl::StrContains(line, "Index Scan") || absl::StrContains(line, "Index Only Scan"))
      ++reads;
    if (absl::StrContains(line, "Index Cond:")) --reads;
  }
  return reads;
}

TEST_F(PrivacyTest, APersonIsFoundInEveryTableByAnIndex) {
  for (const auto& table : PersonalTables()) {
    const std::string erased =
        world_.GenericPlanOf(table.erase.sql, "'people/ana', 'people/erased-1'");
    EXPECT_EQ(WholeReadsOf(erased), 0) << table.erase.name << "\n" << erased;
  }
  for (const auto& table : BookingRegister().tables) {
    const std::string exported = world_.GenericPlanOf(table.rows.sql, "'people/ana'");
    EXPECT_EQ(WholeReadsOf(exported), 0) << table.rows.name << "\n" << exported;
  }
}

}  // namespace
}  // namespace dm::booking
