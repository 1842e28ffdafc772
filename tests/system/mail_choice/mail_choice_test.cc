// The link of a mail that one can do without, as people and mail programs use it.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dm {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using ::testing::Not;
using testing::Suite;

constexpr char kLemoine[] = "00061001400011";
constexpr char kCompany[] = "companies/00061001400011";
constexpr char kOneClick[] = "List-Unsubscribe=One-Click";

class MailChoiceTest : public ::testing::Test {
 protected:
  MailChoiceTest() { suite_.LoadDemonstration(); }

  void Step(const std::string& name, const std::string& step, const std::string& token,
            json body = json::object()) {
    body["requestId"] = NewUuid(absl::Now());
    const HttpAnswer answer = suite_.Post(absl::StrCat("/v1/", name, ":", step), body, token);
    ASSERT_EQ(answer.code, 200) << answer.body;
  }

  // An offer of the company, approved by the agency.
  std::string Publish(const std::string& title) {
    const absl::Time start = absl::Now() + absl::Hours(24 * 20);
    const auto moment = [](absl::Time time) {
      return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone());
    };
    const HttpAnswer created =
        suite_.Post(absl::StrCat("/v1/", kCompany, "/offers?request_id=", NewUuid(absl::Now())),
                    {{"profession", "professions/D1102"},
                     {"title", title},
                     {"description", "Une journée avec l'équipe du fournil, du pétrin au four."},
                     {"audiences", {"AUDIENCE_TROISIEME"}},
                     {"sessions",
                      {{{"startTime", moment(start)},
                        {"endTime", moment(start + absl::Hours(8))},
                        {"capacity", 3}}}}},
                    host_);
    EXPECT_EQ(created.code, 200) << created.body;
    const std::string name = created.json["offer"]["name"];
    Step(name, "submit", host_);
    Step(name, "approve", agency_);
    return name;
  }

  // How many mails of a kind to the company are in a state.
  int64_t Mails(const std::string& kind, const std::string& state) {
    return suite_.Count(
        absl::StrCat("SELECT count(*) FROM notification.messages WHERE recipient = '", kCompany,
                     "' AND kind = '", kind, "' AND state = '", state, "'"));
  }

  // The address in the header of the first mail that has one; empty while there is none.
  std::string StopUrl() {
    constexpr char kHeader[] = "List-Unsubscribe: <";
    for (const std::string& mail : suite_.Mails()) {
      const size_t at = mail.find(kHeader);
      if (at == std::string::npos) continue;
      const size_t from = at + sizeof(kHeader) - 1;
      return mail.substr(from, mail.find('>', from) - from);
    }
    return "";
  }

  static HttpAnswer PostTo(const std::string& url, const std::string& body) {
    return testing::Fetch({.method = "POST", .url = url, .token = "", .body = body});
  }

  bool Stopped(const std::string& token) {
    const HttpAnswer choice = suite_.Post("/v1/mailChoices:lookup", {{"token", token}});
    EXPECT_EQ(choice.code, 200) << choice.body;
    EXPECT_EQ(choice.json.value("description", ""), "annonce qu'une de vos offres est en ligne");
    EXPECT_THAT(choice.body, Not(HasSubstr(kLemoine)));
    return choice.json.value("stopped", false);
  }

  Suite suite_{Suite::Options{.portal = true}};
  const std::string host_ = suite_.HostToken(kLemoine);
  const std::string agency_ =
      suite_.Token({.subject = "agence-61", .roles = {"agency"}, .territory = {"61"}});
};

TEST_F(MailChoiceTest, ALookChangesNothingAndOneClickStopsTheKindUntilItIsTakenBack) {
  Publish("Pain perdu et pain trouvé");
  Suite::WaitUntil("the company is written to", [&] { return !StopUrl().empty(); });
  const std::string url = StopUrl();
  const std::string token = url.substr(url.rfind('/') + 1);
  EXPECT_EQ(url, absl::StrCat(suite_.http(), "/desabonnement/", token));

  // As a person, and as what scans mails.
  const HttpAnswer page = testing::Fetch({.url = url});
  EXPECT_EQ(page.code, 200);
  EXPECT_THAT(page.body, HasSubstr("Vos messages"));
  EXPECT_EQ(PostTo(url, "").code, 405);
  EXPECT_FALSE(Stopped(token));

  for (int i = 0; i < 2; ++i) {
    const HttpAnswer clicked = PostTo(url, kOneClick);
    EXPECT_EQ(clicked.code, 200) << clicked.body;
    EXPECT_EQ(clicked.json.value("stopped", false), true) << clicked.body;
  }
  EXPECT_TRUE(Stopped(token));
  const std::string second = Publish("Le four et la pelle");
  Step(second, "suspend", agency_, {{"reason", "Précisez ce que fera le stagiaire."}});
  Suite::WaitUntil("what is needed is sent", [&] { return Mails("OFFER_SUSPENDED", "sent") == 1; });
  EXPECT_EQ(Mails("OFFER_APPROVED", "sent"), 1);
  EXPECT_EQ(Mails("OFFER_APPROVED", "dropped"), 1);

  EXPECT_EQ(suite_.Post("/v1/mailChoices:resume", {{"token", token}}).code, 200);
  EXPECT_FALSE(Stopped(token));
  Publish("La brioche du dimanche");
  Suite::WaitUntil("such mails come again", [&] { return Mails("OFFER_APPROVED", "sent") == 2; });

  const HttpAnswer unknown =
      PostTo(absl::StrCat(suite_.http(), "/desabonnement/AAAAAAAAAAAAAAAAAAAAAA"), kOneClick);
  EXPECT_EQ(unknown.code, 404) << unknown.body;
  EXPECT_EQ(testing::ReasonOf(unknown), "LINK_UNKNOWN");
  for (const char* service : {"gateway", "notification"}) {
    EXPECT_THAT(suite_.LogOf(service), Not(HasSubstr(token))) << service;
  }
  EXPECT_THAT(suite_.Dump(), Not(HasSubstr(token)));
}

}  // namespace
}  // namespace dm
