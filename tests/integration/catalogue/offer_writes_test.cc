#include "services/catalogue/store/offer_writes.h"

#include "common/events/outbox.h"
#include "destinationmetier/event/v1/offer_events.pb.h"
#include "services/catalogue/domain/offer_rules.h"
#include "services/catalogue/store/offer_records.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <future>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;

const OfferActor kAgency{.person = "people/agence", .party = OfferParty::kAgency};

class OfferWritesTest : public CatalogueTest {
 protected:
  OfferWritesTest() { ImportSeed(); }

  absl::Time Now() const { return clock_.Now(); }

  NewOffer Bakery() const {
    return {.siret = kLemoine,
            .key = "fournil",
            .content = {.rome_code = "D1102",
                        .title = "Au fournil",
                        .description = "Une journée avec l'équipe du fournil, du pétrin au four.",
                        .audiences = {2}},
            .sessions = {
                {.start = Now() + absl::Hours(48), .end = Now() + absl::Hours(56), .capacity = 2}}};
  }

  // Runs the body, then tells what it wrote.
  template <typename Body>
  absl::Status Write(const Body& body) {
    return database_->Write(
        absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          OfferWrites writes(&transaction, Now());
          if (absl::Status status = body(transaction, writes); !status.ok()) return status;
          events::AppendToOutbox(transaction, writes.Finish(), call_.traceparent, Now());
          return absl::OkStatus();
        });
  }

  static absl::Status Take(OfferWrites& writes, OfferRecord* record, OfferStep step) {
    const auto taken = DecideOfferStep(record->Name(), record->offer.state, step,
                                       OfferParty::kAgency, FactsOf(*record, absl::UnixEpoch()));
    if (!taken.ok()) return taken.status();
    return writes.Step(record, *taken, kAgency);
  }

  std::string MustBegin(std::vector<OfferStep> steps) {
    std::string id;
    const absl::Status status =
        Write([&](database::Transaction& transaction, OfferWrites& writes) -> absl::Status {
          EXPECT_TRUE(LockCompany(transaction, kLemoine).has_value());
          const OfferTransition begun =
              *FindOfferTransition(std::nullopt, OfferStep::kCreate, OfferParty::kAgency);
          OfferRecord record = writes.Begin(Bakery(), begun, kAgency);
          id = record.offer.id;
          for (const OfferStep step : steps) {
            if (absl::Status taken = Take(writes, &record, step); !taken.ok()) return taken;
          }
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
    return id;
  }

  OfferRecord Read(const std::string& id) {
    const auto found = FindOfferRecord(*database_, absl::Now() + absl::Seconds(30), id);
    EXPECT_TRUE(found.ok() && found->has_value()) << found.status();
    return found.ok() && found->has_value() ? **found : OfferRecord();
  }

  std::vector<std::string> Lines(const database::Statement& statement) {
    std::vector<std::string> lines;
    for (const pqxx::row& row : Ask(statement)) lines.emplace_back(row[0].c_str());
    return lines;
  }

  bool IsFound(const std::string& id) {
    pb::SearchOffersRequest request;
    request.add_companies(kLemoine);
    CatchUp();
    const auto found = api_.SearchOffers(call_, request);
    EXPECT_TRUE(found.ok()) << found.status();
    for (const pb::Offer& offer : found->offers()) {
      if (offer.name() == "offers/" + id) return true;
    }
    return false;
  }
};

TEST_F(OfferWritesTest, AnOfferIsBegunHandedInAndPublishedInOneTransaction) {
  const int64_t scheduled = Events("SessionScheduled");
  const std::string id = MustBegin({OfferStep::kSubmit, OfferStep::kApprove});
  const OfferRecord record = Read(id);
  EXPECT_EQ(record.offer.state, OfferState::kPublished);
  EXPECT_EQ(record.version, 3);
  EXPECT_EQ(record.publish_time, Now());
  EXPECT_EQ(record.offer.place.department, "61");
  ASSERT_EQ(record.offer.sessions.size(), 1u);
  EXPECT_EQ(ContentOf(record.offer), Bakery().content);
  EXPECT_TRUE(IsFound(id));
  EXPECT_EQ(Events("SessionScheduled"), scheduled + 1);
  EXPECT_THAT(Lines({"test_transitions", R"sql(
                SELECT concat_ws(' ', t.version, t.party, t.from_state, t.to_state)
                FROM offer_transitions t JOIN offers o ON o.id = t.offer_id
                WHERE o.key = 'fournil' ORDER BY t.version
              )sql"}),
              ElementsAre("1 AGENCY 1", "2 AGENCY 1 2", "3 AGENCY 2 3"));
  EXPECT_THAT(Lines({"test_count", R"sql(
                SELECT c.offer_count = count(o.id) FILTER (WHERE o.published)
                FROM companies c JOIN offers o USING (siret)
                WHERE siret = '00061001400011' GROUP BY c.siret
              )sql"}),
              ElementsAre("t"));
}

TEST_F(OfferWritesTest, ADraftMayLackItsProfessionAndNothingElseMay) {
  const std::string id = MustBegin({});
  const auto without = [&](OfferWrites& writes, OfferRecord record) {
    OfferContent content = ContentOf(record.offer);
    content.rome_code.clear();
    return writes.Change(&record, content);
  };
  const auto change = [&](database::Transaction& transaction, OfferWrites& writes) {
    return without(writes, *LockOffer(transaction, id));
  };
  ASSERT_TRUE(Write(change).ok());
  EXPECT_EQ(Read(id).offer.rome_code, "");
  EXPECT_EQ(Read(id).offer.place.department, "61");
  EXPECT_THAT(LacksOf(Read(id).offer, false, Now()).at(0).field, "profession");
  const absl::Status shown = Write([&](database::Transaction& transaction, OfferWrites& writes) {
    OfferRecord record = *LockOffer(transaction, id);
    return writes.Step(
        &record, *FindOfferTransition(OfferState::kDraft, OfferStep::kSubmit, OfferParty::kAgency),
        kAgency);
  });
  EXPECT_EQ(database::ViolatedConstraint(shown), "offers_shown_has_profession") << shown;
}

TEST_F(OfferWritesTest, ASuspendedCompanyKeepsNothingInSight) {
  const std::string id = MustBegin({OfferStep::kSubmit, OfferStep::kApprove});
  const int64_t closed = Events("SessionClosed");
  ASSERT_TRUE(Write([&](database::Transaction& transaction, OfferWrites& writes) {
                LockCompany(transaction, kLemoine);
                return writes.SuspendAll(kLemoine, OfferStep::kCompanyBanned);
              }).ok());
  const OfferRecord record = Read(id);
  EXPECT_EQ(record.offer.state, OfferState::kSuspended);
  EXPECT_EQ(record.why, "COMPANY_BANNED");
  EXPECT_EQ(record.decided_by, OfferParty::kSystem);
  EXPECT_FALSE(IsFound(id));
  EXPECT_GT(Events("SessionClosed"), closed);
  EXPECT_THAT(
      Lines({"test_count", "SELECT offer_count FROM companies WHERE siret = '00061001400011'"}),
      ElementsAre("0"));
}

TEST_F(OfferWritesTest, AWriteOfWhatIsNoLongerSoIsAborted) {
  const std::string id = MustBegin({});
  const OfferRecord seen = Read(id);
  const auto change = [&](database::Transaction&, OfferWrites& writes) {
    OfferRecord record = seen;
    return writes.Change(&record, ContentOf(record.offer));
  };
  ASSERT_TRUE(Write(change).ok());
  const absl::Status late = Write(change);
  EXPECT_EQ(late.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReasonOf(late), "ETAG_MISMATCH");
}

TEST_F(OfferWritesTest, AFreeKeyIsCountedUpAndFits) {
  MustBegin({});
  const auto free = [&](const std::string& key) {
    std::string found;
    EXPECT_TRUE(Write([&](database::Transaction& transaction, OfferWrites&) {
                  found = FreeOfferKey(transaction, kLemoine, key);
                  return absl::OkStatus();
                }).ok());
    return found;
  };
  EXPECT_EQ(free("fournil"), "fournil-2");
  EXPECT_EQ(free(std::string(40, 'k')), std::string(38, 'k') + "-2");
}

}  // namespace
}  // namespace dm::catalogue
