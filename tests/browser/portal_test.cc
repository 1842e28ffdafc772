// The portal as people meet it: the whole suite behind it, Debian's Chromium in front of it. What
// is done there is in scenario.mjs; here are the things around it, mails above all.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

namespace dm {
namespace {

using testing::Finished;
using ::testing::HasSubstr;
using testing::Suite;

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
  const size_t begin = mail.find(absl::StrCat(suite_->http(), "/consentement#"));
  ASSERT_NE(begin, std::string::npos) << mail;
  Run("consent", {mail.substr(begin, mail.find_first_of("\r\n \"<", begin) - begin)});
  const auto bookings = suite_->Get("/v1/bookings", suite_->PupilToken("eleve-14"));
  EXPECT_THAT(std::string(bookings.json["bookings"][0]["state"]),
              ::testing::AnyOf("STATE_PENDING_HOST", "STATE_CONFIRMED"));
}

TEST_F(PortalTest, LetsPeopleReportAnOfferAndTheAgencyActOnIt) { Run("report"); }

TEST_F(PortalTest, IsAccessibleOnEveryPageAndFitsANarrowPhone) {
  Run("pages",
      {Offer(), absl::StrCat("/ambassadeurs/", FirstOf("/v1/ambassadors:search?query=Lemoine",
                                                       "ambassadors", "ambassadors/"))});
}

}  // namespace
}  // namespace dm
