// An agreement through the whole suite: over HTTP and by mail, from its draft to the validated
// paper.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "tests/support/agreement_content.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace dm {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using ::testing::Not;
using testing::Suite;

constexpr char kStudent[] = "etudiante-1";
constexpr char kTutorMail[] = "tuteur@exemple.example";
constexpr char kSchoolMail[] = "referente@exemple.example";

std::string NewId() { return NewUuid(absl::Now()); }

class AgreementSystemTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite();
    suite_->LoadDemonstration();
    suite_->RegisterPupils({kStudent});
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static std::string Student() { return suite_->PupilToken(kStudent); }
  static std::string Agent(const std::string& subject) {
    auth::TokenClaims claims;
    claims.subject = subject;
    claims.roles = {"agency"};
    claims.territory = {"61"};
    claims.not_before = absl::Now() - absl::Minutes(1);
    claims.expires_at = absl::Now() + absl::Hours(1);
    return suite_->Token(claims);
  }

  // A stay of the student in the Orne that the host has accepted.
  static json ConfirmedBooking() {
    const HttpAnswer offers = suite_->Get("/v1/offers:search?page_size=100&departments=61");
    EXPECT_EQ(offers.code, 200) << offers.body;
    for (const json& offer : offers.json.value("offers", json::array())) {
      for (const json& session : offer.value("sessions", json::array())) {
        const HttpAnswer booked = suite_->Post(
            "/v1/bookings", {{"session", session.value("name", "")}, {"requestId", NewId()}},
            Student());
        if (booked.code != 200) continue;
        if (booked.json.value("state", "") == "STATE_CONFIRMED") return booked.json;
        const std::string siret = booked.json.value("host", "").substr(10);
        const HttpAnswer accepted =
            suite_->Post(absl::StrCat("/v1/", booked.json.value("name", ""), ":accept"),
                         {{"requestId", NewId()}}, suite_->HostToken(siret));
        EXPECT_EQ(accepted.code, 200) << accepted.body;
        return accepted.json;
      }
    }
    ADD_FAILURE() << "the demonstration has no mini-stage that the student may book";
    return {};
  }

  static json Content() {
    return testing::FilledAgreement({.given_name = "Camille",
                                     .family_name = "Canari",
                                     .address = "1 rue du Bocage\n61100 Flers",
                                     .tutor_mail = kTutorMail,
                                     .school_mail = kSchoolMail});
  }

  // What stands behind a mark in the newest mail to an address; empty when there is none yet.
  static std::string LastAfter(const std::string& address, const std::string& mark, size_t size) {
    std::string found;
    for (std::string mail : suite_->Mails()) {
      // Long lines of a quoted-printable part are broken so.
      absl::StrReplaceAll({{"=\r\n", ""}, {"=\n", ""}}, &mail);
      const size_t at = mail.find(mark);
      if (absl::StrContains(mail, address) && at != std::string::npos) {
        found = mail.substr(at + mark.size(), size);
      }
    }
    return found;
  }
  static std::string WaitFor(const std::string& address, const std::string& mark, size_t size) {
    Suite::WaitUntil(absl::StrCat("mail to ", address),
                     [&] { return !LastAfter(address, mark, size).empty(); });
    return LastAfter(address, mark, size);
  }
  static std::string CodeFor(const std::string& address) {
    return WaitFor(address, "Votre code : ", 6);
  }

  static HttpAnswer Step(const std::string& agreement, const std::string& step,
                         const std::string& token, json body = json::object()) {
    body["requestId"] = NewId();
    return suite_->Post(absl::StrCat("/v1/", agreement, ":", step), body, token);
  }

  static Suite* suite_;
};

Suite* AgreementSystemTest::suite_ = nullptr;

TEST_F(AgreementSystemTest, IsWrittenSignedByMailAndValidatedAndComesAsAPdf) {
  const json booking = ConfirmedBooking();
  ASSERT_TRUE(booking.value("agreementRequired", false)) << booking;
  const std::string name = booking.value("name", "");
  const std::string agreement = name + "/agreement";
  const std::string host = suite_->HostToken(booking.value("host", "").substr(10));

  const HttpAnswer created = suite_->Post(absl::StrCat("/v1/", agreement, "?requestId=", NewId()),
                                          {{"content", Content()}}, host);
  ASSERT_EQ(created.code, 200) << created.body;
  EXPECT_EQ(created.json["state"], "STATE_DRAFT");

  const std::string document = absl::StrCat("/v1/", agreement, "/document");
  const HttpAnswer draft = suite_->Get(document, Student());
  ASSERT_EQ(draft.code, 200) << draft.body;
  EXPECT_EQ(draft.headers.at("content-type"), "application/pdf");
  EXPECT_EQ(draft.body.substr(0, 5), "%PDF-");
  EXPECT_EQ(suite_->Get(document, suite_->PupilToken("quelqu-un")).code, 404);
  EXPECT_EQ(suite_->Get(document).code, 401);

  const HttpAnswer submitted = Step(agreement, "submit", host);
  ASSERT_EQ(submitted.code, 200) << submitted.body;
  const std::string hash = submitted.json["documentHash"];

  // The student signs signed in, with a code that came by mail.
  const HttpAnswer asked = Step(agreement, "requestCode", Student());
  ASSERT_EQ(asked.code, 200) << asked.body;
  const std::string student_mail = absl::StrCat(kStudent, "@demo.example");
  const HttpAnswer signed_in =
      Step(agreement, "sign", Student(), {{"code", CodeFor(student_mail)}, {"documentHash", hash}});
  ASSERT_EQ(signed_in.code, 200) << signed_in.body;
  ASSERT_EQ(Step(agreement, "requestCode", host).code, 200);
  ASSERT_EQ(
      Step(agreement, "sign", host, {{"code", CodeFor(kTutorMail)}, {"documentHash", hash}}).code,
      200);

  // The school by the link that it was mailed.
  const std::string token = WaitFor(kSchoolMail, "/signature#", 22);
  const HttpAnswer looked_up = suite_->Post("/v1/signatures:lookup", {{"token", token}});
  ASSERT_EQ(looked_up.code, 200) << looked_up.body;
  EXPECT_EQ(looked_up.json["documentHash"], hash);
  const HttpAnswer shown = suite_->Post("/v1/signatures:document", {{"token", token}});
  EXPECT_EQ(shown.headers.at("content-type"), "application/pdf");
  ASSERT_EQ(
      suite_->Post("/v1/signatures:requestCode", {{"token", token}, {"requestId", NewId()}}).code,
      200);
  const std::string code = CodeFor(kSchoolMail);
  const HttpAnswer last = suite_->Post(
      "/v1/signatures:sign",
      {{"token", token}, {"code", code}, {"documentHash", hash}, {"requestId", NewId()}});
  ASSERT_EQ(last.code, 200) << last.body;
  EXPECT_EQ(last.json["state"], "STATE_IN_REVIEW");

  ASSERT_EQ(Step(agreement, "recommend", Agent("agent-1")).code, 200);
  EXPECT_EQ(testing::ReasonOf(Step(agreement, "validate", Agent("agent-1"))), "FOUR_EYES_NEEDED");
  const HttpAnswer validated = Step(agreement, "validate", Agent("agent-2"));
  ASSERT_EQ(validated.code, 200) << validated.body;
  const HttpAnswer known = suite_->Get("/v1/" + name, Student());
  EXPECT_TRUE(known.json.value("agreementValidated", false)) << known.body;

  const HttpAnswer paper = suite_->Get(document, Student());
  ASSERT_EQ(paper.code, 200);
  EXPECT_TRUE(paper.body == suite_->Get(document, host).body);
  const std::string file = ::testing::TempDir() + "/agreement.pdf";
  std::ofstream(file, std::ios::binary) << paper.body;
  const testing::Finished text = testing::RunProgram("pdftotext", {file, "-"});
  ASSERT_EQ(text.exit_code, 0) << text.output;
  for (const char* said : {"Camille Canari", "Marc Dufour", "Claire Martin", "VALIDÉE",
                           "Convention validée : le séjour peut avoir lieu."}) {
    EXPECT_THAT(text.output, HasSubstr(said));
  }

  // What is secret or personal went to mailboxes and papers and nowhere else.
  for (const char* service : {"gateway", "booking", "notification"}) {
    const std::string log = suite_->LogOf(service);
    for (const std::string& trace :
         {token, code, std::string("Canari"), std::string(kSchoolMail)}) {
      EXPECT_THAT(log, Not(HasSubstr(trace))) << service;
    }
  }
  for (const char* table : {"booking.outbox", "notification.messages"}) {
    EXPECT_EQ(suite_->Count(absl::StrCat("SELECT count(*) FROM ", table, " t WHERE t::text LIKE '%",
                                         token, "%' OR t::text LIKE '%Canari%'")),
              0)
        << table;
  }
}

}  // namespace
}  // namespace dm
