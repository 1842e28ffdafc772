#include "services/catalogue/domain/offer_states.h"

#include "common/errors/error.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace dm::catalogue {
namespace {

using S = OfferState;
using P = OfferParty;
using T = OfferStep;

// The life of an offer told a second time, by another hand than the table: from, step, who and to,
// with H for the host, A for agency and operator, P for a partner, S for the suite.
struct Told {
  const char* from;
  const char* step;
  const char* who;
  const char* to;
};
constexpr Told kTold[] = {
    {"", "CREATE", "HAP", "DRAFT"},
    {"DRAFT", "SUBMIT", "HAP", "SUBMITTED"},
    {"DRAFT", "ARCHIVE", "HAP", "ARCHIVED"},
    {"SUBMITTED", "APPROVE", "AP", "PUBLISHED"},
    {"SUBMITTED", "REJECT", "A", "DRAFT"},
    {"SUBMITTED", "ARCHIVE", "HP", "ARCHIVED"},
    {"PUBLISHED", "SUSPEND", "HA", "SUSPENDED"},
    {"PUBLISHED", "EDIT", "HP", "SUBMITTED"},
    {"PUBLISHED", "COMPANY_BANNED", "S", "SUSPENDED"},
    {"PUBLISHED", "COMPANY_CLOSED", "S", "SUSPENDED"},
    {"PUBLISHED", "ARCHIVE", "HAP", "ARCHIVED"},
    {"PUBLISHED", "SESSIONS_PAST", "S", "ARCHIVED"},
    {"SUSPENDED", "RESUME", "HA", "PUBLISHED"},
    {"SUSPENDED", "EDIT", "HP", "SUBMITTED"},
    {"SUSPENDED", "ARCHIVE", "HAP", "ARCHIVED"},
    {"DRAFT", "VANISHED", "S", "ARCHIVED"},
    {"SUBMITTED", "VANISHED", "S", "ARCHIVED"},
    {"PUBLISHED", "VANISHED", "S", "ARCHIVED"},
    {"SUSPENDED", "VANISHED", "S", "ARCHIVED"},
};

char LetterOf(P party) {
  switch (party) {
    case P::kHost:
      return 'H';
    case P::kAgency:
    case P::kOperator:
      return 'A';
    case P::kSystem:
      return 'S';
    case P::kPartner:
      return 'P';
  }
  return '?';
}

std::string WhereTold(std::optional<S> from, T step, P party) {
  const std::string state(from.has_value() ? OfferStateName(*from) : "");
  for (const Told& one : kTold) {
    if (one.from == state && one.step == OfferStepName(step) &&
        std::string(one.who).find(LetterOf(party)) != std::string::npos) {
      return one.to;
    }
  }
  return "";
}

TEST(OfferStatesTest, EveryStateStepAndPartyGoesWhereItIsToldAndNowhereElse) {
  std::vector<std::optional<S>> from = {std::nullopt};
  for (const S state : AllOfferStates()) from.emplace_back(state);
  int allowed = 0;
  for (const auto& state : from) {
    for (const T step : AllOfferSteps()) {
      for (const P party : AllOfferParties()) {
        const OfferTransition* row = FindOfferTransition(state, step, party);
        const std::string to(row == nullptr ? "" : OfferStateName(row->to));
        EXPECT_EQ(to, WhereTold(state, step, party))
            << (state.has_value() ? OfferStateName(*state) : "[*]") << " " << OfferStepName(step)
            << " " << OfferPartyName(party);
        allowed += row != nullptr ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(static_cast<size_t>(allowed), AllOfferTransitions().size()) << "a row is there twice";
}

TEST(OfferStatesTest, NothingLeavesTheArchive) {
  for (const OfferTransition& row : AllOfferTransitions()) {
    EXPECT_NE(row.from, std::optional<S>(S::kArchived));
  }
}

struct Case {
  const char* what;
  std::optional<S> from;
  T step;
  P party;
  OfferFacts facts;
  // Of the refusal; empty when it is taken.
  const char* reason;
};

const OfferFacts kBanned{.company_banned = true};
const OfferFacts kClosed{.company_closed = true};
const OfferFacts kLacking{.lacks = {{"title", "un titre"}, {"audiences", "au moins un public"}}};
const OfferFacts kByAgency{.decided_by = P::kAgency};
const OfferFacts kBySuite{.decided_by = P::kSystem};

const Case kCases[] = {
    {"a draft that is whole", S::kDraft, T::kSubmit, P::kHost, {}, ""},
    {"one that lacks something", S::kDraft, T::kSubmit, P::kHost, kLacking, "OFFER_INCOMPLETE"},
    {"a banned company's", S::kDraft, T::kSubmit, P::kHost, kBanned, "COMPANY_BANNED"},
    {"a closed company's", S::kDraft, T::kSubmit, P::kHost, kClosed, "COMPANY_CLOSED"},
    {"banned meanwhile", S::kSubmitted, T::kApprove, P::kAgency, kBanned, "COMPANY_BANNED"},
    {"closed meanwhile", S::kSubmitted, T::kApprove, P::kOperator, kClosed, "COMPANY_CLOSED"},
    {"to begin while banned", std::nullopt, T::kCreate, P::kHost, kBanned, "COMPANY_BANNED"},
    {"to end while banned", S::kSuspended, T::kArchive, P::kHost, kBanned, ""},
    {"to give back while banned", S::kSubmitted, T::kReject, P::kAgency, kBanned, ""},
    {"its own suspension", S::kSuspended, T::kResume, P::kHost, {}, ""},
    {"the agency's", S::kSuspended, T::kResume, P::kHost, kByAgency, "OFFER_STATE_CONFLICT"},
    {"the suite's", S::kSuspended, T::kResume, P::kHost, kBySuite, "OFFER_STATE_CONFLICT"},
    {"the suite's, by the agency", S::kSuspended, T::kResume, P::kAgency, kBySuite, ""},
    {"by the agency, still banned", S::kSuspended, T::kResume, P::kAgency, kBanned,
     "COMPANY_BANNED"},
    {"twice", S::kPublished, T::kApprove, P::kAgency, {}, "OFFER_STATE_CONFLICT"},
    {"a host's approval", S::kSubmitted, T::kApprove, P::kHost, {}, "RESOURCE_NOT_FOUND"},
    {"a host's rejection", S::kSubmitted, T::kReject, P::kHost, {}, "RESOURCE_NOT_FOUND"},
    {"an archived one", S::kArchived, T::kResume, P::kOperator, {}, "OFFER_STATE_CONFLICT"},
};

TEST(OfferStatesTest, RefusalsSayWhy) {
  for (const Case& one : kCases) {
    const auto decided = DecideOfferStep("offers/1", one.from, one.step, one.party, one.facts);
    EXPECT_EQ(ErrorReasonOf(decided.status()), one.reason) << one.what;
  }
}

TEST(OfferStatesTest, WhatIsMissingIsNamedAllAtOnce) {
  const auto details = GetErrorDetails(
      DecideOfferStep("offers/1", S::kDraft, T::kSubmit, P::kHost, kLacking).status());
  ASSERT_TRUE(details.has_value());
  ASSERT_EQ(details->fields.size(), 2u);
  EXPECT_EQ(details->fields[0].field, "offer.title");
  EXPECT_EQ(details->fields[1].field, "offer.audiences");
  EXPECT_EQ(details->message_fr, "Il manque : un titre ; au moins un public.");
}

TEST(OfferStatesTest, PartiesComeBackByName) {
  for (const P party : AllOfferParties()) EXPECT_EQ(ParseOfferParty(OfferPartyName(party)), party);
}

TEST(OfferStatesTest, ThePictureInTheReadmeIsMadeFromThem) {
  std::ifstream file("README.md");
  const std::string readme((std::istreambuf_iterator<char>(file)), {});
  EXPECT_NE(readme.find("```mermaid\n" + OfferTransitionsPicture() + "```"), std::string::npos)
      << "put this into README.md:\n"
      << OfferTransitionsPicture();
}

}  // namespace
}  // namespace dm::catalogue
