#include "services/catalogue/domain/cancellation.h"

#include "common/errors/error.h"

#include <gtest/gtest.h>

namespace dm::catalogue {
namespace {

constexpr char kOffer[] = "019b8dd0-5780-7615-8c22-1e51d9c1fbd0";
constexpr char kSession[] = "019b8dd0-5780-7615-8c22-1e51d9c1fbd1";
const absl::Time kStart = absl::FromUnixSeconds(1'800'000'000);

HostedSession ABakersSession() {
  return {.name = {kOffer, kSession},
          .siret = "00061019600016",
          .department = "61",
          .session = {.id = kSession, .start = kStart, .end = kStart + absl::Hours(8)}};
}

struct Case {
  const char* what;
  Mandate who;
  // Of the refusal; empty when it may be cancelled.
  const char* reason;
};

const Case kCases[] = {
    {"its company", {.companies = {"00061020400018", "00061019600016"}}, ""},
    {"the agency of its département", {.departments = {"14", "61"}}, ""},
    {"an operator", {.everywhere = true}, ""},
    {"another company", {.companies = {"00061020400018"}}, "RESOURCE_NOT_FOUND"},
    {"another agency", {.departments = {"14"}}, "RESOURCE_NOT_FOUND"},
    {"a host of no company", {}, "RESOURCE_NOT_FOUND"},
};

TEST(CancellationTest, IsForTheCompanyTheAgencyOfItsTerritoryAndOperators) {
  for (const Case& one : kCases) {
    const auto decided =
        DecideCancellation(one.who, ABakersSession(), kStart - absl::Microseconds(1));
    EXPECT_EQ(ErrorReasonOf(decided.status()), one.reason) << one.what;
    EXPECT_EQ(decided.value_or(Cancellation::kNew), Cancellation::kNew) << one.what;
  }
}

TEST(CancellationTest, EndsWhenTheSessionStarts) {
  const Mandate who{.everywhere = true};
  for (const absl::Time now : {kStart, kStart + absl::Hours(1), kStart + absl::Hours(1000)}) {
    const auto late = DecideCancellation(who, ABakersSession(), now);
    EXPECT_EQ(late.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(ErrorReasonOf(late.status()), "SESSION_PAST");
  }
}

TEST(CancellationTest, ChangesNothingAboutASessionThatIsCancelledAlready) {
  HostedSession hosted = ABakersSession();
  hosted.session.cancel_time = kStart - absl::Hours(48);
  for (const absl::Time now : {kStart - absl::Hours(1), kStart + absl::Hours(1)}) {
    const auto decided = DecideCancellation({.everywhere = true}, hosted, now);
    ASSERT_TRUE(decided.ok()) << decided.status();
    EXPECT_EQ(*decided, Cancellation::kAlready);
  }
  EXPECT_EQ(ErrorReasonOf(DecideCancellation({}, hosted, kStart).status()), "RESOURCE_NOT_FOUND");
}

TEST(SessionNameTest, ReadsNamesOfSessionsOfOffers) {
  const std::string right = std::string("offers/") + kOffer + "/sessions/" + kSession;
  const auto name = ParseSessionName("offers/019B8DD0-5780-7615-8C22-1E51D9C1FBD0/sessions/" +
                                     std::string(kSession));
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(name->Full(), right);
  EXPECT_EQ(name->OfferName(), std::string("offers/") + kOffer);
  for (const std::string& wrong :
       {std::string(), std::string("offers/"), std::string("offers/") + kOffer,
        std::string("ambassadors/") + kOffer + "/sessions/" + kSession,
        std::string("offers/") + kOffer + "/meetings/" + kSession, right + "/", right + "/x",
        std::string("offers/1/sessions/") + kSession}) {
    EXPECT_FALSE(ParseSessionName(wrong).has_value()) << wrong;
  }
}

}  // namespace
}  // namespace dm::catalogue
