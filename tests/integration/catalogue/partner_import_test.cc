#include "services/catalogue/store/offer_records.h"
#include "services/catalogue/store/person_erasure.h"
#include "tests/integration/catalogue/exchange_world.h"

#include <thread>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(ExchangeTest, EachItemIsAnsweredOnItsOwnAndABadOneStopsNoOther) {
  pb::PartnerOffer elsewhere = Item(2, "b");
  elsewhere.set_company(absl::StrCat("companies/", kCalvados));
  pb::PartnerOffer wrong = Item(3, "c");
  wrong.mutable_offer()->set_profession("professions/x");
  wrong.mutable_offer()->set_title(std::string(300, 'x'));
  wrong.mutable_sessions(0)->set_capacity(0);
  pb::PartnerOffer unknown = Item(4, "d");
  unknown.mutable_offer()->set_profession("professions/Z9999");
  pb::PartnerOffer incomplete = Item(5, "e");
  incomplete.mutable_offer()->set_description("court");
  incomplete.clear_sessions();
  const Answer answer = Send(partner_, Start(1),
                             {Item(1, "a"), elsewhere, wrong, unknown, incomplete,
                              Withdrawal(6, "f"), Item(7, "a", "Deux fois"), Item(9, "g")});
  EXPECT_TRUE(answer.status.ok()) << answer.status;
  EXPECT_THAT(answer.lines,
              ElementsAre("resume 0", "1 a ADDED", "2 b REFUSED 5",
                          "3 c REFUSED 3 offer.profession offer.title sessions[0].capacity",
                          "4 d REFUSED 3 offer.profession",
                          "5 e REFUSED 9 offer.description offer.sessions", "6 f REFUSED 5",
                          "7 a REFUSED 3 key", "9 g ADDED", "summary 2 0 0 0 6 0"));
  // Waits for the agency.
  EXPECT_THAT(Kept(), ElementsAre("a 2 Au coton", "g 2 Au coton"));
  EXPECT_EQ(answer.messages[1].item().offer().rfind("offers/", 0), 0u);
  EXPECT_THAT(answer.messages[2].item().offer(), IsEmpty());
  EXPECT_GT(told_, 0);
}

TEST_F(ExchangeTest, WhatIsAsItWasIsLeftAlone) {
  ASSERT_TRUE(Send(publisher_, Start(1), {Item(1, "a"), Item(2, "b")}).status.ok());
  EXPECT_THAT(Kept(), ElementsAre("a 3 Au coton", "b 3 Au coton"));
  const int64_t versions = Number({"test_versions", "SELECT sum(version)::bigint FROM offers"});
  const int64_t told = Number({"test_told", "SELECT count(*) FROM outbox"});
  // What does not count is no change, nor is the order of dates.
  pb::PartnerOffer same = Item(1, "a");
  same.mutable_offer()->set_name("offers/ours");
  same.mutable_offer()->set_company_display_name("Groupe");
  same.mutable_sessions(0)->set_available(1);
  EXPECT_THAT(Send(publisher_, Start(2), {same, Item(2, "b", "Au lin")}).lines,
              ElementsAre("resume 0", "1 a UNCHANGED", "2 b CHANGED", "summary 0 1 1 0 0 0"));
  EXPECT_THAT(Kept(), ElementsAre("a 3 Au coton", "b 3 Au lin"));
  EXPECT_EQ(Number({"test_versions", "SELECT sum(version)::bigint FROM offers"}), versions + 1);
  const int64_t told_now = Number({"test_told", "SELECT count(*) FROM outbox"});
  EXPECT_GT(told_now, told);
  EXPECT_THAT(Send(publisher_, Start(3), {same, Item(2, "b", "Au lin")}).lines.back(),
              "summary 0 0 2 0 0 0");
  EXPECT_EQ(Number({"test_told", "SELECT count(*) FROM outbox"}), told_now);
}

TEST_F(ExchangeTest, DatesAreAddedChangedAndClosed) {
  pb::PartnerOffer item = Item(1, "a");
  AddSession(&item, 20);
  ASSERT_TRUE(Send(publisher_, Start(1), {item}).status.ok());
  EXPECT_THAT(Dates(), ElementsAre("open 4", "open 4"));
  pb::PartnerOffer moved = Item(1, "a");
  moved.mutable_sessions(0)->set_capacity(6);
  AddSession(&moved, 30);
  EXPECT_THAT(Send(publisher_, Start(2), {moved}).lines[1], "1 a CHANGED");
  EXPECT_THAT(Dates(), ElementsAre("open 6", "closed 4", "open 4"));
  EXPECT_THAT(Kept(), ElementsAre("a 3 Au coton"));
}

TEST_F(ExchangeTest, OtherDatesEachTimeAreRefusedOnceThereAreTooManyToCome) {
  constexpr int kDatesOfAnItem = 50;
  const auto dates_from = [this](int day) {
    pb::PartnerOffer item = Item(1, "a");
    item.clear_sessions();
    for (int i = 0; i < kDatesOfAnItem; ++i) AddSession(&item, day + i);
    return item;
  };
  const int runs = kMostRecordSessions / kDatesOfAnItem;
  for (int run = 0; run < runs; ++run) {
    const Answer sent = Send(publisher_, Start(run + 1), {dates_from(10 + run * kDatesOfAnItem)});
    EXPECT_EQ(sent.lines[1], run == 0 ? "1 a ADDED" : "1 a CHANGED");
  }
  EXPECT_THAT(
      Send(publisher_, Start(runs + 1), {dates_from(11 + (runs - 1) * kDatesOfAnItem)}).lines[1],
      "1 a REFUSED 3 sessions");
  EXPECT_EQ(Dates().size(), static_cast<size_t>(kMostRecordSessions));
  // Those that are there may go on.
  EXPECT_THAT(Send(publisher_, Start(runs + 2), {dates_from(10)}).lines[1], "1 a CHANGED");
}

TEST_F(ExchangeTest, WhatTheAgencyReadsAgainGoesBackToIt) {
  ASSERT_TRUE(Send(partner_, Start(1), {Item(1, "a"), Item(2, "b")}).status.ok());
  Ask({"test_approve", R"sql(
    UPDATE offers SET state = 3, published = true, publish_time = now()
    WHERE id IN (SELECT offer_id FROM partner_offers))sql"});
  pb::PartnerOffer dates = Item(1, "a");
  AddSession(&dates, 20);
  EXPECT_TRUE(Send(partner_, Start(2), {dates, Item(2, "b", "Autre chose")}).status.ok());
  EXPECT_THAT(Kept(), ElementsAre("a 3 Au coton", "b 2 Autre chose"));
  // What was read is not taken away.
  dates.mutable_offer()->set_description("court");
  EXPECT_EQ(Send(partner_, Start(4), {dates}).lines[1], "1 a REFUSED 9 offer.description");
  // What an agency suspended stays so, also for who may publish.
  Ask({"test_suspend", R"sql(
    UPDATE offers SET state = 4, published = false
    WHERE id IN (SELECT offer_id FROM partner_offers WHERE key = 'a'))sql"});
  partner_.caller.scopes.emplace_back("offers.publish");
  EXPECT_TRUE(Send(partner_, Start(3), {Item(1, "a", "Encore"), Item(2, "b", "Fini")}).status.ok());
  EXPECT_THAT(Kept(), ElementsAre("a 4 Encore", "b 3 Fini"));
}

TEST_F(ExchangeTest, WhatIsWithdrawnIsOverAndItsKeyBeginsAnother) {
  ASSERT_TRUE(Send(publisher_, Start(1), {Item(1, "a")}).status.ok());
  EXPECT_THAT(Send(publisher_, Start(2), {Withdrawal(1, "a")}).lines,
              ElementsAre("resume 0", "1 a WITHDRAWN", "summary 0 0 0 1 0 0"));
  EXPECT_THAT(Kept(), ElementsAre("a 5 Au coton"));
  EXPECT_THAT(Send(publisher_, Start(3), {Withdrawal(1, "a")}).lines[1], "1 a UNCHANGED");
  EXPECT_THAT(Send(publisher_, Start(4), {Item(1, "a")}).lines[1], "1 a ADDED");
  EXPECT_THAT(Kept(), ElementsAre("a 3 Au coton"));
  // What the agency ended does not come back by being sent again.
  Ask({"test_end", R"sql(
    UPDATE offers SET state = 5, published = false
    WHERE id IN (SELECT offer_id FROM partner_offers))sql"});
  EXPECT_THAT(Send(publisher_, Start(5), {Item(1, "a")}).lines[1], "1 a UNCHANGED");
  EXPECT_THAT(Kept(), ElementsAre("a 5 Au coton"));
}

TEST_F(ExchangeTest, ABrokenStreamGoesOnWhereItWas) {
  std::vector<pb::PartnerOffer> items;
  for (int i = 1; i <= 450; ++i) items.push_back(Item(i, absl::StrCat("k", 1000 + i)));
  items[9].mutable_offer()->set_title("");
  // The start and 250 items: 200 and then 50 were committed, and there is no summary.
  const Answer broken = Send(partner_, Start(1, true), items, 251);
  EXPECT_TRUE(absl::IsUnavailable(broken.status)) << broken.status;
  EXPECT_EQ(broken.lines.size(), 251u);
  EXPECT_EQ(Kept().size(), 249u);
  // Lines before it are passed over, whatever they hold by now.
  std::vector<pb::PartnerOffer> rest(items.begin() + 248, items.end());
  rest[0].mutable_offer()->set_title("Changé trop tard");
  const Answer resumed = Send(partner_, Start(1, true), rest);
  EXPECT_TRUE(resumed.status.ok()) << resumed.status;
  EXPECT_EQ(resumed.lines[0], "resume 250");
  EXPECT_EQ(resumed.lines[1], "249 k1249 UNCHANGED");
  EXPECT_EQ(resumed.lines[3], "251 k1251 ADDED");
  EXPECT_EQ(resumed.lines.back(), "summary 449 0 0 0 1 0");
  EXPECT_EQ(Kept().size(), 449u);
  EXPECT_EQ(Kept()[247], "k1249 2 Au coton");
  EXPECT_EQ(ErrorReasonOf(Send(partner_, Start(1, true), rest).status), "IMPORT_TOKEN_INVALID");
}

TEST_F(ExchangeTest, ACompleteRunArchivesWhatItDoesNotName) {
  std::vector<pb::PartnerOffer> items;
  for (int i = 1; i <= 11; ++i) items.push_back(Item(i, absl::StrCat("k", 10 + i)));
  ASSERT_TRUE(Send(publisher_, Start(1), items).status.ok());
  // One in eleven may be wrong, and is named all the same.
  items[0].mutable_offer()->set_title("");
  items.erase(items.begin() + 5, items.begin() + 6);
  items.push_back(Item(12, "k22"));
  EXPECT_EQ(Send(publisher_, Start(2, true), items).lines.back(), "summary 1 0 9 0 1 1");
  EXPECT_EQ(Number({"test_archived", R"sql(
    SELECT count(*) FROM offers o JOIN offer_transitions t ON t.offer_id = o.id
    WHERE o.state = 5 AND t.why = 'VANISHED' AND t.party = 'SYSTEM')sql"}),
            1);
  // A tenth refused, or nothing at all, is rather broken than complete.
  const Answer broken = Send(publisher_, Start(3, true), {items[0], items[1]});
  EXPECT_EQ(broken.lines.back(), "summary 0 0 1 0 1 0 incomplete");
  EXPECT_EQ(Send(publisher_, Start(4, true), {}).lines.back(), "summary 0 0 0 0 0 0 incomplete");
  EXPECT_EQ(Number({"test_over", "SELECT count(*) FROM offers WHERE state = 5"}), 1);
  // What vanished comes back as another when it is named again.
  EXPECT_EQ(Send(publisher_, Start(5), {Item(1, "k16")}).lines[1], "1 k16 ADDED");
}

TEST_F(ExchangeTest, ACompleteRunArchivesOnlyWhatItsSenderAnswersFor) {
  publisher_.caller.territory = {"61", "14"};
  pb::PartnerOffer elsewhere = Item(3, "c");
  elsewhere.set_company(absl::StrCat("companies/", kCalvados));
  ASSERT_TRUE(Send(publisher_, Start(1), {Item(1, "a"), Item(2, "b"), elsewhere}).status.ok());
  publisher_.caller.territory = {"61"};
  EXPECT_EQ(Send(publisher_, Start(2, true), {Item(1, "a")}).lines.back(), "summary 0 0 1 0 0 1");
  EXPECT_THAT(Kept(), ElementsAre("a 3 Au coton", "b 5 Au coton", "c 3 Au coton"));
}

TEST_F(ExchangeTest, AnOfferThatIsEndedWhileARunWaitsForItBeginsAnew) {
  ASSERT_TRUE(Send(publisher_, Start(1), {Item(1, "a")}).status.ok());
  Answer answer;
  std::thread run;
  // Holds the company until the run has looked up what it knows and waits.
  const absl::Status ended =
      database_->Write(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
        LockCompany(transaction, kOrne);
        run = std::thread([&] { answer = Send(publisher_, Start(2), {Item(1, "a", "Au lin")}); });
        const absl::Time patience = absl::Now() + absl::Seconds(20);
        const database::Statement waits{"test_waits", R"sql(
          SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('transactionid', 'tuple')
        )sql"};
        while (Number(waits) == 0 && absl::Now() < patience) absl::SleepFor(absl::Milliseconds(5));
        transaction.raw().exec(
            "UPDATE offers SET state = 5, published = false WHERE id IN "
            "(SELECT offer_id FROM partner_offers)");
        return absl::OkStatus();
      });
  run.join();
  ASSERT_TRUE(ended.ok()) << ended;
  EXPECT_EQ(answer.lines[1], "1 a ADDED");
  EXPECT_THAT(Kept(), ElementsAre("a 3 Au lin"));
}

TEST_F(ExchangeTest, ARunTakesNothingAwayThatALaterOneNamed) {
  ASSERT_TRUE(Send(publisher_, Start(1), {Item(1, "a"), Item(2, "b")}).status.ok());
  // It breaks before it names b; meanwhile another run names both.
  const Answer broken = Send(publisher_, Start(2, true), {Item(1, "a"), Item(2, "b")}, 2);
  EXPECT_FALSE(broken.status.ok());
  ASSERT_TRUE(Send(publisher_, Start(3), {Item(1, "a"), Item(2, "b")}).status.ok());
  EXPECT_EQ(Send(publisher_, Start(2, true), {}).lines.back(), "summary 0 0 1 0 0 0");
  EXPECT_THAT(Kept(), ElementsAre("a 3 Au coton", "b 3 Au coton"));
}

TEST_F(ExchangeTest, TwoImportsAtOnceTakeEachItemOnce) {
  std::vector<pb::PartnerOffer> items;
  for (int i = 1; i <= 120; ++i) items.push_back(Item(i, absl::StrCat("k", 1000 + i)));
  Answer first;
  Answer second;
  std::thread one([&] { first = Send(partner_, Start(1), items); });
  std::thread two([&] { second = Send(partner_, Start(2), items); });
  one.join();
  two.join();
  EXPECT_THAT((std::vector<std::string>{first.lines.back(), second.lines.back()}),
              ::testing::UnorderedElementsAre("summary 120 0 0 0 0 0", "summary 0 0 120 0 0 0"));
  EXPECT_EQ(Kept().size(), 120u);
  // One run twice: whoever ends it first has the whole of it.
  for (pb::PartnerOffer& item : items) item.mutable_offer()->set_title("Au lin");
  std::thread three([&] { first = Send(partner_, Start(3), items); });
  std::thread four([&] { second = Send(partner_, Start(3), items); });
  three.join();
  four.join();
  const bool first_ended = first.status.ok();
  EXPECT_EQ((first_ended ? first : second).lines.back(), "summary 0 120 0 0 0 0");
  EXPECT_EQ(ErrorReasonOf((first_ended ? second : first).status), "IMPORT_TOKEN_INVALID");
  EXPECT_EQ(Number({"test_sessions", R"sql(
    SELECT count(*) FROM sessions JOIN partner_offers USING (offer_id))sql"}),
            120);
}

TEST_F(ExchangeTest, ASourceBelongsToWhoeverUsedItFirst) {
  ASSERT_TRUE(Send(partner_, Start(1), {Item(1, "a")}).status.ok());
  EXPECT_TRUE(absl::IsNotFound(Send(publisher_, Start(2), {Item(1, "a", "À moi")}).status));
  // Not even its run can be told.
  EXPECT_TRUE(absl::IsNotFound(Send(publisher_, Start(1), {}).status));
  EXPECT_THAT(Kept(), ElementsAre("a 2 Au coton"));
  pb::ImportStart other = Start(1);
  other.set_source("other");
  EXPECT_EQ(ErrorReasonOf(Send(partner_, other, {}).status), "IMPORT_TOKEN_INVALID");
}

TEST_F(ExchangeTest, TheSourceOfSomebodyWhoWasErasedIsNobodys) {
  ASSERT_TRUE(Send(partner_, Start(1), {Item(1, "a")}).status.ok());
  const absl::Status erased =
      database_->Write(absl::Now() + absl::Seconds(30), [](database::Transaction& transaction) {
        ForgetPeople(transaction, {"people/partner"});
        return absl::OkStatus();
      });
  ASSERT_TRUE(erased.ok()) << erased;
  EXPECT_EQ(Number({"test_owners", R"sql(
    SELECT count(*) FROM partner_sources WHERE owner LIKE 'people/%')sql"}),
            0);
  EXPECT_TRUE(absl::IsNotFound(Send(publisher_, Start(2), {}).status));
}

TEST_F(ExchangeTest, AValidationChangesNothing) {
  ASSERT_TRUE(Send(partner_, Start(1), {Item(1, "a")}).status.ok());
  const auto state = [this] {
    std::string text;
    for (const pqxx::field& field : Ask({"test_state", R"sql(
           SELECT (SELECT count(*) FROM partner_runs), (SELECT count(*) FROM partner_sources),
                  (SELECT count(*) FROM outbox), (SELECT count(*) FROM search_changes),
                  (SELECT sum(version) FROM offers), (SELECT count(*) FROM sessions),
                  (SELECT count(*) FROM answered_requests))sql"})[0]) {
      absl::StrAppend(&text, field.c_str(), " ");
    }
    return text;
  };
  const std::string before = state();
  pb::ImportStart start = Start(2, true);
  start.set_validate_only(true);
  pb::PartnerOffer wrong = Item(3, "c");
  wrong.set_company("companies/1");
  EXPECT_THAT(Send(partner_, start, {Item(1, "a", "Autre"), Item(2, "b"), wrong}).lines,
              ElementsAre("resume 0", "1 a CHANGED", "2 b ADDED", "3 c REFUSED 3 company",
                          "summary 1 1 0 0 1 0 incomplete"));
  pb::ImportOfferBatchRequest batch;
  *batch.mutable_start() = start;
  *batch.add_offers() = Item(1, "a", "Autre");
  const auto answer = exchange_.ImportOfferBatch(partner_, batch);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(Text(answer->items(0)), "1 a CHANGED");
  start.set_source("nobody-yet");
  EXPECT_TRUE(Send(partner_, start, {Item(1, "a")}).status.ok());
  EXPECT_EQ(state(), before);
}

TEST_F(ExchangeTest, ABatchIsAnsweredTheSameAgain) {
  pb::ImportOfferBatchRequest batch;
  *batch.mutable_start() = Start(1);
  *batch.add_offers() = Item(1, "a");
  *batch.add_offers() = Withdrawal(2, "b");
  const auto first = exchange_.ImportOfferBatch(partner_, batch);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Text(first->items(0)), "1 a ADDED");
  EXPECT_EQ(Text(first->items(1)), "2 b REFUSED 5");
  EXPECT_EQ(Text(first->summary()), "summary 1 0 0 0 1 0");
  const auto again = exchange_.ImportOfferBatch(partner_, batch);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  batch.mutable_offers(0)->mutable_offer()->set_title("Autre");
  EXPECT_EQ(ErrorReasonOf(exchange_.ImportOfferBatch(partner_, batch).status()),
            "REQUEST_ID_REUSED");
}

TEST_F(ExchangeTest, AStreamThatSaysNothingGivesItsThreadBack) {
  // Nothing comes after the first item, and nobody has gone.
  class Silent final : public rpc::Reader<pb::ImportOffersRequest> {
   public:
    explicit Silent(std::vector<pb::ImportOffersRequest> messages)
        : messages_(std::move(messages)) {}
    bool Read(pb::ImportOffersRequest* request) override {
      *request = messages_.at(next_++);
      return true;
    }
    bool Ready(absl::Duration) override { return next_ < messages_.size(); }
    bool BrokenOff() const override { return false; }

   private:
    const std::vector<pb::ImportOffersRequest> messages_;
    size_t next_ = 0;
  };
  Silent reader(Messages(Start(1), {Item(1, "a")}));
  KeptAnswers<pb::ImportOffersResponse> writer;
  EXPECT_TRUE(absl::IsDeadlineExceeded(exchange_.ImportOffers(partner_, reader, writer)));
  EXPECT_EQ(writer.answers.size(), 2u);
  EXPECT_EQ(Send(partner_, Start(1), {}).lines[0], "resume 1");
}

TEST_F(ExchangeTest, RefusesStreamsThatAreNone) {
  pb::ImportStart wrong = Start(1);
  wrong.set_source("Jobaway !");
  wrong.set_run("1");
  const absl::Status fields = Send(partner_, wrong, {}).status;
  ASSERT_TRUE(GetErrorDetails(fields).has_value());
  EXPECT_EQ(GetErrorDetails(fields)->fields.size(), 2u);
  // What came before the line that does not ascend is committed.
  const Answer descends = Send(partner_, Start(2), {Item(2, "a"), Item(2, "b")});
  EXPECT_TRUE(absl::IsInvalidArgument(descends.status));
  EXPECT_THAT(descends.lines, ElementsAre("resume 0", "2 a ADDED"));
  ItemReader none({});
  KeptAnswers<pb::ImportOffersResponse> writer;
  EXPECT_TRUE(absl::IsInvalidArgument(exchange_.ImportOffers(partner_, none, writer)));
  partner_.caller.scopes = {"offers.read"};
  EXPECT_TRUE(absl::IsPermissionDenied(Send(partner_, Start(3), {}).status));
  pb::ImportOfferBatchRequest batch;
  *batch.mutable_start() = Start(4);
  Violations violations;
  OfferExchangeApi::Validate(batch, violations);
  EXPECT_FALSE(violations.empty());
}

}  // namespace
}  // namespace dm::catalogue
