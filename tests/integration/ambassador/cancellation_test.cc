#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "tests/integration/ambassador/ambassador_world.h"

#include <gmock/gmock.h>

#include <future>
#include <set>

namespace dm::ambassador {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

namespace event = destinationmetier::event::v1;

constexpr char kJeanne[] = "019b8dd0-5780-7615-8c22-1e51d9c1fbd0";
constexpr char kRequest[] = "019b8dd0-5780-7615-8c22-1e51d9c10001";
constexpr char kOtherRequest[] = "019b8dd0-5780-7615-8c22-1e51d9c10002";
constexpr char kHeader[] = "ambassador_id,start,end,capacity,format,instant_confirmation\n";

constexpr database::Statement kOutbox{"test_outbox",
                                      "SELECT type, subject, payload FROM outbox ORDER BY seq"};

// The soonest of Jeanne Lemoine's meetings: on the 30th of November 2026 at 9:00 in Paris.
class CancellationTest : public AmbassadorTest {
 protected:
  CancellationTest() {
    ImportSeed();
    OpenCall(jeanne_, {auth::Role::kAnonymous, auth::Role::kAmbassador});
    jeanne_.caller.subject = "jeanne";
    jeanne_.caller.ambassador = kJeanne;
    jeanne_.method = "/destinationmetier.ambassador.v1.AmbassadorService/CancelSession";
    operator_.caller.subject = "operateur";
    operator_.method = jeanne_.method;
    name_ = Listed()[0];
    events_ = Ask(kOutbox).size();
    wakes_ = 0;
  }

  std::vector<std::string> Listed() {
    pb::ListSessionsRequest request;
    request.set_parent(absl::StrCat("ambassadors/", kJeanne));
    const auto listed = api_.ListSessions(call_, request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    std::vector<std::string> names;
    for (const auto& session : listed->sessions()) names.push_back(session.name());
    return names;
  }

  pb::CancelSessionRequest Request(const std::string& request_id = kRequest) const {
    pb::CancelSessionRequest request;
    request.set_name(name_);
    request.set_request_id(request_id);
    request.set_reason("Je suis souffrante, voyez avec M. Durand.");
    return request;
  }

  // Events written since the seed, as "type subject".
  std::vector<std::string> News() {
    const pqxx::result rows = Ask(kOutbox);
    std::vector<std::string> news;
    for (size_t i = events_; i < rows.size(); ++i) {
      news.push_back(absl::StrCat(rows[i]["type"].c_str(), " ", rows[i]["subject"].c_str()));
    }
    return news;
  }

  rpc::Call jeanne_;
  std::string name_;
  size_t events_ = 0;
};

TEST_F(CancellationTest, CallsTheMeetingOffAndTellsIt) {
  const auto cancelled = api_.CancelSession(jeanne_, Request());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->name(), name_);
  EXPECT_GT(cancelled->capacity(), 0);
  EXPECT_EQ(cancelled->available(), 0);
  EXPECT_EQ(cancelled->cancel_time().seconds(), 1795435200);
  EXPECT_EQ(wakes_, 1);
  EXPECT_THAT(News(),
              ElementsAre(absl::StrCat("destinationmetier.event.v1.SessionClosed ", name_),
                          absl::StrCat("destinationmetier.event.v1.ResourceChanged ambassadors/",
                                       kJeanne)));
  event::SessionClosed closed;
  ASSERT_TRUE(closed.ParseFromString(database::FromBytea(Ask(kOutbox)[events_]["payload"])));
  EXPECT_TRUE(closed.cancelled());
  EXPECT_EQ(closed.session(), name_);
  EXPECT_EQ(closed.version(), 2);
}

TEST_F(CancellationTest, TheMeetingIsListedNoMoreAndTheNextOneComesFirst) {
  const std::vector<std::string> before = Listed();
  pb::GetAmbassadorRequest request;
  request.set_name(absl::StrCat("ambassadors/", kJeanne));
  const auto next_before = api_.GetAmbassador(call_, request)->next_session_time().seconds();
  ASSERT_TRUE(api_.CancelSession(jeanne_, Request()).ok());
  EXPECT_EQ(Listed(), std::vector<std::string>(before.begin() + 1, before.end()));
  EXPECT_GT(api_.GetAmbassador(call_, request)->next_session_time().seconds(), next_before);
}

TEST_F(CancellationTest, TheReasonIsKeptAndNeverTravels) {
  const auto cancelled = api_.CancelSession(jeanne_, Request());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_THAT(cancelled->DebugString(), Not(HasSubstr("Durand")));
  for (const pqxx::row& row : Ask(kOutbox)) {
    EXPECT_THAT(database::FromBytea(row["payload"]), Not(HasSubstr("Durand")));
  }
  const auto kept =
      Ask({"test_reasons",
           "SELECT cancelled_by, cancel_reason FROM sessions WHERE cancel_time IS NOT "
           "NULL"});
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_STREQ(kept[0]["cancelled_by"].c_str(), "people/jeanne");
  EXPECT_STREQ(kept[0]["cancel_reason"].c_str(), Request().reason().c_str());
}

TEST_F(CancellationTest, ARepeatedRequestGetsTheFirstAnswerAndAnotherOneIsRefused) {
  const auto first = api_.CancelSession(jeanne_, Request());
  ASSERT_TRUE(first.ok()) << first.status();
  clock_.Set(clock_.Now() + absl::Hours(24 * 200));
  const auto again = api_.CancelSession(jeanne_, Request());
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  pb::CancelSessionRequest other = Request();
  other.set_reason("");
  EXPECT_EQ(ErrorReasonOf(api_.CancelSession(jeanne_, other).status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(News().size(), 2u);
  EXPECT_EQ(wakes_, 1);
}

TEST_F(CancellationTest, AMeetingThatIsCancelledAlreadyStaysAsItIs) {
  const auto first = api_.CancelSession(jeanne_, Request());
  ASSERT_TRUE(first.ok()) << first.status();
  clock_.Set(clock_.Now() + absl::Hours(1));
  const auto second = api_.CancelSession(operator_, Request(kOtherRequest));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(News().size(), 2u);
}

TEST_F(CancellationTest, IsNotFoundForWhoMayNotCancelAndLeavesTheIdFree) {
  rpc::Call another;
  OpenCall(another, {auth::Role::kAnonymous, auth::Role::kAmbassador});
  another.caller.subject = "autre";
  another.caller.ambassador = kOtherRequest;
  rpc::Call agency;
  OpenCall(agency, {auth::Role::kAnonymous, auth::Role::kAgency});
  agency.caller.subject = "agence";
  agency.caller.territory = {"14"};
  // Whoever has a profile speaks for it as an ambassador only.
  agency.caller.ambassador = kJeanne;
  for (const rpc::Call* call : {&another, &agency}) {
    EXPECT_EQ(api_.CancelSession(*call, Request()).status().code(), absl::StatusCode::kNotFound);
  }
  pb::CancelSessionRequest unknown = Request();
  unknown.set_name(absl::StrCat("ambassadors/", kJeanne, "/sessions/", kRequest));
  EXPECT_EQ(api_.CancelSession(operator_, unknown).status().code(), absl::StatusCode::kNotFound);
  unknown.set_name(absl::StrReplaceAll(name_, {{kJeanne, kRequest}}));
  EXPECT_EQ(api_.CancelSession(operator_, unknown).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(News().size(), 0u);

  agency.caller.territory = {"61"};
  EXPECT_TRUE(api_.CancelSession(agency, Request()).ok());
}

TEST_F(CancellationTest, IsTooLateOnceTheMeetingHasStarted) {
  clock_.Set(absl::FromUnixSeconds(1796025600));  // 8:00 UTC on that day
  EXPECT_EQ(ErrorReasonOf(api_.CancelSession(jeanne_, Request()).status()), "SESSION_PAST");
  clock_.Set(clock_.Now() - absl::Microseconds(1));
  EXPECT_TRUE(api_.CancelSession(jeanne_, Request()).ok());
}

TEST_F(CancellationTest, AListDoesNotBringTheMeetingBackAndTheReportSaysSo) {
  ASSERT_TRUE(api_.CancelSession(jeanne_, Request()).ok());
  const std::vector<std::string> listed = Listed();
  const std::string row = absl::StrCat(kJeanne, ",2026-11-30T09:00,2026-11-30T10:00,9,VIDEO,O\n");
  const auto again = Import(operator_, {{"m.csv", absl::StrCat(kHeader, row)}});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->tables().at("sessions").added() + again->tables().at("sessions").changed(), 0);
  EXPECT_THAT(again->warnings(), ElementsAre(HasSubstr("m.csv, ligne 2 :")));
  // Nor does what changes of the ambassador.
  const auto renamed = Import(
      operator_, {{"a.csv", absl::StrReplaceAll(SeedFiles()["ambassadors.csv"],
                                                {{"Directrice générale,", "Présidente,"}})}});
  ASSERT_TRUE(renamed.ok()) << renamed.status();
  EXPECT_EQ(Listed(), listed);
  EXPECT_THAT(News(), Not(::testing::Contains(
                          absl::StrCat("destinationmetier.event.v1.SessionScheduled ", name_))));
  EXPECT_THAT(News(), ::testing::Contains(
                          absl::StrCat("destinationmetier.event.v1.SessionScheduled ", listed[0])));
  // Another start is another meeting.
  const auto moved =
      Import(operator_,
             {{"m.csv", absl::StrCat(kHeader, absl::StrReplaceAll(row, {{"T09:00", "T09:30"}}))}});
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->tables().at("sessions").added(), 1);
  EXPECT_EQ(moved->warnings_size(), 0);
  EXPECT_EQ(Listed().size(), listed.size() + 1);
}

TEST_F(CancellationTest, ManyAtOnceHaveOneEffect) {
  std::vector<std::future<absl::StatusOr<pb::Session>>> calls;
  for (int i = 0; i < 8; ++i) {
    // Half of them are one request, sent again and again.
    const std::string id =
        i % 2 == 0 ? kRequest : absl::StrCat("019b8dd0-5780-7615-8c22-1e51d9c1100", i);
    calls.push_back(std::async(std::launch::async,
                               [this, id] { return api_.CancelSession(jeanne_, Request(id)); }));
  }
  std::set<std::string> answers;
  for (auto& call : calls) {
    const auto answer = call.get();
    ASSERT_TRUE(answer.ok()) << answer.status();
    answers.insert(answer->SerializeAsString());
  }
  EXPECT_EQ(answers.size(), 1u);
  EXPECT_EQ(News().size(), 2u);
}

TEST_F(CancellationTest, NamesEveryWrongField) {
  pb::CancelSessionRequest request;
  request.set_name("offers/019b8dd0-5780-7615-8c22-1e51d9c10001");
  for (int i = 0; i < 501; ++i) request.set_reason(request.reason() + "é");
  Violations violations;
  AmbassadorApi::CheckCancelSession(request, violations);
  const auto details = GetErrorDetails(violations.ToStatus());
  ASSERT_TRUE(details.has_value());
  std::vector<std::string> fields;
  for (const auto& field : details->fields) fields.push_back(field.field);
  EXPECT_THAT(fields, ElementsAre("name", "request_id", "reason"));
}

}  // namespace
}  // namespace dm::ambassador
