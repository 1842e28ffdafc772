#include "common/errors/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm {
namespace {

TEST(ErrorTest, DetailsSurviveTheStatus) {
  const ErrorDetails details = {
      .reason = "SESSION_FULL",
      .metadata = {{"session", "offers/1:2/sessions/3"}, {"empty", ""}},
      .fields = {{"page_size", "must not be negative: -1"}, {"query", ""}},
      .preconditions = {{"capacity", "offers/1", "5:5"}},
      .retry_after = absl::Milliseconds(1500),
      .message_fr = "Plus de place : c'est complet.",
      .message_en = "Full.",
  };
  const absl::Status status = MakeError(absl::StatusCode::kFailedPrecondition, "full", details);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetErrorDetails(status), details);
  EXPECT_EQ(ErrorReasonOf(status), "SESSION_FULL");
}

TEST(ErrorTest, AStatusMadeElsewhereHasNoDetails) {
  EXPECT_EQ(GetErrorDetails(absl::InternalError("x")), std::nullopt);
  EXPECT_EQ(ErrorReasonOf(absl::InternalError("x")), "");
}

TEST(ViolationsTest, NamesEveryViolationAtOnce) {
  Violations violations;
  EXPECT_TRUE(violations.ToStatus().ok());
  violations.Add("departments[0]", "unknown");
  violations.Add("page_size", "negative");
  const absl::Status status = violations.ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  ASSERT_TRUE(GetErrorDetails(status).has_value());
  EXPECT_THAT(GetErrorDetails(status)->fields,
              testing::ElementsAre(FieldViolation{"departments[0]", "unknown"},
                                   FieldViolation{"page_size", "negative"}));
}

}  // namespace
}  // namespace dm
