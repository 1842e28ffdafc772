// A young person's way through the three doors, over HTTP, to the mails in the inbox.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "destinationmetier/event/v1/event_feed_service.grpc.pb.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace dm {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::Suite;

std::string NewId() { return NewUuid(absl::Now()); }

// The suite with the demonstration, for all tests of this program.
class DoorsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    suite_->LoadDemonstration();
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static json LemoineCompany() {
    const HttpAnswer found = suite_->Get("/v1/companies:search?departments=61&query=Lemoine");
    EXPECT_EQ(found.code, 200) << found.body;
    for (const json& company : found.json.value("companies", json::array())) {
      if (absl::StrContains(company.value("displayName", ""), "Lemoine")) return company;
    }
    ADD_FAILURE() << "no groupe Lemoine: " << found.body;
    return {};
  }

  // A session to come of an offer of groupe Lemoine that no test has used yet.
  static std::string FreshSession() {
    static size_t next = 0;
    const std::string siret = LemoineCompany().value("siret", "");
    std::vector<std::string> names;
    const HttpAnswer offers = suite_->Get("/v1/offers:search?page_size=100&companies=" + siret);
    EXPECT_EQ(offers.code, 200) << offers.body;
    for (const json& offer : offers.json.value("offers", json::array())) {
      for (const json& session : offer.value("sessions", json::array())) {
        names.push_back(session.value("name", ""));
      }
    }
    EXPECT_GT(names.size(), next) << "the demonstration has too few sessions";
    return next < names.size() ? names[next++] : "";
  }

  static Suite* suite_;
};

Suite* DoorsTest::suite_ = nullptr;

TEST_F(DoorsTest, FiftyTwoCompaniesOfTheOrneAreOpenToTraineesGroupeLemoineAmongThem) {
  const HttpAnswer found = suite_->Get("/v1/companies:search?departments=61");
  ASSERT_EQ(found.code, 200) << found.body;
  EXPECT_EQ(found.json["totalSize"], 52);
  const json lemoine = LemoineCompany();
  EXPECT_EQ(lemoine["place"]["commune"], "Caligny");
  EXPECT_FALSE(lemoine.value("demonstration", true));
}

TEST_F(DoorsTest, JeanneLemoineIsAnAmbassadorInTheOrneWithMeetingsToBook) {
  const HttpAnswer found = suite_->Get("/v1/ambassadors:search?departments=61");
  ASSERT_EQ(found.code, 200) << found.body;
  std::string name;
  for (const json& ambassador : found.json["ambassadors"]) {
    if (ambassador["displayName"] == "Jeanne Lemoine") name = ambassador["name"];
  }
  ASSERT_FALSE(name.empty()) << found.body;
  EXPECT_EQ(suite_->Get("/v1/" + name).code, 200);
  const HttpAnswer sessions = suite_->Get("/v1/" + name + "/sessions");
  ASSERT_EQ(sessions.code, 200) << sessions.body;
  ASSERT_GT(sessions.json["sessions"].size(), 0u);
  suite_->RegisterPupils({"eleve-rencontre"});
  const HttpAnswer booked = suite_->Post(
      "/v1/bookings", {{"session", sessions.json["sessions"][0]["name"]}, {"requestId", NewId()}},
      suite_->PupilToken("eleve-rencontre"));
  EXPECT_EQ(booked.code, 200) << booked.body;
}

TEST_F(DoorsTest, AProfessionIsFoundHoweverOneSpellsIt) {
  for (const char* query : {"boulanger", "boulangere", "BOULANGÈRE", "boulangers", "boulangr"}) {
    const HttpAnswer found = suite_->Get(absl::StrCat(
        "/v1/professions:search?query=", absl::StrReplaceAll(query, {{"È", "%C3%88"}})));
    ASSERT_EQ(found.code, 200) << query << found.body;
    ASSERT_GT(found.json["professions"].size(), 0u) << query;
    EXPECT_EQ(found.json["professions"][0]["romeCode"], "D1102") << query;
  }
}

TEST_F(DoorsTest, ABookingGoesFromThePupilToTheHostAndIntoFourMails) {
  const std::string siret = LemoineCompany().value("siret", "");
  suite_->RegisterPupils({"eleve-parcours"});
  const std::string session = FreshSession();
  const std::string pupil = suite_->PupilToken("eleve-parcours");
  const std::string request_id = NewId();
  const HttpAnswer booked =
      suite_->Post("/v1/bookings", {{"session", session}, {"requestId", request_id}}, pupil);
  ASSERT_EQ(booked.code, 200) << booked.body;
  EXPECT_EQ(booked.json["state"], "STATE_PENDING_HOST");
  const std::string name = booked.json["name"];
  // The same again is the same.
  EXPECT_EQ(
      suite_->Post("/v1/bookings", {{"session", session}, {"request_id", request_id}}, pupil).json,
      booked.json);
  const HttpAnswer accepted = suite_->Post(absl::StrCat("/v1/", name, ":accept"),
                                           {{"etag", booked.json["etag"]}, {"requestId", NewId()}},
                                           suite_->HostToken(siret));
  ASSERT_EQ(accepted.code, 200) << accepted.body;
  EXPECT_EQ(accepted.json["state"], "STATE_CONFIRMED");
  EXPECT_EQ(suite_->Get("/v1/" + name, pupil).json["state"], "STATE_CONFIRMED");
  EXPECT_EQ(suite_->Get("/v1/bookings", pupil).json["bookings"][0]["name"], name);

  const std::string id = name.substr(name.find('/') + 1);
  const auto mails_with_calendar = [&] {
    const std::vector<std::string> mails = suite_->Mails();
    return std::count_if(mails.begin(), mails.end(), [&](const std::string& mail) {
      // Lines that were folded for the journey are put together again.
      const std::string text = absl::StrReplaceAll(mail, {{"=\r\n", ""}, {"=\n", ""}});
      return absl::StrContains(text, "text/calendar") && absl::StrContains(text, id);
    });
  };
  Suite::WaitUntil("two mails with a calendar file lie in the inbox",
                   [&] { return mails_with_calendar() >= 2; });
  EXPECT_EQ(mails_with_calendar(), 2);
  Suite::WaitUntil("all messages are sent", [&] {
    return suite_->Count("SELECT count(*) FROM notification.messages WHERE booking = 'bookings/" +
                         id + "' AND state = 'sent'") == 4;
  });
  int to_pupil = 0;
  for (const std::string& mail : suite_->Mails()) {
    if (absl::StrContains(mail, "eleve-parcours@demo.example")) ++to_pupil;
    EXPECT_THAT(mail, HasSubstr("text/plain"));
    EXPECT_THAT(mail, HasSubstr("text/html"));
  }
  EXPECT_EQ(to_pupil, 2);
}

TEST_F(DoorsTest, SeatsThatAreTakenShowInTheCatalogueWithinSeconds) {
  const std::string session = FreshSession();
  const std::string offer = session.substr(0, session.find("/sessions/"));
  const auto available = [&] {
    const HttpAnswer page = suite_->Get("/v1/" + offer);
    EXPECT_EQ(page.code, 200) << page.body;
    for (const json& shown : page.json["offer"]["sessions"]) {
      if (shown["name"] == session) return shown["available"].get<int>();
    }
    ADD_FAILURE() << "the session is not on the offer's page";
    return -1;
  };
  const int before = available();
  suite_->RegisterPupils({"eleve-places"});
  ASSERT_EQ(suite_
                ->Post("/v1/bookings", {{"session", session}, {"requestId", NewId()}},
                       suite_->PupilToken("eleve-places"))
                .code,
            200);
  Suite::WaitUntil("the seat is gone from the page", [&] { return available() == before - 1; });
}

TEST_F(DoorsTest, AnOfferPageHasItsCompanyProfessionAndAmbassadors) {
  const std::string session = FreshSession();
  const HttpAnswer page = suite_->Get("/v1/" + session.substr(0, session.find("/sessions/")));
  ASSERT_EQ(page.code, 200) << page.body;
  EXPECT_EQ(page.json["company"]["place"]["commune"], "Caligny");
  EXPECT_FALSE(page.json["profession"]["displayName"].get<std::string>().empty());
  ASSERT_GT(page.json["ambassadors"].size(), 0u);
  EXPECT_EQ(page.json["ambassadors"][0]["displayName"], "Jeanne Lemoine");
  EXPECT_EQ(page.json.value("missing", json::array()).size(), 0u);
}

TEST_F(DoorsTest, ASessionThatItsHostCancelsIsGoneEverywhereAndOthersAreOffered) {
  const std::string siret = "00061019600016";
  const auto offers = [&] { return suite_->Get("/v1/offers:search?companies=" + siret); };
  const json offer = offers().json["offers"][0];
  const std::string session = offer["sessions"][0]["name"];
  suite_->RegisterPupils({"eleve-annulation"});
  const std::string pupil = suite_->PupilToken("eleve-annulation");
  const HttpAnswer booked =
      suite_->Post("/v1/bookings", {{"session", session}, {"requestId", NewId()}}, pupil);
  ASSERT_EQ(booked.code, 200) << booked.body;
  const std::string booking = booked.json["name"];
  const json request = {{"requestId", NewId()}, {"reason", "Le four est en panne."}};
  const std::string path = absl::StrCat("/v1/", session, ":cancel");
  EXPECT_EQ(suite_->Post(path, request).code, 401);
  EXPECT_EQ(suite_->Post(path, request, suite_->HostToken("00061020400018")).code, 404);
  const HttpAnswer cancelled = suite_->Post(path, request, suite_->HostToken(siret));
  ASSERT_EQ(cancelled.code, 200) << cancelled.body;
  EXPECT_EQ(cancelled.json["name"], session);
  EXPECT_TRUE(cancelled.json.contains("cancelTime"));
  EXPECT_EQ(suite_->Post(path, request, suite_->HostToken(siret)).json, cancelled.json);
  Suite::WaitUntil("no search and no page shows it", [&] {
    const HttpAnswer page = suite_->Get(absl::StrCat("/v1/", offer.value("name", "")));
    return !absl::StrContains(offers().body, session) && !absl::StrContains(page.body, session);
  });
  Suite::WaitUntil("booking knows that it does not take place", [&] {
    return suite_->Count(absl::StrCat(
               "SELECT count(*) FROM booking.sessions WHERE cancelled AND NOT open AND name = '",
               session, "'")) == 1;
  });
  const HttpAnswer similar = suite_->Get(absl::StrCat("/v1/", booking, ":similarSessions"), pupil);
  ASSERT_EQ(similar.code, 200) << similar.body;
  ASSERT_GT(similar.json["sessions"].size(), 0u) << similar.body;
  const std::string nearest = similar.json["sessions"][0]["session"];
  Suite::WaitUntil("the mail leads to the nearest of them", [&] {
    for (const std::string& mail : suite_->Mails()) {
      const std::string text =
          absl::StrReplaceAll(mail, {{"=\r\n", ""}, {"=\n", ""}, {"=3D", "="}});
      if (absl::StrContains(text, "eleve-annulation@demo.example") &&
          absl::StrContains(text, absl::StrCat("/?session=", nearest))) {
        return true;
      }
    }
    return false;
  });
}

TEST_F(DoorsTest, EveryBadInputHasItsCodeAndItsReason) {
  suite_->RegisterPupils({"eleve-erreurs"});
  const std::string pupil = suite_->PupilToken("eleve-erreurs");
  const std::string session = FreshSession();
  const std::string request_id = NewId();
  const HttpAnswer booked =
      suite_->Post("/v1/bookings", {{"session", session}, {"requestId", request_id}}, pupil);
  ASSERT_EQ(booked.code, 200) << booked.body;
  const std::string name = booked.json["name"];
  const std::string unknown_session = absl::StrCat("offers/", NewId(), "/sessions/", NewId());
  const struct {
    const char* what;
    HttpAnswer answer;
    int code;
    const char* reason;
  } kCases[] = {
      {"a SIRET with a wrong check digit", suite_->Get("/v1/companies/90000001900018"), 400,
       "INVALID_FIELDS"},
      {"an unknown company", suite_->Get("/v1/companies/73282932000074"), 404,
       "RESOURCE_NOT_FOUND"},
      {"an unknown département", suite_->Get("/v1/companies:search?departments=99"), 400,
       "INVALID_FIELDS"},
      {"a negative page", suite_->Get("/v1/offers:search?page_size=-1"), 400, "INVALID_FIELDS"},
      {"a page size that is no number", suite_->Get("/v1/offers:search?page_size=ten"), 400,
       "INVALID_FIELDS"},
      {"a foreign page token", suite_->Get("/v1/offers:search?page_token=abc"), 400,
       "PAGE_TOKEN_INVALID"},
      {"an unknown parameter", suite_->Get("/v1/offers:search?colour=red"), 400, "INVALID_FIELDS"},
      {"an unknown offer", suite_->Get("/v1/offers/" + NewId()), 404, "RESOURCE_NOT_FOUND"},
      {"an unknown path", suite_->Get("/v1/nothing"), 404, "METHOD_UNKNOWN"},
      {"no token", suite_->Get("/v1/bookings"), 401, "TOKEN_MISSING"},
      {"a bad token", suite_->Get("/v1/bookings", "abc"), 401, "TOKEN_INVALID"},
      {"another role", suite_->Get("/v1/bookings", suite_->OperatorToken()), 403, "ROLE_MISSING"},
      {"somebody else's booking", suite_->Get("/v1/" + name, suite_->PupilToken("eleve-curieux")),
       404, "RESOURCE_NOT_FOUND"},
      {"no request_id", suite_->Post("/v1/bookings", {{"session", session}}, pupil), 400,
       "INVALID_FIELDS"},
      {"an unknown session",
       suite_->Post("/v1/bookings", {{"session", unknown_session}, {"requestId", NewId()}}, pupil),
       404, "RESOURCE_NOT_FOUND"},
      {"the same session again",
       suite_->Post("/v1/bookings", {{"session", session}, {"requestId", NewId()}}, pupil), 409,
       "ALREADY_BOOKED"},
      {"a request_id with another body",
       suite_->Post("/v1/bookings", {{"session", unknown_session}, {"requestId", request_id}},
                    pupil),
       400, "REQUEST_ID_REUSED"},
      {"an old etag",
       suite_->Post(absl::StrCat("/v1/", name, ":cancel"), {{"etag", "v9"}, {"requestId", NewId()}},
                    pupil),
       409, "ETAG_MISMATCH"},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(c.answer.code, c.code) << c.what << ": " << c.answer.body;
    EXPECT_EQ(testing::ReasonOf(c.answer), c.reason) << c.what << ": " << c.answer.body;
  }
}

TEST_F(DoorsTest, FeedsBetweenServicesCannotBeReachedFromOutside) {
  auto stub = destinationmetier::event::v1::EventFeedService::NewStub(suite_->NewChannel());
  grpc::ClientContext context;
  context.AddMetadata("authorization", "Bearer " + suite_->OperatorToken());
  auto reader = stub->Subscribe(&context, {});
  destinationmetier::event::v1::SubscribeResponse response;
  EXPECT_FALSE(reader->Read(&response));
  EXPECT_EQ(reader->Finish().error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(DoorsTest, LogsHoldNoNameAndNoAddress) {
  suite_->RegisterPupils({"eleve-discret"});
  const std::string session = FreshSession();
  ASSERT_EQ(suite_
                ->Post("/v1/bookings", {{"session", session}, {"requestId", NewId()}},
                       suite_->PupilToken("eleve-discret"))
                .code,
            200);
  Suite::WaitUntil("the mail is delivered", [&] {
    const std::vector<std::string> mails = suite_->Mails();
    return std::any_of(mails.begin(), mails.end(), [](const std::string& mail) {
      return absl::StrContains(mail, "eleve-discret@demo.example");
    });
  });
  for (const char* service : {"catalogue", "ambassador", "booking", "notification", "gateway"}) {
    const std::string log = suite_->LogOf(service);
    EXPECT_THAT(log, ::testing::Not(HasSubstr("@demo.example"))) << service;
    EXPECT_THAT(log, ::testing::Not(HasSubstr("Camille"))) << service;
  }
}

}  // namespace
}  // namespace dm
