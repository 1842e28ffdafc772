// The life of an offer over HTTP, from its host's first words to its end.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "tests/support/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dm {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using ::testing::Not;
using testing::Suite;

constexpr char kLemoine[] = "00061001400011";
constexpr char kCompany[] = "companies/00061001400011";
constexpr char kParent[] = "/v1/companies/00061001400011/offers";

class OffersTest : public ::testing::Test {
 protected:
  OffersTest() { suite_.LoadDemonstration(); }

  static json Bakery() {
    const absl::Time start = absl::Now() + absl::Hours(24 * 20);
    return {{"profession", "professions/D1102"},
            {"title", "Pain perdu et pain trouvé"},
            {"description", "Une journée avec l'équipe du fournil, du pétrin au four."},
            {"audiences", {"AUDIENCE_TROISIEME"}},
            {"sessions",
             {{{"startTime", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", start, absl::UTCTimeZone())},
               {"endTime", absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", start + absl::Hours(8),
                                            absl::UTCTimeZone())},
               {"capacity", 3}}}}};
  }

  HttpAnswer Step(const std::string& name, const std::string& step, const std::string& token,
                  json body = json::object()) {
    body["requestId"] = NewUuid(absl::Now());
    return suite_.Post(absl::StrCat("/v1/", name, ":", step), body, token);
  }

  // Writes the offer, submits and approves it, and waits until it is found.
  std::string PublishBakery(const std::string& host, const std::string& agency) {
    const HttpAnswer created =
        suite_.Post(absl::StrCat(kParent, "?request_id=", NewUuid(absl::Now())), Bakery(), host);
    EXPECT_EQ(created.code, 200) << created.body;
    const std::string name = created.json["offer"]["name"];
    EXPECT_EQ(Step(name, "submit", host).code, 200);
    EXPECT_EQ(Step(name, "approve", agency).code, 200);
    Suite::WaitUntil("the offer is found", [&] { return IsSearchable(name); });
    return name;
  }

  // Names of the company's offers that everybody finds, sorted.
  std::vector<std::string> Found() {
    const HttpAnswer found =
        suite_.Get(absl::StrCat("/v1/offers:search?page_size=100&companies=", kLemoine));
    EXPECT_EQ(found.code, 200) << found.body;
    std::vector<std::string> names;
    for (const json& offer : found.json["offers"]) names.push_back(offer["name"]);
    EXPECT_EQ(found.json.value("totalSize", 0), static_cast<int>(names.size()));
    std::sort(names.begin(), names.end());
    return names;
  }

  // How many mails of a kind are done with.
  int64_t Sent(const std::string& recipient, const std::string& kind) {
    return suite_.Count(
        absl::StrCat("SELECT count(*) FROM notification.messages WHERE recipient = '", recipient,
                     "' AND kind = '", kind, "' AND state = 'sent'"));
  }

  // Every mail so far, with the lines together again that were folded for the journey.
  std::string MailTexts() {
    return absl::StrReplaceAll(absl::StrJoin(suite_.Mails(), "\n"), {{"=\r\n", ""}, {"=\n", ""}});
  }

  bool IsSearchable(const std::string& name) {
    const HttpAnswer found = suite_.Get(
        absl::StrCat("/v1/offers:search?query=pain+trouve&page_size=100&companies=", kLemoine));
    return found.code == 200 && absl::StrContains(found.body, name);
  }

  Suite suite_;
};

TEST_F(OffersTest, AHostWritesItsAgencyShowsItAndItGoesOutOfSightWithinASecondOrSo) {
  const std::string host = suite_.HostToken(kLemoine);
  const std::string agency =
      suite_.Token({.subject = "agence-61", .roles = {"agency"}, .territory = {"61"}});
  const std::string other =
      suite_.Token({.subject = "agence-14", .roles = {"agency"}, .territory = {"14"}});

  const HttpAnswer created =
      suite_.Post(absl::StrCat(kParent, "?request_id=", NewUuid(absl::Now())), Bakery(), host);
  ASSERT_EQ(created.code, 200) << created.body;
  const std::string name = created.json["offer"]["name"];
  EXPECT_EQ(created.json["offer"]["state"], "STATE_DRAFT");
  EXPECT_EQ(suite_.Get(absl::StrCat("/v1/", name)).code, 404);
  EXPECT_EQ(suite_.Get(absl::StrCat("/v1/", name, ":record")).code, 401);
  EXPECT_EQ(suite_.Get(absl::StrCat("/v1/", name, ":record"), other).code, 404);

  ASSERT_EQ(Step(name, "submit", host).code, 200);
  const HttpAnswer waiting = suite_.Get("/v1/companies/-/offers?states=STATE_SUBMITTED", agency);
  ASSERT_EQ(waiting.code, 200) << waiting.body;
  ASSERT_EQ(waiting.json["records"].size(), 1u);
  EXPECT_EQ(Step(name, "approve", host).code, 403);
  EXPECT_EQ(Step(name, "approve", other).code, 404);
  ASSERT_EQ(Step(name, "approve", agency).code, 200);
  Suite::WaitUntil("the offer is found", [&] { return IsSearchable(name); });
  EXPECT_EQ(suite_.Get(absl::StrCat("/v1/", name)).code, 200);
  const HttpAnswer seen = suite_.Get(absl::StrCat("/v1/", name, ":explainVisibility"), host);
  ASSERT_EQ(seen.code, 200) << seen.body;
  EXPECT_EQ(seen.json["visible"], true) << seen.body;
  Suite::WaitUntil("booking knows its session", [&] {
    return suite_.Count("SELECT count(*) FROM booking.sessions WHERE title LIKE 'Pain perdu%'") ==
           1;
  });

  const HttpAnswer suspended =
      Step(name, "suspend", agency, {{"reason", "Précisez ce que fera le stagiaire."}});
  ASSERT_EQ(suspended.code, 200) << suspended.body;
  const absl::Time since = absl::Now();
  Suite::WaitUntil("the offer is out of sight", [&] { return !IsSearchable(name); });
  // One second for answers that are kept, and some for a busy machine.
  EXPECT_LT(absl::Now() - since, absl::Seconds(5));
  Suite::WaitUntil("and so is its page",
                   [&] { return suite_.Get(absl::StrCat("/v1/", name)).code == 404; });
  const HttpAnswer why = suite_.Get(absl::StrCat("/v1/", name, ":explainVisibility"), host);
  EXPECT_EQ(why.json["reasons"][0]["code"], "CODE_SUSPENDED_BY_AGENCY") << why.body;
  EXPECT_EQ(suite_.Get(absl::StrCat("/v1/", name, ":record"), host).json["causeText"],
            "Précisez ce que fera le stagiaire.");
  ASSERT_EQ(Step(name, "archive", host).code, 200);
  Suite::WaitUntil("agency and host are written to", [&] {
    return Sent("agencies/61", "OFFER_SUBMITTED") == 1 && Sent(kCompany, "OFFER_APPROVED") == 1 &&
           Sent(kCompany, "OFFER_SUSPENDED") == 1;
  });
  EXPECT_THAT(MailTexts(), Not(HasSubstr("stagiaire")));
}

TEST_F(OffersTest, ABanTakesACompanyOutOfSightAndItsEndPublishesNothing) {
  const std::string host = suite_.HostToken(kLemoine);
  const std::string agency =
      suite_.Token({.subject = "agence-61", .roles = {"agency"}, .territory = {"61"}});
  const std::string other =
      suite_.Token({.subject = "agence-14", .roles = {"agency"}, .territory = {"14"}});
  const std::string bakery = PublishBakery(host, agency);
  const std::vector<std::string> before = Found();
  ASSERT_GT(before.size(), 1u);
  for (const std::string& name : before) {
    ASSERT_EQ(suite_.Get(absl::StrCat("/v1/", name)).code, 200) << name;
  }

  const json ban = {{"justification", "Trois jeunes sont rentrés chez eux sans avoir été reçus."},
                    {"requestId", NewUuid(absl::Now())}};
  EXPECT_EQ(suite_.Post(absl::StrCat("/v1/", kCompany, ":ban"), ban, host).code, 403);
  EXPECT_EQ(suite_.Post(absl::StrCat("/v1/", kCompany, ":ban"), ban, other).code, 404);
  EXPECT_EQ(Found(), before);
  const HttpAnswer banned = suite_.Post(absl::StrCat("/v1/", kCompany, ":ban"), ban, agency);
  ASSERT_EQ(banned.code, 200) << banned.body;
  const absl::Time since = absl::Now();
  Suite::WaitUntil("nothing of it is found", [&] { return Found().empty(); });
  // One second for answers that are kept, and some for a busy machine.
  EXPECT_LT(absl::Now() - since, absl::Seconds(5));
  for (const std::string& name : before) {
    Suite::WaitUntil("and so is its page",
                     [&] { return suite_.Get(absl::StrCat("/v1/", name)).code == 404; });
    const HttpAnswer refused = Step(name, "resume", agency);
    EXPECT_EQ(refused.code, 400) << refused.body;
    EXPECT_THAT(refused.body, HasSubstr("COMPANY_BANNED"));
  }
  Suite::WaitUntil("its host is written to", [&] { return Sent(kCompany, "COMPANY_BANNED") == 1; });
  EXPECT_THAT(MailTexts(),
              AllOf(HasSubstr("a suspendu votre entreprise"), Not(HasSubstr("sans avoir"))));

  ASSERT_EQ(Step(kCompany, "liftBan", agency).code, 200);
  // What is resumed after the end of the ban is found; so whatever the end itself had published
  // would be found by then too.
  ASSERT_EQ(Step(bakery, "resume", agency).code, 200);
  Suite::WaitUntil("what was resumed is found", [&] { return IsSearchable(bakery); });
  Suite::WaitUntil("and that alone", [&] { return Found() == std::vector<std::string>{bakery}; });
  for (const std::string& name : before) {
    const HttpAnswer record = suite_.Get(absl::StrCat("/v1/", name, ":record"), agency);
    EXPECT_EQ(record.json["offer"]["state"], name == bakery ? "STATE_PUBLISHED" : "STATE_SUSPENDED")
        << record.body;
  }
}

}  // namespace
}  // namespace dm
