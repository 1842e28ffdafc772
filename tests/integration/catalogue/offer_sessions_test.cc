#include "destinationmetier/catalogue/v1/offer_service.pb.h"
#include "tests/integration/catalogue/offer_world.h"

#include <functional>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OfferSessionsTest : public OfferWorld {
 protected:
  absl::StatusOr<pb::Session> Add(const std::string& name, const pb::Session& session) {
    pb::CreateSessionRequest request;
    request.set_parent(name);
    *request.mutable_session() = session;
    request.set_request_id(Fresh());
    return offers_.CreateSession(host_, request);
  }

  absl::StatusOr<pb::Session> Change(pb::Session session,
                                     const std::vector<std::string>& fields = {}) {
    pb::UpdateSessionRequest request;
    *request.mutable_session() = std::move(session);
    for (const std::string& field : fields) request.mutable_update_mask()->add_paths(field);
    request.set_request_id(Fresh());
    return offers_.UpdateSession(host_, request);
  }

  // Codes of what stands between an offer and its readers; "!" where it hides it.
  std::vector<std::string> Reasons(const std::string& name) {
    CatchUp();
    pb::ExplainVisibilityRequest request;
    request.set_name(name);
    const auto visibility = Must(offers_.ExplainVisibility(host_, request));
    std::vector<std::string> codes;
    bool hidden = false;
    for (const auto& reason : visibility.reasons()) {
      EXPECT_NE(reason.text(), "");
      hidden = hidden || reason.hides();
      codes.push_back(absl::StrCat(pb::Visibility::Code_Name(reason.code()).substr(5),
                                   reason.hides() ? "!" : ""));
    }
    EXPECT_EQ(visibility.visible(), !hidden);
    EXPECT_EQ(visibility.visible(), IsFound(name)) << visibility.DebugString();
    return codes;
  }

  void Set(const database::Statement& statement) { Ask(statement); }

  pb::Session Only(const std::string& name) { return Read(name).offer().sessions(0); }
};

TEST_F(OfferSessionsTest, ChangeWhenTheirOfferChangedLast) {
  const std::string name = Publish();
  const auto changed = [&] { return Read(name).update_time().seconds(); };
  pb::Session session;
  const std::vector<std::function<void()>> changes = {
      [&] { session = Must(Add(name, SessionAfter(absl::Hours(72)))); },
      [&] {
        session.set_capacity(5);
        session.clear_etag();
        Must(Change(session, {"capacity"}));
      },
      [&] {
        pb::CancelSessionRequest request;
        request.set_name(session.name());
        request.set_reason("Le four est en panne.");
        request.set_request_id(Fresh());
        Must(api_.CancelSession(host_, request));
      },
  };
  for (const auto& change : changes) {
    clock_.Set(clock_.Now() + absl::Minutes(1));
    change();
    EXPECT_EQ(changed(), absl::ToUnixSeconds(clock_.Now()));
  }
}

TEST_F(OfferSessionsTest, AreAddedUntilAnOfferHasAllThatItCanTell) {
  const std::string name = Create().offer().name();
  Ask({"test_many_dates", R"sql(
INSERT INTO sessions (id, offer_id, start_time, end_time, capacity)
SELECT gen_random_uuid(), s.offer_id, s.start_time + make_interval(days => n),
       s.end_time + make_interval(days => n), 1
FROM (SELECT s.* FROM sessions s JOIN offers o ON o.id = s.offer_id WHERE o.title = 'Au fournil') s,
     generate_series(1, 198) AS n)sql"});
  EXPECT_TRUE(Add(name, SessionAfter(absl::Hours(49))).ok());
  EXPECT_THAT(FieldsOf(Add(name, SessionAfter(absl::Hours(50))).status()), ElementsAre("session"));
}

TEST_F(OfferSessionsTest, AreAddedToWhatIsShown) {
  const std::string name = Publish();
  const int64_t scheduled = Events("SessionScheduled");
  const auto added = Must(Add(name, SessionAfter(absl::Hours(72), 3)));
  EXPECT_EQ(added.available(), 3);
  EXPECT_EQ(Events("SessionScheduled"), scheduled + 1);
  EXPECT_EQ(Read(name).offer().sessions(0).name(), added.name());
  const auto twice = Add(name, SessionAfter(absl::Hours(72)));
  EXPECT_EQ(twice.status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(ErrorReasonOf(twice.status()), "SESSION_EXISTS");
  EXPECT_THAT(FieldsOf(Add(name, SessionAfter(-absl::Hours(1))).status()),
              ElementsAre("session.start_time"));
}

TEST_F(OfferSessionsTest, ChangeTheirEndTheirSeatsAndWhetherTheyAreOpen) {
  const std::string name = Publish();
  pb::Session session = Only(name);
  const int64_t scheduled = Events("SessionScheduled");
  session.set_capacity(7);
  const auto wider = Must(Change(session, {"capacity"}));
  EXPECT_EQ(wider.capacity(), 7);
  EXPECT_EQ(wider.etag(), "v3");
  EXPECT_EQ(Events("SessionScheduled"), scheduled + 1);
  const auto stale = Change(session, {"capacity"});
  EXPECT_EQ(stale.status().code(), absl::StatusCode::kAborted);
  session.clear_etag();
  EXPECT_EQ(Must(Change(session, {"capacity"})).etag(), "v3");
  session.set_closed(true);
  EXPECT_TRUE(Must(Change(session)).closed());
  EXPECT_EQ(Events("SessionClosed"), 1);
  EXPECT_THAT(Reasons(name), ElementsAre("ALL_SESSIONS_CLOSED!"));
  session.set_capacity(501);
  session.mutable_end_time()->set_seconds(session.start_time().seconds());
  EXPECT_THAT(FieldsOf(Change(session).status()),
              ElementsAre("session.end_time", "session.capacity"));
}

TEST_F(OfferSessionsTest, ThatHaveBegunOrAreCancelledStayAsTheyAre) {
  const std::string name = Publish();
  pb::Session session = Only(name);
  session.clear_etag();
  pb::CancelSessionRequest cancel;
  const auto other = Must(Add(name, SessionAfter(absl::Hours(24))));
  cancel.set_name(other.name());
  cancel.set_request_id(Fresh());
  ASSERT_TRUE(api_.CancelSession(host_, cancel).ok());
  pb::Session cancelled = other;
  cancelled.clear_etag();
  EXPECT_EQ(ErrorReasonOf(Change(cancelled, {"capacity"}).status()), "SESSION_CLOSED");
  clock_.Set(clock_.Now() + absl::Hours(48));
  EXPECT_EQ(ErrorReasonOf(Change(session, {"capacity"}).status()), "SESSION_PAST");
  session.set_name(absl::StrCat(name, "/sessions/019b8dd0-5780-7615-8c22-1e51d9c10001"));
  EXPECT_EQ(Change(session, {"capacity"}).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(OfferSessionsTest, ARepeatedRequestAddsNoSecondOne) {
  const std::string name = Publish();
  pb::CreateSessionRequest request;
  request.set_parent(name);
  *request.mutable_session() = SessionAfter(absl::Hours(72));
  request.set_request_id(Fresh());
  const auto first = Must(offers_.CreateSession(host_, request));
  EXPECT_EQ(Must(offers_.CreateSession(host_, request)).SerializeAsString(),
            first.SerializeAsString());
  EXPECT_EQ(Read(name).offer().sessions_size(), 2);
}

TEST_F(OfferSessionsTest, EachReasonWhyAnOfferIsNotSeenIsTold) {
  const std::string draft = Create().offer().name();
  EXPECT_THAT(Reasons(draft), ElementsAre("STATE_DRAFT!"));
  Must(Step(host_, "SUBMIT", draft));
  EXPECT_THAT(Reasons(draft), ElementsAre("STATE_SUBMITTED!"));
  Must(Step(agency_, "REJECT", draft));
  EXPECT_THAT(Reasons(draft), ElementsAre("REJECTED!"));

  const std::string name = Publish();
  EXPECT_THAT(Reasons(name), IsEmpty());
  Must(Step(host_, "SUSPEND", name));
  EXPECT_THAT(Reasons(name), ElementsAre("SUSPENDED_BY_HOST!"));
  Must(Step(host_, "RESUME", name));
  Must(Step(agency_, "SUSPEND", name));
  EXPECT_THAT(Reasons(name), ElementsAre("SUSPENDED_BY_AGENCY!"));
  Must(Step(agency_, "RESUME", name));

  const std::string id = name.substr(7);
  const auto sql = [this](const std::string& statement) {
    ASSERT_TRUE(owner_
                    ->Write(absl::Now() + absl::Seconds(30),
                            [&](database::Transaction& transaction) {
                              transaction.raw().exec(statement);
                              return absl::OkStatus();
                            })
                    .ok());
  };
  const auto touched = [&](const std::string& statement) {
    sql(absl::StrCat(statement, "; SELECT touch_offers('{", id, "}', now())"));
  };
  touched(absl::StrCat("UPDATE sessions SET held = capacity WHERE offer_id = '", id, "'"));
  EXPECT_THAT(Reasons(name), ElementsAre("FULL"));
  touched(absl::StrCat("UPDATE sessions SET held = 0 WHERE offer_id = '", id, "'"));
  touched(absl::StrCat("UPDATE companies SET monthly_request_quota = 2 WHERE siret = '", kLemoine,
                       "'; INSERT INTO company_requests VALUES ('", kLemoine,
                       "', '2026-11-01', 2), ('", kLemoine, "', '2026-10-01', 9)"));
  EXPECT_THAT(Reasons(name), ElementsAre("QUOTA_REACHED"));
  touched("UPDATE companies SET monthly_request_quota = 3");
  touched(absl::StrCat("UPDATE offers SET reserved_schools = '{0610021S}', audiences = '{}'",
                       " WHERE id = '", id, "'; UPDATE professions SET obsolete = true WHERE",
                       " rome_code = 'D1102'"));
  EXPECT_THAT(Reasons(name), ElementsAre("PROFESSION_OBSOLETE", "AUDIENCES_EMPTY", "RESERVED"));
  touched(absl::StrCat("UPDATE offers SET reserved_schools = '{}', audiences = '{2}' WHERE id = '",
                       id, "'; UPDATE professions SET obsolete = false"));

  pb::CancelSessionRequest cancel;
  cancel.set_name(Only(name).name());
  cancel.set_request_id(Fresh());
  ASSERT_TRUE(api_.CancelSession(host_, cancel).ok());
  EXPECT_THAT(Reasons(name), ElementsAre("ALL_SESSIONS_CANCELLED!"));
  touched(absl::StrCat("DELETE FROM sessions WHERE offer_id = '", id, "'"));
  EXPECT_THAT(Reasons(name), ElementsAre("NO_SESSION!"));
  Must(Add(name, SessionAfter(absl::Hours(1))));
  EXPECT_THAT(Reasons(name), IsEmpty());
  clock_.Set(clock_.Now() + absl::Hours(1));
  EXPECT_THAT(Reasons(name), ElementsAre("ALL_SESSIONS_PAST!"));
  Must(Step(host_, "ARCHIVE", name));
  EXPECT_THAT(Reasons(name), ElementsAre("ARCHIVED!", "ALL_SESSIONS_PAST!"));
}

TEST_F(OfferSessionsTest, WhatSearchesHaveNotHeardOfYetIsSaid) {
  const std::string name = Publish();
  pb::ExplainVisibilityRequest request;
  request.set_name(name);
  const auto before = Must(offers_.ExplainVisibility(host_, request));
  EXPECT_FALSE(before.visible());
  ASSERT_EQ(before.reasons_size(), 1);
  EXPECT_EQ(before.reasons(0).code(), pb::Visibility::CODE_NOT_INDEXED_YET);
  EXPECT_THAT(Reasons(name), IsEmpty());
}

}  // namespace
}  // namespace dm::catalogue
