#include "services/gateway/cli/retry.h"

#include <gtest/gtest.h>

namespace dm::gateway::cli {
namespace {

TEST(RetryDelay, DoublesUpToHalfAMinuteAndIsSpread) {
  EXPECT_EQ(RetryDelay(absl::Seconds(1), 0, 1), absl::Seconds(1));
  EXPECT_EQ(RetryDelay(absl::Seconds(1), 0, 0), absl::Milliseconds(500));
  EXPECT_EQ(RetryDelay(absl::Seconds(1), 3, 1), absl::Seconds(8));
  EXPECT_EQ(RetryDelay(absl::Seconds(1), 3, 0), absl::Seconds(4));
  for (const int failures : {5, 10, 1'000'000}) {
    EXPECT_EQ(RetryDelay(absl::Seconds(1), failures, 1), absl::Seconds(30)) << failures;
  }
}

TEST(CanPass, KeepsWhatARetryCannotChange) {
  for (const auto code : {grpc::StatusCode::INVALID_ARGUMENT, grpc::StatusCode::NOT_FOUND,
                          grpc::StatusCode::PERMISSION_DENIED, grpc::StatusCode::UNAUTHENTICATED,
                          grpc::StatusCode::OUT_OF_RANGE, grpc::StatusCode::UNIMPLEMENTED,
                          grpc::StatusCode::FAILED_PRECONDITION}) {
    EXPECT_FALSE(CanPass(code)) << code;
  }
  for (const auto code : {grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::INTERNAL,
                          grpc::StatusCode::CANCELLED, grpc::StatusCode::RESOURCE_EXHAUSTED}) {
    EXPECT_TRUE(CanPass(code)) << code;
  }
}

}  // namespace
}  // namespace dm::gateway::cli
