#include "services/catalogue/domain/partner_import.h"

#include "common/errors/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAreArray;
using S = OfferState;
using T = OfferStep;

TEST(PartnerImport, TakesTheStepsThatItsStateAndItsRightsLeaveIt) {
  struct Case {
    const char* what;
    std::optional<OfferState> state;
    bool publishes;
    bool changes_what_was_read;
    std::vector<OfferStep> steps;
  };
  const Case cases[] = {
      {"a new one waits for the agency", std::nullopt, false, true, {T::kCreate, T::kSubmit}},
      {"a new one is shown", std::nullopt, true, true, {T::kCreate, T::kSubmit, T::kApprove}},
      {"one that was given back is handed in again", S::kDraft, false, true, {T::kSubmit}},
      {"one that was given back is shown", S::kDraft, true, false, {T::kSubmit, T::kApprove}},
      {"one that waits goes on waiting", S::kSubmitted, false, true, {}},
      {"one that waits is shown", S::kSubmitted, true, false, {T::kApprove}},
      {"one that is shown is read again", S::kPublished, false, true, {T::kEdit}},
      {"new dates are not read again", S::kPublished, false, false, {}},
      {"one that is shown stays so", S::kPublished, true, true, {}},
      {"a suspended one is read again", S::kSuspended, false, true, {T::kEdit}},
      {"a suspended one stays so", S::kSuspended, true, true, {}},
      {"what is over is over", S::kArchived, true, true, {}},
  };
  for (const Case& one : cases) {
    EXPECT_THAT(StepsAfterImport(one.state, one.publishes, one.changes_what_was_read),
                ElementsAreArray(one.steps))
        << one.what;
    // Each is a step that the table gives a partner.
    std::optional<OfferState> state = one.state;
    for (const OfferStep step : one.steps) {
      const OfferTransition* const row = FindOfferTransition(state, step, OfferParty::kPartner);
      ASSERT_NE(row, nullptr) << one.what;
      state = row->to;
    }
  }
}

TEST(PartnerImport, IsCompleteOnlyWhenLessThanATenthWasRefused) {
  EXPECT_FALSE(CheckComplete({}).ok());
  EXPECT_TRUE(CheckComplete({.unchanged = 1}).ok());
  EXPECT_TRUE(CheckComplete({.added = 4, .changed = 3, .withdrawn = 3, .refused = 1}).ok());
  EXPECT_FALSE(CheckComplete({.added = 9, .refused = 1}).ok());
  EXPECT_FALSE(CheckComplete({.refused = 1}).ok());
}

TEST(PartnerImport, KnowsTheNameOfASource) {
  EXPECT_TRUE(IsPartnerSource("jobaway-2"));
  EXPECT_TRUE(IsPartnerSource(std::string(40, 'a')));
  for (const char* name : {"", "Jobaway", "job away", "jôb", "job_away"}) {
    EXPECT_FALSE(IsPartnerSource(name)) << name;
  }
  EXPECT_FALSE(IsPartnerSource(std::string(41, 'a')));
}

}  // namespace
}  // namespace dm::catalogue
