#include "common/rpc/status.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::rpc {
namespace {

google::rpc::Status DetailsOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  return details;
}

template <typename Detail>
std::vector<Detail> All(const google::rpc::Status& status) {
  std::vector<Detail> all;
  for (const auto& any : status.details()) {
    Detail detail;
    if (any.UnpackTo(&detail)) all.push_back(detail);
  }
  return all;
}

TEST(StatusTest, CarriesEveryDetail) {
  const grpc::Status status =
      ToGrpcStatus(MakeError(absl::StatusCode::kFailedPrecondition, "full",
                             {.reason = "SESSION_FULL",
                              .metadata = {{"resource", "offers/1"}},
                              .fields = {{"name", "wrong"}},
                              .preconditions = {{"SESSION_FULL", "offers/1", "no seat"}},
                              .retry_after = absl::Milliseconds(1500),
                              .message_fr = "Complet.",
                              .message_en = "Full."}),
                   "en", "i1");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  const google::rpc::Status details = DetailsOf(status);
  EXPECT_EQ(details.code(), 9);
  ASSERT_EQ(All<google::rpc::ErrorInfo>(details).size(), 1u);
  EXPECT_EQ(All<google::rpc::ErrorInfo>(details)[0].reason(), "SESSION_FULL");
  EXPECT_EQ(All<google::rpc::ErrorInfo>(details)[0].domain(), "destinationmetier");
  EXPECT_EQ(All<google::rpc::BadRequest>(details)[0].field_violations(0).field(), "name");
  EXPECT_EQ(All<google::rpc::PreconditionFailure>(details)[0].violations(0).type(), "SESSION_FULL");
  const auto retry = All<google::rpc::RetryInfo>(details)[0].retry_delay();
  EXPECT_EQ(retry.seconds(), 1);
  EXPECT_EQ(retry.nanos(), 500'000'000);
  const auto messages = All<google::rpc::LocalizedMessage>(details);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].locale(), "en");
  EXPECT_EQ(messages[1].message(), "Complet.");
}

// What is longer does not reach a caller at all.
constexpr size_t kTrailers = 8192;

size_t BytesInTrailers(const grpc::Status& status) {
  return status.error_message().size() + (status.error_details().size() + 2) / 3 * 4;
}

TEST(StatusTest, AnyNumberOfViolationsFitsIntoTheTrailers) {
  Violations violations;
  for (int i = 0; i < 1000; ++i) violations.Add(absl::StrCat("codes[", i, "]"), "must be a code");
  const grpc::Status status = ToGrpcStatus(violations.ToStatus(), "fr", "i1");
  EXPECT_LT(BytesInTrailers(status), kTrailers);
  const google::rpc::Status details = DetailsOf(status);
  const auto bad = All<google::rpc::BadRequest>(details);
  ASSERT_EQ(bad.size(), 1u);
  const int told = bad[0].field_violations_size();
  EXPECT_GT(told, 30);
  EXPECT_EQ(bad[0].field_violations(0).field(), "codes[0]");
  EXPECT_EQ(All<google::rpc::ErrorInfo>(details)[0].metadata().at("violations_left_off"),
            absl::StrCat(1000 - told));
}

TEST(StatusTest, LongTextsAreCutBetweenTwoCharacters) {
  const std::string longest = absl::StrCat("x", std::string(20'000, 'y'));
  std::string accents;
  for (int i = 0; i < 10'000; ++i) accents += "é";
  const grpc::Status status = ToGrpcStatus(MakeError(absl::StatusCode::kInvalidArgument, longest,
                                                     {.reason = "IMPORT_REFUSED",
                                                      .metadata = {{"file", longest}},
                                                      .fields = {{longest, accents}},
                                                      .message_fr = absl::StrCat("a", accents),
                                                      .message_en = longest}),
                                           "fr", "i1");
  EXPECT_LT(BytesInTrailers(status), kTrailers);
  const google::rpc::Status details = DetailsOf(status);
  EXPECT_EQ(All<google::rpc::BadRequest>(details)[0].field_violations_size(), 1);
  // Not a character that was cut in two: the message would not have been serialized.
  const auto messages = All<google::rpc::LocalizedMessage>(details);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_TRUE(absl::StartsWith(messages[0].message(), "aé"));
  EXPECT_TRUE(absl::EndsWith(messages[0].message(), "é…"));
}

TEST(StatusTest, TextOfALibraryNeverLeaves) {
  for (const absl::StatusCode code :
       {absl::StatusCode::kInternal, absl::StatusCode::kUnknown, absl::StatusCode::kAlreadyExists,
        absl::StatusCode::kFailedPrecondition, absl::StatusCode::kUnavailable,
        absl::StatusCode::kCancelled, absl::StatusCode::kDeadlineExceeded}) {
    const grpc::Status status = ToGrpcStatus(absl::Status(code, "table people"), "fr", "abc123");
    EXPECT_THAT(status.error_message() + status.error_details(),
                testing::Not(testing::HasSubstr("people")));
    EXPECT_EQ(All<google::rpc::ErrorInfo>(DetailsOf(status)).size(), 1u);
  }
}

TEST(StatusTest, WhatCouldNotBeReachedIsNoBusinessOfCallers) {
  const grpc::Status status = ToGrpcStatus(
      MakeError(absl::StatusCode::kUnavailable, "SQLSTATE 53100 in statement add_people",
                *GetErrorDetails(BackendUnavailableError("the database"))),
      "fr", "i1");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message() + status.error_details(),
              testing::Not(testing::HasSubstr("add_people")));
  EXPECT_EQ(All<google::rpc::RetryInfo>(DetailsOf(status)).size(), 1u);
}

}  // namespace
}  // namespace dm::rpc
