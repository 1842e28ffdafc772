#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/integration/catalogue/offer_world.h"

#include <future>
#include <thread>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class OfferStepsTest : public OfferWorld {
 protected:
  const rpc::Call& CallOf(char who) {
    switch (who) {
      case 'H':
        return host_;
      case 'A':
        return agency_;
      case 'O':
        return operator_;
      default:
        return elsewhere_;
    }
  }

  // Bans the company as moderation does.
  static void Ban(database::Transaction& transaction) {
    constexpr database::Statement kLock{"test_lock",
                                        "SELECT FROM companies WHERE siret = $1 FOR NO KEY UPDATE"};
    constexpr database::Statement kBan{"test_ban",
                                       "UPDATE companies SET banned = true WHERE siret = $1"};
    transaction.Exec(kLock, kLemoine);
    transaction.Exec(kBan, kLemoine);
  }
};

struct Story {
  const char* what;
  // "H:SUBMIT A:APPROVE": what is done, by the host, the agency, an operator or another agency.
  const char* steps;
  // State, cause and who decided; or how the last step was refused.
  const char* end;
};

constexpr Story kStories[] = {
    {"a draft", "", "STATE_DRAFT CAUSE_UNSPECIFIED PARTY_HOST"},
    {"handed in", "H:SUBMIT", "STATE_SUBMITTED CAUSE_UNSPECIFIED PARTY_HOST"},
    {"by the agency", "A:SUBMIT", "STATE_SUBMITTED CAUSE_UNSPECIFIED PARTY_AGENCY"},
    {"approved", "H:SUBMIT A:APPROVE", "STATE_PUBLISHED CAUSE_UNSPECIFIED PARTY_AGENCY"},
    {"approved by an operator", "H:SUBMIT O:APPROVE",
     "STATE_PUBLISHED CAUSE_UNSPECIFIED PARTY_OPERATOR"},
    {"given back", "H:SUBMIT A:REJECT", "STATE_DRAFT CAUSE_REJECTED PARTY_AGENCY"},
    {"given back and handed in again", "H:SUBMIT A:REJECT H:SUBMIT",
     "STATE_SUBMITTED CAUSE_UNSPECIFIED PARTY_HOST"},
    {"suspended by its host", "H:SUBMIT A:APPROVE H:SUSPEND",
     "STATE_SUSPENDED CAUSE_HOST_DECISION PARTY_HOST"},
    {"and resumed", "H:SUBMIT A:APPROVE H:SUSPEND H:RESUME",
     "STATE_PUBLISHED CAUSE_UNSPECIFIED PARTY_HOST"},
    {"suspended by the agency", "H:SUBMIT A:APPROVE A:SUSPEND",
     "STATE_SUSPENDED CAUSE_AGENCY_DECISION PARTY_AGENCY"},
    {"which the host cannot lift", "H:SUBMIT A:APPROVE A:SUSPEND H:RESUME", "OFFER_STATE_CONFLICT"},
    {"but an operator can", "H:SUBMIT A:APPROVE A:SUSPEND O:RESUME",
     "STATE_PUBLISHED CAUSE_UNSPECIFIED PARTY_OPERATOR"},
    {"ended", "H:ARCHIVE", "STATE_ARCHIVED CAUSE_HOST_DECISION PARTY_HOST"},
    {"ended for good", "H:ARCHIVE A:RESUME", "OFFER_STATE_CONFLICT"},
    {"approved unasked", "A:APPROVE", "OFFER_STATE_CONFLICT"},
    {"approved by its host", "H:SUBMIT H:APPROVE", "RESOURCE_NOT_FOUND"},
    {"handed in twice", "H:SUBMIT H:SUBMIT", "OFFER_STATE_CONFLICT"},
    {"approved by another agency", "H:SUBMIT X:APPROVE", "RESOURCE_NOT_FOUND"},
    {"ended by another agency", "X:ARCHIVE", "RESOURCE_NOT_FOUND"},
};

TEST_F(OfferStepsTest, GoWhereTheyAreToldToGo) {
  for (const Story& story : kStories) {
    SCOPED_TRACE(story.what);
    const std::string name = Create().offer().name();
    std::string end;
    for (const absl::string_view step : absl::StrSplit(story.steps, ' ', absl::SkipEmpty())) {
      ASSERT_EQ(end, "");
      const auto done = Step(CallOf(step[0]), std::string(step.substr(2)), name);
      end = ErrorReasonOf(done.status());
    }
    if (end.empty()) {
      const pb::OfferRecord record = Read(name);
      end = absl::StrJoin({pb::Offer::State_Name(record.offer().state()),
                           pb::OfferRecord::Cause_Name(record.cause()),
                           pb::OfferRecord::Party_Name(record.decided_by())},
                          " ");
    }
    EXPECT_EQ(end, story.end);
  }
}

TEST_F(OfferStepsTest, EachIsToldToFeedsAndToSearches) {
  const std::string name = Create().offer().name();
  EXPECT_FALSE(IsFound(name));
  const int64_t scheduled = Events("SessionScheduled");
  EXPECT_EQ(Must(Step(host_, "SUBMIT", name)).etag(), "v2");
  EXPECT_FALSE(IsFound(name));
  EXPECT_EQ(Events("SessionScheduled"), scheduled);
  wakes_ = 0;
  EXPECT_TRUE(Must(Step(agency_, "APPROVE", name)).has_publish_time());
  EXPECT_EQ(wakes_, 1);
  EXPECT_TRUE(IsFound(name));
  EXPECT_EQ(Events("SessionScheduled"), scheduled + 1);
  const int64_t closed = Events("SessionClosed");
  Must(Step(agency_, "SUSPEND", name));
  EXPECT_FALSE(IsFound(name));
  EXPECT_EQ(Events("SessionClosed"), closed + 1);
  Must(Step(operator_, "ARCHIVE", name));
  EXPECT_THAT(Told(name),
              ElementsAre(">DRAFT HOST ", "DRAFT>SUBMITTED HOST ", "SUBMITTED>PUBLISHED AGENCY ",
                          "PUBLISHED>SUSPENDED AGENCY AGENCY_DECISION",
                          "SUSPENDED>ARCHIVED OPERATOR AGENCY_DECISION"));
}

TEST_F(OfferStepsTest, TheReasonIsForTheCompanyAndStaysHere) {
  const std::string name = Create().offer().name();
  Must(Step(host_, "SUBMIT", name));
  auto reject = For<pb::RejectOfferRequest>(name);
  reject.set_reason("Demandez à Mme Durand ce que fera le stagiaire.");
  const auto rejected = Must(offers_.RejectOffer(agency_, reject));
  EXPECT_EQ(rejected.cause_text(), reject.reason());
  EXPECT_EQ(Must(offers_.RejectOffer(agency_, reject)).cause_text(), reject.reason());
  for (const auto& statement :
       {database::Statement{"test_payloads", "SELECT payload FROM outbox"},
        database::Statement{"test_answers", "SELECT answer FROM answered_requests"}}) {
    for (const pqxx::row& row : Ask(statement)) {
      EXPECT_THAT(database::FromBytea(row[0]), Not(HasSubstr("Durand")));
      EXPECT_THAT(database::FromBytea(row[0]), Not(HasSubstr("pétrin")));
    }
  }
  // It goes with what it was said of.
  EXPECT_EQ(Must(Step(host_, "SUBMIT", name)).cause_text(), "");
}

TEST_F(OfferStepsTest, WhatIsMissingIsNamedAllAtOnceAndTheDraftStays) {
  pb::Offer offer;
  offer.set_description("Trop court.");
  const std::string name = Must(offers_.CreateOffer(host_, ToCreate(offer))).offer().name();
  EXPECT_EQ(Read(name).offer().profession(), "");
  const auto submitted = Step(host_, "SUBMIT", name);
  EXPECT_EQ(submitted.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReasonOf(submitted.status()), "OFFER_INCOMPLETE");
  EXPECT_THAT(FieldsOf(submitted.status()),
              ElementsAre("offer.title", "offer.description", "offer.audiences", "offer.profession",
                          "offer.sessions"));
  EXPECT_EQ(StateOf(name), "STATE_DRAFT");
  EXPECT_EQ(Read(name).etag(), "v1");
}

TEST_F(OfferStepsTest, AnEtagThatIsNotTheCurrentOneChangesNothing) {
  const pb::OfferRecord created = Create();
  const std::string name = created.offer().name();
  EXPECT_EQ(Must(Step(host_, "SUBMIT", name, created.etag())).etag(), "v2");
  const auto late = Step(agency_, "APPROVE", name, created.etag());
  EXPECT_EQ(late.status().code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ErrorReasonOf(late.status()), "ETAG_MISMATCH");
  EXPECT_EQ(StateOf(name), "STATE_SUBMITTED");
  EXPECT_TRUE(Step(agency_, "APPROVE", name, "\"v2\"").ok());
}

TEST_F(OfferStepsTest, ARepeatedRequestChangesNothingAndAnotherOneOfTheSameIdIsRefused) {
  const std::string name = Create().offer().name();
  auto submit = For<pb::SubmitOfferRequest>(name);
  const auto first = Must(offers_.SubmitOffer(host_, submit));
  EXPECT_EQ(Must(offers_.SubmitOffer(host_, submit)).SerializeAsString(),
            first.SerializeAsString());
  submit.set_name(absl::StrCat("offers/", absl::AsciiStrToUpper(name.substr(7))));
  submit.set_request_id(absl::AsciiStrToUpper(submit.request_id()));
  EXPECT_EQ(Must(offers_.SubmitOffer(host_, submit)).SerializeAsString(),
            first.SerializeAsString());
  EXPECT_EQ(Told(name).size(), 2u);
  submit.set_etag("v2");
  const auto other = offers_.SubmitOffer(host_, submit);
  EXPECT_EQ(ErrorReasonOf(other.status()), "REQUEST_ID_REUSED");
  // Who has lost the company meanwhile learns no more of it.
  submit.set_etag("");
  host_.caller.companies = {};
  EXPECT_EQ(offers_.SubmitOffer(host_, submit).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(OfferStepsTest, OfTwoModeratorsAtOnceOneIsHeard) {
  for (int round = 0; round < 5; ++round) {
    const std::string name = Create().offer().name();
    const std::string etag = Must(Step(host_, "SUBMIT", name)).etag();
    // Half of the rounds without the etag that they saw.
    const auto take = [&](const rpc::Call& call, const char* step) {
      return std::async(std::launch::async,
                        [this, &call, step, name, request_id = Fresh(),
                         seen = round % 2 == 0 ? etag : ""]() -> absl::Status {
                          if (std::string(step) == "APPROVE") {
                            pb::ApproveOfferRequest request;
                            request.set_name(name);
                            request.set_etag(seen);
                            request.set_request_id(request_id);
                            return offers_.ApproveOffer(call, request).status();
                          }
                          pb::RejectOfferRequest request;
                          request.set_name(name);
                          request.set_etag(seen);
                          request.set_request_id(request_id);
                          request.set_reason("Précisez ce que fera le stagiaire.");
                          return offers_.RejectOffer(call, request).status();
                        });
    };
    auto approval = take(agency_, "APPROVE");
    auto rejection = take(second_, "REJECT");
    const absl::Status approved = approval.get();
    const absl::Status rejected = rejection.get();
    EXPECT_NE(approved.ok(), rejected.ok()) << approved << " " << rejected;
    EXPECT_EQ((approved.ok() ? rejected : approved).code(),
              round % 2 == 0 ? absl::StatusCode::kAborted : absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(StateOf(name), approved.ok() ? "STATE_PUBLISHED" : "STATE_DRAFT");
  }
}

TEST_F(OfferStepsTest, AnApprovalWaitsForABanAndIsThenRefused) {
  const std::string name = Create().offer().name();
  Must(Step(host_, "SUBMIT", name));
  std::future<absl::Status> approval;
  const absl::Status banned =
      database_->Write(absl::Now() + absl::Seconds(30), [&](database::Transaction& transaction) {
        Ban(transaction);
        approval =
            std::async(std::launch::async, [&] { return Step(agency_, "APPROVE", name).status(); });
        // It waits for the company.
        constexpr database::Statement kWaiting{"test_waiting",
                                               "SELECT FROM pg_locks WHERE NOT granted"};
        const absl::Time deadline = absl::Now() + absl::Seconds(20);
        while (transaction.Exec(kWaiting).empty() && absl::Now() < deadline) {
          std::this_thread::yield();
        }
        EXPECT_LT(absl::Now(), deadline) << "the approval did not wait for the ban";
        return absl::OkStatus();
      });
  ASSERT_TRUE(banned.ok()) << banned;
  EXPECT_EQ(ErrorReasonOf(approval.get()), "COMPANY_BANNED");
  EXPECT_EQ(StateOf(name), "STATE_SUBMITTED");
}

TEST_F(OfferStepsTest, ABannedCompanyBeginsNothingAndMayStillEndWhatItHas) {
  const std::string name = Publish();
  ASSERT_TRUE(database_
                  ->Write(absl::Now() + absl::Seconds(30),
                          [&](database::Transaction& transaction) {
                            Ban(transaction);
                            return absl::OkStatus();
                          })
                  .ok());
  EXPECT_EQ(ErrorReasonOf(offers_.CreateOffer(host_, ToCreate(Bakery())).status()),
            "COMPANY_BANNED");
  pb::DuplicateOfferRequest duplicate;
  duplicate.set_name(name);
  duplicate.set_request_id(Fresh());
  EXPECT_EQ(ErrorReasonOf(offers_.DuplicateOffer(host_, duplicate).status()), "COMPANY_BANNED");
  EXPECT_TRUE(Step(host_, "ARCHIVE", name).ok());
}

TEST_F(OfferStepsTest, ManyAtOnceOnOneOfferLeaveOneHistory) {
  const std::string name = Publish();
  std::vector<std::future<void>> clients;
  for (int i = 0; i < 4; ++i) {
    const std::string suspend = Fresh();
    const std::string resume = Fresh();
    clients.push_back(std::async(std::launch::async, [this, name, suspend, resume] {
      pb::SuspendOfferRequest out;
      out.set_name(name);
      out.set_request_id(suspend);
      (void)offers_.SuspendOffer(host_, out);
      pb::ResumeOfferRequest in;
      in.set_name(name);
      in.set_request_id(resume);
      (void)offers_.ResumeOffer(host_, in);
    }));
  }
  for (auto& client : clients) client.get();
  const std::string version = Read(name).etag().substr(1);
  const auto broken = Ask({"test_history", R"sql(
    SELECT count(*) AS steps,
           count(*) FILTER (WHERE t.from_state IS DISTINCT FROM t.before AND t.version > 1)
             AS broken
    FROM (SELECT *, lag(to_state) OVER (PARTITION BY offer_id ORDER BY version) AS before
          FROM offer_transitions) AS t
    WHERE t.offer_id = (SELECT id FROM offers WHERE title = 'Au fournil')
  )sql"});
  EXPECT_STREQ(broken[0]["broken"].c_str(), "0");
  EXPECT_EQ(broken[0]["steps"].c_str(), version);
  const auto count = Ask({"test_counts", R"sql(
    SELECT c.offer_count = (SELECT count(*) FROM offers o WHERE o.siret = c.siret AND o.published)
    FROM companies c WHERE c.siret = '00061001400011'
  )sql"});
  EXPECT_STREQ(count[0][0].c_str(), "t");
}

TEST_F(OfferStepsTest, AModeratorsReasonIsLongEnoughToHelp) {
  const std::string name = Publish();
  auto suspend = For<pb::SuspendOfferRequest>(name);
  suspend.set_reason("Non.");
  EXPECT_THAT(FaultsOf(suspend), ElementsAre());
  EXPECT_THAT(FieldsOf(offers_.SuspendOffer(agency_, suspend).status()), ElementsAre("reason"));
  EXPECT_EQ(StateOf(name), "STATE_PUBLISHED");
  EXPECT_TRUE(offers_.SuspendOffer(host_, suspend).ok());
  pb::RejectOfferRequest reject;
  reject.set_reason("Non.");
  EXPECT_THAT(FaultsOf(reject), ElementsAre("name", "request_id", "reason"));
}

}  // namespace
}  // namespace dm::catalogue
