#include "services/catalogue/jobs/archive_past.h"

#include "tests/integration/catalogue/offer_world.h"

#include <atomic>
#include <future>

namespace dm::catalogue {
namespace {

class ArchivePastTest : public OfferWorld {
 protected:
  int Run() {
    const auto archived = job_.RunOnce();
    EXPECT_TRUE(archived.ok()) << archived.status();
    return archived.value_or(-1);
  }

  void PassTime(absl::Duration time) { clock_.Set(clock_.Now() + time); }

  std::string PublishUntil(absl::Duration wait) {
    pb::Offer offer = Bakery();
    *offer.mutable_sessions(0) = SessionAfter(wait - absl::Hours(8));
    const std::string name = Must(offers_.CreateOffer(host_, ToCreate(offer))).offer().name();
    Must(Step(host_, "SUBMIT", name));
    Must(Step(agency_, "APPROVE", name));
    return name;
  }

  std::atomic<int> woken_ = 0;
  // Small transactions, so that there are several.
  ArchivePast job_{database_.get(), &clock_, [this] { ++woken_; }, 2};
};

TEST_F(ArchivePastTest, EndsAnOfferWithItsLastSession) {
  const std::string name = PublishUntil(absl::Hours(48));
  pb::CreateSessionRequest another;
  another.set_parent(name);
  *another.mutable_session() = SessionAfter(absl::Hours(60));
  another.set_request_id(Fresh());
  Must(offers_.CreateSession(host_, another));
  const std::string draft = Create().offer().name();
  Run();
  PassTime(absl::Hours(50));
  Run();
  EXPECT_EQ(StateOf(name), "STATE_PUBLISHED");
  // To the instant.
  PassTime(absl::Hours(18) - absl::Microseconds(1));
  Run();
  EXPECT_EQ(StateOf(name), "STATE_PUBLISHED");
  PassTime(absl::Microseconds(1));
  woken_ = 0;
  EXPECT_GE(Run(), 1);
  EXPECT_GE(woken_, 1);
  const pb::OfferRecord record = Read(name);
  EXPECT_EQ(record.offer().state(), pb::Offer::STATE_ARCHIVED);
  EXPECT_EQ(record.cause(), pb::OfferRecord::CAUSE_SESSIONS_PAST);
  EXPECT_EQ(record.decided_by(), pb::OfferRecord::PARTY_SYSTEM);
  EXPECT_EQ(Told(name).back(), "PUBLISHED>ARCHIVED SYSTEM SESSIONS_PAST");
  EXPECT_EQ(StateOf(draft), "STATE_DRAFT");
  woken_ = 0;
  EXPECT_EQ(Run(), 0);
  EXPECT_EQ(woken_, 0);
}

TEST_F(ArchivePastTest, LeavesOffersThatNeverHadASession) {
  pb::Offer offer = Bakery();
  const std::string name = Must(offers_.CreateOffer(host_, ToCreate(offer))).offer().name();
  Must(Step(host_, "SUBMIT", name));
  Must(Step(agency_, "APPROVE", name));
  Ask({"test_none", "DELETE FROM sessions"});
  PassTime(absl::Hours(24 * 400));
  EXPECT_EQ(Run(), 0);
  EXPECT_EQ(StateOf(name), "STATE_PUBLISHED");
}

TEST_F(ArchivePastTest, EndsWhatIsShownAgainAfterItsLastSession) {
  const std::string name = PublishUntil(absl::Hours(48));
  Must(Step(host_, "SUSPEND", name));
  PassTime(absl::Hours(72));
  Run();
  PassTime(absl::Hours(24));
  Run();
  EXPECT_EQ(StateOf(name), "STATE_SUSPENDED");
  Must(Step(host_, "RESUME", name));
  PassTime(absl::Minutes(10));
  EXPECT_EQ(Run(), 1);
  EXPECT_EQ(StateOf(name), "STATE_ARCHIVED");
}

TEST_F(ArchivePastTest, TwoReplicasEndEachOfferOnce) {
  Run();
  std::vector<std::string> names;
  names.reserve(7);
  for (int i = 0; i < 7; ++i) names.push_back(PublishUntil(absl::Hours(48) + absl::Seconds(i / 3)));
  PassTime(absl::Hours(49));
  const auto other = test_.OpenAs("catalogue");
  const ArchivePast second(
      other.get(), &clock_, [] {}, 2);
  while (true) {
    auto one = std::async(std::launch::async, [&] { return job_.RunOnce(); });
    const auto two = second.RunOnce();
    const auto first = one.get();
    ASSERT_TRUE(first.ok() && two.ok()) << first.status() << two.status();
    // Whoever finds the other at it leaves it to them.
    if (*first + *two == 0) break;
  }
  for (const std::string& name : names) {
    EXPECT_EQ(StateOf(name), "STATE_ARCHIVED");
    EXPECT_EQ(Told(name).size(), 4u);
  }
}

TEST_F(ArchivePastTest, AListBringsAnOfferBackWithAnotherSessionAlone) {
  const std::string name = PublishUntil(absl::Hours(48));
  const std::string key = Read(name).key();
  PassTime(absl::Hours(72));
  Run();
  const Files offers = {
      {"o.csv", absl::StrCat("siret,key,rome_code,title,description,audiences,"
                             "published\n",
                             kLemoine, ",", key, ",D1102,Au fournil,,TROISIEME,O\n")}};
  MustImport("offers", offers);
  EXPECT_EQ(StateOf(name), "STATE_ARCHIVED");
  EXPECT_EQ(Counts(MustImport("offers", offers), "offers"), "1 0 0 0 0");
  Files again = offers;
  again["s.csv"] = absl::StrCat("siret,key,start,end,capacity\n", kLemoine, ",", key,
                                ",2027-03-01T09:00,2027-03-03T17:00,3\n");
  MustImport("offers", again);
  EXPECT_EQ(StateOf(name), "STATE_PUBLISHED");
  EXPECT_EQ(Told(name).back(), "ARCHIVED>PUBLISHED OPERATOR IMPORTED");
  EXPECT_EQ(Run(), 0);
}

}  // namespace
}  // namespace dm::catalogue
