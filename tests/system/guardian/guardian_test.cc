// A pupil of 14 asks for a meeting: from the guardian's mail to the host's, over HTTP.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using ::testing::Not;
using testing::Suite;

constexpr char kPupil[] = "eleve-14";

std::string NewId() { return NewUuid(absl::Now()); }

class GuardianTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    suite_->LoadDemonstration();
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  // A meeting to come in the Orne that no test has used yet.
  static std::string FreshMeeting() {
    static size_t next = 0;
    const HttpAnswer ambassadors = suite_->Get("/v1/ambassadors:search?departments=61");
    EXPECT_EQ(ambassadors.code, 200) << ambassadors.body;
    std::vector<std::string> names;
    for (const json& ambassador : ambassadors.json.value("ambassadors", json::array())) {
      const HttpAnswer sessions =
          suite_->Get(absl::StrCat("/v1/", ambassador.value("name", ""), "/sessions"));
      EXPECT_EQ(sessions.code, 200) << sessions.body;
      for (const json& session : sessions.json.value("sessions", json::array())) {
        names.push_back(session.value("name", ""));
      }
    }
    EXPECT_GT(names.size(), next) << "the demonstration has too few meetings";
    return next < names.size() ? names[next++] : "";
  }

  static HttpAnswer Book() {
    return suite_->Post("/v1/bookings", {{"session", FreshMeeting()}, {"requestId", NewId()}},
                        suite_->PupilToken(kPupil));
  }

  // The tokens of the links in the mails so far, the oldest first.
  static std::vector<std::string> Tokens() {
    std::vector<std::string> tokens;
    for (std::string mail : suite_->Mails()) {
      // Long lines of a quoted-printable part are broken so.
      absl::StrReplaceAll({{"=\r\n", ""}, {"=\n", ""}}, &mail);
      const std::string mark = "/consentement#";
      const size_t found = mail.find(mark);
      if (found == std::string::npos) continue;
      EXPECT_THAT(mail, HasSubstr("parent-14@demo.example"));
      tokens.push_back(mail.substr(found + mark.size(), 22));
    }
    return tokens;
  }

  static std::string NextToken() {
    static size_t seen = 0;
    Suite::WaitUntil("the guardian has mail", [] { return Tokens().size() > seen; });
    return Tokens()[seen++];
  }

  static std::string StateOf(const std::string& booking) {
    const HttpAnswer seen = suite_->Get("/v1/" + booking, suite_->PupilToken(kPupil));
    EXPECT_EQ(seen.code, 200) << seen.body;
    return seen.json.value("state", "");
  }

  static Suite* suite_;
};

Suite* GuardianTest::suite_ = nullptr;

TEST_F(GuardianTest, ALinkLetsAGuardianAgreeAndTakeItBack) {
  const HttpAnswer booked = Book();
  ASSERT_EQ(booked.code, 200) << booked.body;
  EXPECT_EQ(booked.json["state"], "STATE_PENDING_CONSENT");
  const std::string booking = booked.json["name"];
  const std::string token = NextToken();

  const HttpAnswer asked = suite_->Post("/v1/consentRequests:lookup", {{"token", token}});
  ASSERT_EQ(asked.code, 200) << asked.body;
  EXPECT_EQ(asked.json["choices"].size(), 3u);
  EXPECT_THAT(asked.body, Not(HasSubstr(kPupil)));
  const json choice = asked.json["choices"][0];
  const json give = {{"token", token},
                     {"scope", choice["scope"]},
                     {"textHash", choice["textHash"]},
                     {"requestId", NewId()}};
  const HttpAnswer given = suite_->Post("/v1/consentRequests:give", give);
  ASSERT_EQ(given.code, 200) << given.body;
  EXPECT_EQ(given.json["state"], "STATE_GIVEN");
  Suite::WaitUntil("the booking has moved on",
                   [&] { return StateOf(booking) != "STATE_PENDING_CONSENT"; });
  EXPECT_EQ(suite_->Post("/v1/consentRequests:give", give).body, given.body);

  const json revoke = {{"token", token}, {"requestId", NewId()}};
  const HttpAnswer revoked = suite_->Post("/v1/consentRequests:revoke", revoke);
  ASSERT_EQ(revoked.code, 200) << revoked.body;
  Suite::WaitUntil("the booking is released",
                   [&] { return StateOf(booking) == "STATE_CANCELLED"; });
  const HttpAnswer dead = suite_->Post("/v1/consentRequests:lookup", {{"token", token}});
  EXPECT_EQ(dead.code, 404);
  EXPECT_THAT(dead.body, HasSubstr("LINK_UNKNOWN"));
}

TEST_F(GuardianTest, ARefusalEndsTheRequestAndNobodyElseKnowsTheToken) {
  const HttpAnswer booked = Book();
  ASSERT_EQ(booked.code, 200) << booked.body;
  const std::string token = NextToken();
  const HttpAnswer refused =
      suite_->Post("/v1/consentRequests:refuse", {{"token", token}, {"requestId", NewId()}});
  ASSERT_EQ(refused.code, 200) << refused.body;
  Suite::WaitUntil("the request has ended",
                   [&] { return StateOf(booked.json["name"]) == "STATE_CANCELLED"; });
  for (const char* service : {"gateway", "booking", "notification"}) {
    const std::string log = suite_->LogOf(service);
    EXPECT_THAT(log, Not(HasSubstr(token))) << service;
    EXPECT_THAT(log, Not(HasSubstr("parent-14"))) << service;
  }
  EXPECT_EQ(suite_->Count(absl::StrCat(
                "SELECT (SELECT count(*) FROM notification.messages m WHERE m::text LIKE '%", token,
                "%') + (SELECT count(*) FROM booking.consent_requests r WHERE r::text LIKE '%",
                token, "%') + (SELECT count(*) FROM booking.outbox o WHERE position('", token,
                "'::bytea in o.payload) > 0)")),
            0);
}

TEST_F(GuardianTest, MailsAreNotHandedOverFromOutside) {
  const HttpAnswer answer =
      suite_->Post("/v1/links:send", {{"requestId", NewId()}}, suite_->OperatorToken());
  EXPECT_EQ(answer.code, 404);
  const HttpAnswer openapi = suite_->Get("/openapi.json");
  EXPECT_THAT(openapi.body, Not(HasSubstr("SendLink")));
}

}  // namespace
}  // namespace dm
