#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "services/catalogue/feeds/seats_feed.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <future>
#include <set>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kRequest[] = "019b8dd0-5780-7615-8c22-1e51d9c10001";
constexpr char kOtherRequest[] = "019b8dd0-5780-7615-8c22-1e51d9c10002";
constexpr char kSessions[] = "siret,key,start,end,capacity\n";
constexpr char kRow[] = "00061001400011,mini-stage-h2405,2027-03-01T09:00,2027-03-03T17:00,3\n";

constexpr database::Statement kOutbox{"test_outbox",
                                      "SELECT type, subject, payload FROM outbox ORDER BY seq"};

// One session more for one of Groupe Lemoine's offers, the last of them all.
class CancellationTest : public CatalogueTest {
 protected:
  CancellationTest() {
    ImportSeed();
    MustImport("offers", {{"s.csv", absl::StrCat(kSessions, kRow)}});
    OpenCall(host_, {auth::Role::kAnonymous, auth::Role::kHost});
    host_.caller.subject = "hote";
    host_.caller.companies = {kLemoine};
    host_.method = "/destinationmetier.catalogue.v1.CatalogueService/CancelSession";
    operator_.caller.subject = "operateur";
    operator_.method = host_.method;
    name_ = Find("2027-03-01").offers(0).sessions(0).name();
    wakes_ = 0;
  }

  // Offers of Groupe Lemoine with a session from that day on.
  pb::SearchOffersResponse Find(const std::string& from) {
    pb::SearchOffersRequest request;
    request.add_companies(kLemoine);
    request.set_from(from);
    CatchUp();
    const auto found = api_.SearchOffers(call_, request);
    EXPECT_TRUE(found.ok()) << found.status();
    return found.value_or(pb::SearchOffersResponse());
  }

  std::string OfferName() const { return name_.substr(0, name_.find("/sessions/")); }

  pb::CancelSessionRequest Request(const std::string& request_id = kRequest) const {
    pb::CancelSessionRequest request;
    request.set_name(name_);
    request.set_request_id(request_id);
    request.set_reason("Notre atelier est inondé, Mme Durand est prévenue.");
    return request;
  }

  absl::StatusOr<pb::Session> Cancel(const rpc::Call& call, const pb::CancelSessionRequest& asked) {
    return api_.CancelSession(call, asked);
  }

  // The last event about the session, and how many there are of that type.
  template <typename Payload>
  Payload LastEvent() {
    Payload payload;
    for (const pqxx::row& row : Ask(kOutbox)) {
      if (row["type"].c_str() == Payload::descriptor()->full_name() &&
          row["subject"].c_str() == name_) {
        EXPECT_TRUE(payload.ParseFromString(database::FromBytea(row["payload"])));
      }
    }
    return payload;
  }

  rpc::Call host_;
  std::string name_;
};

TEST_F(CancellationTest, ClosesTheSessionForGoodAndTellsIt) {
  const auto before = LastEvent<event::SessionScheduled>();
  const auto cancelled = Cancel(host_, Request());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_EQ(cancelled->name(), name_);
  EXPECT_EQ(cancelled->capacity(), 3);
  EXPECT_EQ(cancelled->available(), 0);
  EXPECT_EQ(cancelled->cancel_time().seconds(), 1795435200);
  EXPECT_EQ(wakes_, 1);

  const auto closed = LastEvent<event::SessionClosed>();
  EXPECT_TRUE(closed.cancelled());
  EXPECT_EQ(closed.session(), name_);
  EXPECT_EQ(closed.version(), before.version() + 1);
  const auto outbox = Ask(kOutbox);
  const pqxx::row last = outbox[outbox.size() - 1];
  EXPECT_EQ(last["type"].c_str(), event::ResourceChanged::descriptor()->full_name());
  EXPECT_EQ(last["subject"].c_str(), OfferName());
}

TEST_F(CancellationTest, NoSearchShowsTheSessionAnyMore) {
  EXPECT_EQ(Find("2027-03-01").total_size(), 1);
  const auto facet = [this] {
    const auto found = Find("2027-03-01");
    return found.department_facets_size() == 0 ? 0 : found.department_facets(0).count();
  };
  EXPECT_EQ(facet(), 1);
  ASSERT_TRUE(Cancel(host_, Request()).ok());
  EXPECT_EQ(Find("2027-03-01").total_size(), 0);
  EXPECT_EQ(facet(), 0);
  pb::GetOfferRequest request;
  request.set_name(OfferName());
  const auto offer = api_.GetOffer(call_, request);
  ASSERT_TRUE(offer.ok()) << offer.status();
  EXPECT_GT(offer->sessions_size(), 0);
  EXPECT_THAT(offer->DebugString(), Not(HasSubstr(name_)));
}

TEST_F(CancellationTest, TheReasonIsKeptAndNeverTravels) {
  const auto cancelled = Cancel(host_, Request());
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_THAT(cancelled->DebugString(), Not(HasSubstr("Durand")));
  for (const pqxx::row& row : Ask(kOutbox)) {
    EXPECT_THAT(database::FromBytea(row["payload"]), Not(HasSubstr("Durand")));
  }
  for (const pqxx::row& row :
       Ask({"test_answers", "SELECT answer, fingerprint FROM answered_requests"})) {
    EXPECT_THAT(database::FromBytea(row["answer"]), Not(HasSubstr("Durand")));
    EXPECT_THAT(row["fingerprint"].c_str(), Not(HasSubstr("Durand")));
  }
  const auto kept =
      Ask({"test_reasons",
           "SELECT cancelled_by, cancel_reason FROM sessions WHERE cancel_time IS NOT "
           "NULL"});
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_STREQ(kept[0]["cancelled_by"].c_str(), "people/hote");
  EXPECT_STREQ(kept[0]["cancel_reason"].c_str(), Request().reason().c_str());
}

TEST_F(CancellationTest, ARepeatedRequestGetsTheFirstAnswerAndAnotherOneIsRefused) {
  const auto first = Cancel(host_, Request());
  ASSERT_TRUE(first.ok()) << first.status();
  const int64_t events = Ask(kOutbox).size();
  // Also when the session has started meanwhile.
  clock_.Set(clock_.Now() + absl::Hours(24 * 200));
  pb::CancelSessionRequest in_capitals = Request();
  in_capitals.set_name(absl::StrReplaceAll(absl::AsciiStrToUpper(name_),
                                           {{"OFFERS", "offers"}, {"SESSIONS", "sessions"}}));
  in_capitals.set_request_id(absl::AsciiStrToUpper(kRequest));
  for (const auto& again : {Request(), in_capitals}) {
    const auto answer = Cancel(host_, again);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->SerializeAsString(), first->SerializeAsString());
  }
  pb::CancelSessionRequest other = Request();
  other.set_reason("Autre chose.");
  const auto reused = Cancel(host_, other);
  EXPECT_EQ(reused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReasonOf(reused.status()), "REQUEST_ID_REUSED");
  EXPECT_EQ(Ask(kOutbox).size(), events);
  EXPECT_EQ(wakes_, 1);
}

TEST_F(CancellationTest, ARequestIdBelongsToItsCaller) {
  ASSERT_TRUE(Cancel(host_, Request()).ok());
  pb::CancelSessionRequest same_id = Request();
  same_id.set_reason("");
  EXPECT_TRUE(Cancel(operator_, same_id).ok());
}

TEST_F(CancellationTest, ASessionThatIsCancelledAlreadyStaysAsItIs) {
  const auto first = Cancel(host_, Request());
  ASSERT_TRUE(first.ok()) << first.status();
  const int64_t events = Ask(kOutbox).size();
  clock_.Set(clock_.Now() + absl::Hours(1));
  pb::CancelSessionRequest later = Request(kOtherRequest);
  later.set_reason("Autre chose.");
  const auto second = Cancel(operator_, later);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Ask(kOutbox).size(), events);
  EXPECT_EQ(
      Ask({"test_first_reason", "SELECT FROM sessions WHERE cancel_reason LIKE 'Notre%'"}).size(),
      1u);
}

TEST_F(CancellationTest, IsNotFoundForWhoMayNotCancelAndLeavesTheIdFree) {
  rpc::Call stranger;
  OpenCall(stranger, {auth::Role::kAnonymous, auth::Role::kHost});
  stranger.caller.subject = "autre";
  stranger.caller.companies = {"00061019600016"};
  rpc::Call agency;
  OpenCall(agency, {auth::Role::kAnonymous, auth::Role::kAgency});
  agency.caller.subject = "agence";
  agency.caller.territory = {"14"};
  // Whoever speaks for a company does so as a host only.
  agency.caller.companies = {kLemoine};
  for (const rpc::Call* call : {&stranger, &agency}) {
    EXPECT_EQ(Cancel(*call, Request()).status().code(), absl::StatusCode::kNotFound);
  }
  pb::CancelSessionRequest unknown = Request();
  unknown.set_name(absl::StrCat(OfferName(), "/sessions/", kRequest));
  EXPECT_EQ(Cancel(operator_, unknown).status().code(), absl::StatusCode::kNotFound);
  // The session of another offer.
  unknown.set_name(absl::StrReplaceAll(name_, {{OfferName(), absl::StrCat("offers/", kRequest)}}));
  EXPECT_EQ(Cancel(operator_, unknown).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Events("SessionClosed"), 0);
  EXPECT_EQ(wakes_, 0);

  agency.caller.territory = {"61"};
  EXPECT_TRUE(Cancel(agency, Request()).ok());
}

TEST_F(CancellationTest, IsTooLateOnceTheSessionHasStarted) {
  clock_.Set(absl::FromUnixSeconds(1803888000));  // 8:00 UTC of the first day
  const auto late = Cancel(host_, Request());
  EXPECT_EQ(late.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ErrorReasonOf(late.status()), "SESSION_PAST");
  clock_.Set(clock_.Now() - absl::Microseconds(1));
  EXPECT_TRUE(Cancel(host_, Request()).ok());
}

TEST_F(CancellationTest, AListDoesNotBringTheSessionBackAndTheReportSaysSo) {
  ASSERT_TRUE(Cancel(host_, Request()).ok());
  const int64_t events = Ask(kOutbox).size();
  const std::string wider = absl::StrReplaceAll(kRow, {{",3\n", ",5\n"}});
  for (const std::string& row : {std::string(kRow), wider}) {
    const auto report = MustImport("offers", {{"s.csv", absl::StrCat(kSessions, row)}});
    EXPECT_EQ(Counts(report, "sessions"), "1 0 0 0 0");
    EXPECT_THAT(report.warnings(), ElementsAre(HasSubstr("s.csv, ligne 2 :")));
  }
  EXPECT_EQ(Ask(kOutbox).size(), events);
  EXPECT_EQ(Find("2027-03-01").total_size(), 0);
  // What is listed as closed agrees with us.
  const auto closed =
      MustImport("offers", {{"s.csv", "siret,key,start,end,capacity,closed\n" +
                                          absl::StrReplaceAll(kRow, {{",3\n", ",3,O\n"}})}});
  EXPECT_THAT(closed.warnings(), IsEmpty());
  // Another start is another session.
  const auto moved = MustImport(
      "offers",
      {{"s.csv", absl::StrCat(kSessions, absl::StrReplaceAll(kRow, {{"T09:00", "T10:00"}}))}});
  EXPECT_EQ(Counts(moved, "sessions"), "1 1 0 0 0");
  ASSERT_EQ(Find("2027-03-01").total_size(), 1);
  EXPECT_NE(Find("2027-03-01").offers(0).sessions(0).name(), name_);
}

TEST_F(CancellationTest, WhatChangesOfTheOfferTellsNothingOfACancelledSession) {
  ASSERT_TRUE(Cancel(host_, Request()).ok());
  const auto told = LastEvent<event::SessionScheduled>();
  MustImport("offers", {{"o.csv",
                         "siret,key,rome_code,title,description,audiences\n"
                         "00061001400011,mini-stage-h2405,H2405,Au coton,,TROISIEME\n"}});
  EXPECT_GT(Events("SessionScheduled"), 0);
  EXPECT_EQ(LastEvent<event::SessionScheduled>().version(), told.version());
  EXPECT_EQ(Events("SessionClosed"), 1);
}

TEST_F(CancellationTest, ASessionOfAnOfferThatWasWithdrawnCanBeCancelled) {
  MustImport("offers", {{"o.csv",
                         "siret,key,rome_code,title,description,audiences,published\n"
                         "00061001400011,mini-stage-h2405,H2405,Au coton,,TROISIEME,N\n"}});
  const auto withdrawn = LastEvent<event::SessionClosed>();
  EXPECT_FALSE(withdrawn.cancelled());
  ASSERT_TRUE(Cancel(host_, Request()).ok());
  const auto cancelled = LastEvent<event::SessionClosed>();
  EXPECT_TRUE(cancelled.cancelled());
  EXPECT_GT(cancelled.version(), withdrawn.version());
}

TEST_F(CancellationTest, SeatsThatAreGivenBackAreStillTakenOver) {
  const auto tell = [this](int held) {
    event::SeatsChanged seats;
    seats.set_session(name_);
    seats.set_capacity(3);
    seats.set_held(held);
    std::vector<event::Event> told(1);
    told[0].mutable_data()->PackFrom(seats);
    return database_->Write(host_.deadline, [&](database::Transaction& transaction) {
      return ApplySeatsChanged(transaction, told, clock_.Now());
    });
  };
  const auto held = [this] {
    return Ask({"test_held", "SELECT sum(held) FROM sessions"})[0][0].as<int>();
  };
  ASSERT_TRUE(tell(2).ok());
  EXPECT_EQ(held(), 2);
  ASSERT_TRUE(Cancel(host_, Request()).ok());
  ASSERT_TRUE(tell(0).ok());
  EXPECT_EQ(held(), 0);
  EXPECT_EQ(Find("2027-03-01").total_size(), 0);
}

TEST_F(CancellationTest, ManyAtOnceHaveOneEffect) {
  std::vector<std::future<absl::StatusOr<pb::Session>>> calls;
  for (int i = 0; i < 8; ++i) {
    // Half of them are one request, sent again and again.
    const std::string id =
        i % 2 == 0 ? kRequest : absl::StrCat("019b8dd0-5780-7615-8c22-1e51d9c1100", i);
    calls.push_back(
        std::async(std::launch::async, [this, id] { return Cancel(host_, Request(id)); }));
  }
  std::set<std::string> answers;
  for (auto& call : calls) {
    const auto answer = call.get();
    ASSERT_TRUE(answer.ok()) << answer.status();
    answers.insert(answer->SerializeAsString());
  }
  EXPECT_EQ(answers.size(), 1u);
  EXPECT_EQ(Events("SessionClosed"), 1);
  EXPECT_EQ(LastEvent<event::SessionClosed>().version(), 2);
}

TEST_F(CancellationTest, ForgetsAnswersAfterTwoDays) {
  ASSERT_TRUE(Cancel(host_, Request()).ok());
  constexpr database::Statement kKept{"test_kept", "SELECT count(*) FROM answered_requests"};
  clock_.Set(clock_.Now() + absl::Hours(48));
  ASSERT_TRUE(Cancel(host_, Request(kOtherRequest)).ok());
  EXPECT_EQ(Ask(kKept)[0][0].as<int>(), 2);
  clock_.Set(clock_.Now() + absl::Seconds(1));
  ASSERT_TRUE(Cancel(operator_, Request(kOtherRequest)).ok());
  EXPECT_EQ(Ask(kKept)[0][0].as<int>(), 2);
}

TEST(CancelSessionValidation, NamesEveryWrongField) {
  pb::CancelSessionRequest request;
  request.set_name("offers/1");
  request.set_request_id("again");
  for (int i = 0; i < 501; ++i) request.set_reason(request.reason() + "é");
  Violations violations;
  Validate(request, violations);
  const auto details = GetErrorDetails(violations.ToStatus());
  ASSERT_TRUE(details.has_value());
  std::vector<std::string> fields;
  for (const auto& field : details->fields) fields.push_back(field.field);
  EXPECT_THAT(fields, ElementsAre("name", "request_id", "reason"));
}

}  // namespace
}  // namespace dm::catalogue
