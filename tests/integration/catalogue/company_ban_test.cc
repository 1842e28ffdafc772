// Bans of companies: what they take from the public, who decides them, and how they end.
#include "absl/strings/str_cat.h"
#include "common/events/outbox.h"
#include "common/text/uuid.h"
#include "services/catalogue/jobs/ban_ends.h"
#include "services/catalogue/store/offer_records.h"
#include "services/catalogue/store/offer_writes.h"
#include "tests/integration/catalogue/moderation_world.h"

#include <set>
#include <string>
#include <thread>
#include <vector>

namespace dm::catalogue {
namespace {

constexpr database::Statement kSuspended{
    "test_suspended",
    "SELECT FROM offers o JOIN offer_transitions t ON (t.offer_id, t.version) = (o.id, o.version) "
    "WHERE siret = '00061001400011' AND o.state = 4 AND NOT o.published AND t.from_state = 3 AND "
    "t.to_state = 4 AND t.party = 'SYSTEM' AND t.why = 'COMPANY_BANNED'"};

pb::LiftCompanyBanRequest LiftRequest() {
  pb::LiftCompanyBanRequest request;
  request.set_name(absl::StrCat("companies/", kLemoine));
  request.set_request_id(NewUuid(absl::Now()));
  return request;
}

TEST_F(ModerationTest, ABanSuspendsWhatIsPublishedAndTellsIt) {
  const auto found = [&] {
    CatchUp();
    pb::SearchOffersRequest request;
    request.add_companies(kLemoine);
    const auto answer = api_.SearchOffers(call_, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? static_cast<int>(answer->total_size()) : -1;
  };
  const auto published = static_cast<int64_t>(Ask(kPublished).size());
  ASSERT_GT(published, 0);
  ASSERT_GT(found(), 0);
  const int64_t before = Events("OfferChanged");
  const auto ban = moderation_.BanCompany(agency_, BanRequest());
  ASSERT_TRUE(ban.ok()) << ban.status();
  EXPECT_EQ(ban->justification(), kWhy);
  EXPECT_EQ(ban->start_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  EXPECT_EQ(Ask(kPublished).size(), 0u);
  EXPECT_EQ(static_cast<int64_t>(Ask(kSuspended).size()), published);
  EXPECT_EQ(Events("OfferChanged"), before + published);
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(found(), 0);
  ExpectNowhere("familles");
}

TEST_F(ModerationTest, ARepeatedBanGetsTheFirstAnswerAlsoAfterItWasLifted) {
  const pb::BanCompanyRequest request = BanRequest();
  const auto first = moderation_.BanCompany(agency_, request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(moderation_.LiftBan(agency_, LiftRequest()).ok());
  const auto again = moderation_.BanCompany(agency_, request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  pb::BanCompanyRequest other = request;
  other.set_justification("Une toute autre raison, tout aussi longue.");
  EXPECT_EQ(ErrorReasonOf(moderation_.BanCompany(agency_, other).status()), "REQUEST_ID_REUSED");
}

TEST_F(ModerationTest, OfAgenciesThatBanAtOnceTheFirstOneCounts) {
  std::vector<std::thread> agencies;
  std::vector<absl::StatusOr<pb::CompanyBan>> bans(6, absl::UnknownError(""));
  for (size_t i = 0; i < bans.size(); ++i) {
    agencies.emplace_back([&, i] {
      pb::BanCompanyRequest request = BanRequest();
      request.set_justification(absl::StrCat(kWhy, " ", i));
      bans[i] = moderation_.BanCompany(As(absl::StrCat("agence-", i), auth::Role::kAgency, "61"),
                                       request);
    });
  }
  for (std::thread& agency : agencies) agency.join();
  std::set<std::string> justifications;
  for (const auto& ban : bans) {
    ASSERT_TRUE(ban.ok()) << ban.status();
    justifications.insert(ban->justification());
  }
  EXPECT_EQ(justifications.size(), 1u);
  EXPECT_EQ(Ask({"test_bans", "SELECT FROM company_bans"}).size(), 1u);
}

TEST_F(ModerationTest, DecisionsOnACompanyAreForItsAgencyAndOperators) {
  As host{"hote", auth::Role::kAgency, "14"};
  host.caller.roles.Add(auth::Role::kHost);
  host.caller.companies = {kLemoine};
  const As elsewhere{"agence-14", auth::Role::kAgency, "14"};
  const int64_t before = Events("OfferChanged");
  for (const As* call : {static_cast<const As*>(&host), &elsewhere}) {
    EXPECT_EQ(moderation_.BanCompany(*call, BanRequest()).status().code(),
              absl::StatusCode::kNotFound);
    EXPECT_EQ(moderation_.LiftBan(*call, LiftRequest()).status().code(),
              absl::StatusCode::kNotFound);
  }
  pb::BanCompanyRequest unknown = BanRequest();
  unknown.set_name("companies/73282932000074");
  EXPECT_EQ(moderation_.BanCompany(operator_, unknown).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(moderation_.LiftBan(agency_, LiftRequest()).status().code(),
            absl::StatusCode::kNotFound)
      << "there is no ban";
  EXPECT_EQ(Events("OfferChanged"), before);
  EXPECT_TRUE(moderation_.BanCompany(agency_, BanRequest()).ok());
}

TEST_F(ModerationTest, LiftingABanPublishesNothing) {
  ASSERT_TRUE(moderation_.BanCompany(agency_, BanRequest()).ok());
  const auto lifted = moderation_.LiftBan(agency_, LiftRequest());
  ASSERT_TRUE(lifted.ok()) << lifted.status();
  EXPECT_TRUE(lifted->has_lift_time());
  EXPECT_EQ(lifted->justification(), kWhy);
  clock_.Set(clock_.Now() + absl::Hours(1));
  const auto again = moderation_.LiftBan(agency_, LiftRequest());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), lifted->SerializeAsString());
  EXPECT_EQ(Ask(kPublished).size(), 0u);
  EXPECT_EQ(Ask({"test_banned", "SELECT FROM companies WHERE banned"}).size(), 0u);
  EXPECT_TRUE(moderation_.BanCompany(agency_, BanRequest()).ok());
}

TEST_F(ModerationTest, ABanWithAnEndIsLiftedByItselfOnceItHasCome) {
  pb::BanCompanyRequest request = BanRequest();
  request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()) - 1);
  EXPECT_EQ(ErrorReasonOf(moderation_.BanCompany(agency_, request).status()), "INVALID_FIELDS");
  request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 3600);
  ASSERT_TRUE(moderation_.BanCompany(agency_, request).ok());
  BanEnds ends(database_.get(), &clock_, [this] { ++wakes_; });
  const auto lift = [&] {
    const auto lifted = ends.LiftNow(absl::Now() + absl::Minutes(1));
    EXPECT_TRUE(lifted.ok()) << lifted.status();
    return lifted.value_or(-1);
  };
  clock_.Set(clock_.Now() + absl::Minutes(59));
  EXPECT_EQ(lift(), 0);
  clock_.Set(clock_.Now() + absl::Minutes(1));
  EXPECT_EQ(lift(), 1);
  EXPECT_EQ(lift(), 0);
  EXPECT_EQ(Ask({"test_lifted", "SELECT FROM company_bans WHERE lifted_by = 'system'"}).size(), 1u);
  EXPECT_EQ(Ask({"test_banned", "SELECT FROM companies WHERE banned"}).size(), 0u);
  EXPECT_EQ(Ask(kPublished).size(), 0u);
}

TEST_F(ModerationTest, ABanWhoseEndHasComeStandsInNobodysWay) {
  pb::BanCompanyRequest request = BanRequest();
  request.mutable_end_time()->set_seconds(absl::ToUnixSeconds(clock_.Now()) + 3600);
  ASSERT_TRUE(moderation_.BanCompany(agency_, request).ok());
  clock_.Set(clock_.Now() + absl::Minutes(61));
  const auto second = moderation_.BanCompany(agency_, BanRequest());
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->start_time().seconds(), absl::ToUnixSeconds(clock_.Now()));
  BanEnds ends(database_.get(), &clock_, nullptr);
  EXPECT_EQ(ends.LiftNow(absl::Now() + absl::Minutes(1)).value_or(-1), 0);
  EXPECT_EQ(Ask({"test_banned", "SELECT FROM companies WHERE banned"}).size(), 1u);
}

TEST_F(ModerationTest, NoOfferThatIsApprovedMeanwhileEscapesABan) {
  const std::string id = AnOffer().substr(7);
  const auto hand_in = [&] {
    const absl::Status status =
        owner_->Write(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
          transaction.raw().exec(
              absl::StrCat("UPDATE offers SET state = 2, published = false WHERE id = '", id, "'"));
          return absl::OkStatus();
        });
    EXPECT_TRUE(status.ok()) << status;
  };
  for (int round = 0; round < 8; ++round) {
    hand_in();
    std::thread approval([&] {
      const absl::Status status = database_->Write(
          absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
            auto record = LockOffer(transaction, id);
            const auto step =
                DecideOfferStep(record->Name(), record->offer.state, OfferStep::kApprove,
                                OfferParty::kAgency, {.company_banned = record->company.banned});
            if (!step.ok()) return absl::OkStatus();
            OfferWrites writes(&transaction, clock_.Now());
            const absl::Status done =
                writes.Step(&*record, *step, {"people/agence-61", OfferParty::kAgency});
            if (!done.ok()) return done;
            events::AppendToOutbox(transaction, writes.Finish(), "", clock_.Now());
            return absl::OkStatus();
          });
      EXPECT_TRUE(status.ok()) << status;
    });
    const auto ban = moderation_.BanCompany(agency_, BanRequest());
    approval.join();
    ASSERT_TRUE(ban.ok()) << ban.status();
    EXPECT_EQ(Ask(kPublished).size(), 0u) << "an offer of a banned company is published";
    clock_.Set(clock_.Now() + absl::Minutes(1));
    ASSERT_TRUE(moderation_.LiftBan(agency_, LiftRequest()).ok());
  }
}

}  // namespace
}  // namespace dm::catalogue
