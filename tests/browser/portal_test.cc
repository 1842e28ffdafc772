// The portal as people meet it: the whole suite behind it, Debian's Chromium in front of it. What
// is done there is in scenario.mjs; here are the things around it, mails above all.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/text/uuid.h"
#include "tests/support/agreement_content.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

namespace dm {
namespace {

using nlohmann::json;
using testing::Finished;
using ::testing::HasSubstr;
using testing::Suite;

// Of a link's secret.
constexpr size_t kTokenLength = 22;

class PortalTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite({.portal = true});
    suite_->LoadDemonstration();
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static void Run(const std::string& scenario, const std::vector<std::string>& arguments = {}) {
    std::vector<std::string> words = {DM_SCENARIO, scenario, suite_->http(), DM_PICTURES};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const Finished run = testing::RunProgram("node", words, absl::Minutes(5));
    std::cout << run.output;
    ASSERT_EQ(run.exit_code, 0) << run.output;
  }

  // The first mail to that address with that in its subject or text, once it has come. Soft line
  // breaks are taken out.
  static std::string MailTo(const std::string& address, const std::string& words) {
    std::string found;
    Suite::WaitUntil(absl::StrCat("a mail to ", address, ": ", words), [&] {
      for (const std::string& raw : suite_->Mails()) {
        const std::string mail =
            absl::StrReplaceAll(raw, {{"=\r\n", ""}, {"=\n", ""}, {"=3D", "="}});
        if (absl::StrContains(mail, absl::StrCat("To: ", address)) ||
            absl::StrContains(mail, absl::StrCat("<", address, ">"))) {
          if (absl::StrContains(mail, words)) found = mail;
        }
      }
      return !found.empty();
    });
    return found;
  }

  static std::string FirstOf(const std::string& search, const char* list, const char* kind) {
    const std::string name = suite_->Get(search).json[list][0]["name"];
    return absl::StrReplaceAll(name, {{kind, ""}});
  }
  static std::string Offer() {
    return absl::StrCat("/mini-stages/",
                        FirstOf("/v1/offers:search?query=Lemoine", "offers", "offers/"));
  }

  // The first so many characters after a mark in a mail.
  static std::string After(const std::string& mail, const std::string& mark, size_t size) {
    const size_t at = mail.find(mark);
    EXPECT_NE(at, std::string::npos) << mark << " is not in " << mail;
    return at == std::string::npos ? "" : mail.substr(at + mark.size(), size);
  }
  // The answer to a write that must succeed.
  static json Write(const std::string& path, json body, const std::string& token) {
    body["requestId"] = NewUuid(absl::Now());
    const testing::HttpAnswer answer = suite_->Post(absl::StrCat("/v1/", path), body, token);
    EXPECT_EQ(answer.code, 200) << path << ": " << answer.body;
    return answer.json;
  }

  // A stay that this person has asked for and whose host has said yes.
  static json ConfirmedStay(const std::string& pupil) {
    const auto offers = suite_->Get("/v1/offers:search?page_size=100&departments=14");
    for (const json& offer : offers.json["offers"]) {
      for (const json& session : offer["sessions"]) {
        const auto booked = suite_->Post(
            "/v1/bookings", {{"session", session["name"]}, {"requestId", NewUuid(absl::Now())}},
            suite_->PupilToken(pupil));
        if (booked.code != 200) continue;
        if (booked.json["state"] == "STATE_CONFIRMED") return booked.json;
        const std::string host = booked.json["host"];
        return Write(absl::StrCat(std::string(booked.json["name"]), ":accept"), json::object(),
                     suite_->HostToken(absl::StrReplaceAll(host, {{"companies/", ""}})));
      }
    }
    ADD_FAILURE() << "there is no date for " << pupil;
    return {};
  }

  // The agreement of that stay, with its parties asked to sign.
  static void AskForSignatures(const json& stay, const std::string& school_mail) {
    const std::string agreement = absl::StrCat(std::string(stay["name"]), "/agreement");
    const std::string host =
        suite_->HostToken(absl::StrReplaceAll(std::string(stay["host"]), {{"companies/", ""}}));
    const json content = testing::FilledAgreement({.given_name = "Yanis",
                                                   .family_name = "Leroy",
                                                   .address = "1 rue du Port\nCaen",
                                                   .tutor_mail = "tuteur@exemple.example",
                                                   .school_mail = school_mail});
    const auto created =
        suite_->Post(absl::StrCat("/v1/", agreement, "?requestId=", NewUuid(absl::Now())),
                     {{"content", content}}, host);
    ASSERT_EQ(created.code, 200) << created.body;
    Write(absl::StrCat(agreement, ":submit"), json::object(), host);
  }

  static Suite* suite_;
};

Suite* PortalTest::suite_ = nullptr;

TEST_F(PortalTest, LeadsThroughItsThreeDoorsAndKeepsThePlace) { Run("doors"); }

TEST_F(PortalTest, ShowsPartnersTheApi) { Run("docs"); }

TEST_F(PortalTest, IsUsedByKeyboardAlone) { Run("keyboard"); }

TEST_F(PortalTest, KeepsTheSessionFromScriptsAndFromOthers) { Run("session"); }

// From the request to the mail that says yes, and then the same date again.
TEST_F(PortalTest, BooksToTheMailAndSaysWhatIsNotPossibleInPlainWords) {
  Run("book");
  const std::string asked = MailTo("eleve-17@demo.example", "/?booking=");
  EXPECT_THAT(asked, HasSubstr(absl::StrCat(suite_->http(), "/?booking=")));
  Run("accept");
  MailTo("eleve-17@demo.example", ".ics");
  const auto bookings = suite_->Get("/v1/bookings", suite_->PupilToken("eleve-17"));
  ASSERT_EQ(bookings.json["bookings"][0]["state"], "STATE_CONFIRMED");
  const std::string session = bookings.json["bookings"][0]["session"];
  Run("errors", {absl::StrCat("/?session=", session)});
}

TEST_F(PortalTest, AsksTheGuardianOfAMinorAndTakesTheAnswerByTheLinkOfTheMail) {
  Run("minor");
  const std::string mail = MailTo("parent-14@demo.example", "/consentement#");
  const std::string page = absl::StrCat(suite_->http(), "/consentement#");
  Run("consent", {absl::StrCat(page, After(mail, page, kTokenLength))});
  const auto bookings = suite_->Get("/v1/bookings", suite_->PupilToken("eleve-14"));
  EXPECT_THAT(std::string(bookings.json["bookings"][0]["state"]),
              ::testing::AnyOf("STATE_PENDING_HOST", "STATE_CONFIRMED"));
}

TEST_F(PortalTest, LetsPeopleReportAnOfferAndTheAgencyActOnIt) { Run("report"); }

// A company's new offer, given to the agency, which lets it through, and found by everybody.
TEST_F(PortalTest, TakesAnOfferFromItsDraftToTheSearchAndShowsEachMistakeAtItsField) {
  Run("offer");
}

TEST_F(PortalTest, LetsThePartiesOfAnAgreementReadAndSignItByTheLinkOfTheMail) {
  const std::string school = "referente-portail@exemple.example";
  suite_->RegisterPupils({"etudiant-21"});
  const json stay = ConfirmedStay("etudiant-21");
  ASSERT_TRUE(stay.value("agreementRequired", false)) << stay;
  AskForSignatures(stay, school);
  const std::string page = absl::StrCat(suite_->http(), "/signature#");
  const std::string link =
      absl::StrCat(page, After(MailTo(school, "/signature#"), page, kTokenLength));
  Run("signature", {link});
  constexpr char kCode[] = "Votre code : ";
  Run("sign", {link, After(MailTo(school, kCode), kCode, 6)});
  const auto agreement = suite_->Get(absl::StrCat("/v1/", std::string(stay["name"]), "/agreement"),
                                     suite_->PupilToken("etudiant-21"));
  for (const json& party : agreement.json["signatories"]) {
    EXPECT_EQ(party.contains("signTime"), party["party"] == "AGREEMENT_PARTY_SCHOOL") << party;
  }
}

// Of whoever signs in, and for good of who wants it.
TEST_F(PortalTest, HandsOutWhatIsKeptOfSomebodyAndErasesIt) {
  Run("data");
  Suite::WaitUntil("the contact is erased", [] {
    return suite_->Count(
               "SELECT count(*) FROM notification.contacts WHERE party = 'people/adulte-34'") == 0;
  });
}

TEST_F(PortalTest, ShowsOnTheMapWhatTheListShowsAndAsksNobodyElse) { Run("map"); }

TEST_F(PortalTest, IsAccessibleOnEveryPageAndFitsANarrowPhone) {
  Run("pages",
      {Offer(), absl::StrCat("/ambassadeurs/", FirstOf("/v1/ambassadors:search?query=Lemoine",
                                                       "ambassadors", "ambassadors/"))});
}

}  // namespace
}  // namespace dm
