#include "services/catalogue/domain/visibility.h"

#include "services/catalogue/domain/offer_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAreArray;
using Code = VisibilityCode;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

Session ASession(absl::Duration from_now, bool closed = false, bool cancelled = false,
                 int available = 1) {
  Session session{.id = "s", .start = kNow + from_now, .end = kNow + from_now + absl::Hours(8)};
  session.available = available;
  session.closed = closed;
  if (cancelled) session.cancel_time = kNow - absl::Hours(1);
  return session;
}

VisibilityFacts Found() {
  return {.state = OfferState::kPublished, .sessions = {ASession(absl::Hours(24))}};
}

struct Case {
  const char* what;
  std::function<void(VisibilityFacts&)> change;
  std::vector<Code> codes;
  bool visible;
};

const Case kCases[] = {
    {"nothing", [](auto&) {}, {}, true},
    {"a draft", [](auto& f) { f.state = OfferState::kDraft; }, {Code::kDraft}, false},
    {"a rejected one",
     [](auto& f) {
       f.state = OfferState::kDraft;
       f.rejected = true;
     },
     {Code::kRejected},
     false},
    {"submitted", [](auto& f) { f.state = OfferState::kSubmitted; }, {Code::kSubmitted}, false},
    {"archived", [](auto& f) { f.state = OfferState::kArchived; }, {Code::kArchived}, false},
    {"suspended by its host",
     [](auto& f) { f.state = OfferState::kSuspended; },
     {Code::kSuspendedByHost},
     false},
    {"suspended by an operator",
     [](auto& f) {
       f.state = OfferState::kSuspended;
       f.decided_by = OfferParty::kOperator;
     },
     {Code::kSuspendedByAgency},
     false},
    {"banned, and so suspended",
     [](auto& f) {
       f.state = OfferState::kSuspended;
       f.decided_by = OfferParty::kSystem;
       f.company_banned = true;
     },
     {Code::kSuspendedBySystem, Code::kCompanyBanned},
     false},
    {"closed", [](auto& f) { f.company_closed_since = kNow; }, {Code::kCompanyClosed}, false},
    {"no date", [](auto& f) { f.sessions.clear(); }, {Code::kNoSession}, false},
    {"a date that starts now",
     [](auto& f) { f.sessions = {ASession(absl::ZeroDuration())}; },
     {Code::kAllSessionsPast},
     false},
    {"a closed date beside one that is past",
     [](auto& f) {
       f.sessions = {ASession(absl::Hours(1), true), ASession(-absl::Hours(9))};
     },
     {Code::kAllSessionsClosed},
     false},
    {"cancelled dates",
     [](auto& f) { f.sessions = {ASession(absl::Hours(1), true, true)}; },
     {Code::kAllSessionsCancelled},
     false},
    {"one closed, one full",
     [](auto& f) {
       f.sessions = {ASession(absl::Hours(1), true), ASession(absl::Hours(2), false, false, 0)};
     },
     {Code::kFull},
     true},
    {"the quota",
     [](auto& f) {
       f.monthly_request_quota = 3;
       f.requests_this_month = 3;
     },
     {Code::kQuotaReached},
     true},
    {"no quota at all", [](auto& f) { f.requests_this_month = 900; }, {}, true},
    {"everything at once",
     [](auto& f) {
       f.state = OfferState::kDraft;
       f.sessions.clear();
       f.profession_obsolete = true;
       f.has_audiences = false;
       f.reserved = true;
     },
     {Code::kDraft, Code::kNoSession, Code::kProfessionObsolete, Code::kAudiencesEmpty,
      Code::kReserved},
     false},
};

TEST(VisibilityTest, EveryReasonIsNamedAtOnce) {
  for (const Case& one : kCases) {
    VisibilityFacts facts = Found();
    one.change(facts);
    std::vector<Code> codes;
    bool visible = true;
    for (const VisibilityReason& reason : ExplainVisibility(facts, kNow)) {
      codes.push_back(reason.code);
      visible = visible && !reason.hides;
      EXPECT_FALSE(reason.text.empty()) << one.what;
    }
    EXPECT_THAT(codes, ElementsAreArray(one.codes)) << one.what;
    EXPECT_EQ(visible, one.visible) << one.what;
  }
}

TEST(OfferRulesTest, WhoeverAnswersForAnOfferActsAsWhatWeighsMost) {
  const Mandate both{.companies = {"1"}, .departments = {"61"}};
  EXPECT_EQ(PartyOf(both, "1", "61"), OfferParty::kAgency);
  EXPECT_EQ(PartyOf(both, "1", "14"), OfferParty::kHost);
  EXPECT_EQ(PartyOf(both, "2", "61"), OfferParty::kAgency);
  EXPECT_EQ(PartyOf(both, "2", "14"), std::nullopt);
  EXPECT_EQ(PartyOf({.everywhere = true}, "2", "14"), OfferParty::kOperator);
  EXPECT_EQ(PartyOf({}, "", ""), std::nullopt);
}

TEST(OfferRulesTest, AnOfferLacksWhatItDoesNotSay) {
  Offer offer{.rome_code = "D1102",
              .title = "Au fournil",
              .description = "Une découverte du métier de la",
              .audiences = {2},
              .sessions = {ASession(absl::Hours(1))}};
  EXPECT_TRUE(LacksOf(offer, false, kNow).empty());
  offer.rome_code = "";
  ASSERT_EQ(LacksOf(offer, false, kNow).size(), 1u);
  EXPECT_EQ(LacksOf(offer, false, kNow)[0].field, "profession");
  // One character less, and an accent is no second one.
  offer.rome_code = "D1102";
  offer.description = "Une découverte du métier de l";
  offer.title = "";
  offer.audiences = {};
  offer.sessions = {ASession(absl::ZeroDuration()), ASession(absl::Hours(1), true)};
  std::vector<std::string> fields;
  for (const auto& lack : LacksOf(offer, true, kNow)) fields.push_back(lack.field);
  EXPECT_THAT(fields, ::testing::ElementsAre("title", "description", "audiences", "profession",
                                             "sessions"));
}

TEST(OfferRulesTest, AnEtagIsOfOneVersion) {
  EXPECT_TRUE(CheckEtag("", 3, "offers/1").ok());
  EXPECT_TRUE(CheckEtag("v3", 3, "offers/1").ok());
  EXPECT_TRUE(CheckEtag("\"v3\"", 3, "offers/1").ok());
  for (const char* wrong : {"v2", "3", "v", "W/\"v3\"", "v3x"}) {
    const absl::Status status = CheckEtag(wrong, 3, "offers/1");
    EXPECT_EQ(status.code(), absl::StatusCode::kAborted) << wrong;
    EXPECT_EQ(ErrorReasonOf(status), "ETAG_MISMATCH") << wrong;
  }
}

}  // namespace
}  // namespace dm::catalogue
