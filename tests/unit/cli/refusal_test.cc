#include "services/gateway/cli/refusal.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dm::gateway::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

google::rpc::Status StatusOf(const std::string& reason) {
  google::rpc::Status status;
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("destinationmetier");
  (*info.mutable_metadata())["resource"] = "offers/1";
  status.add_details()->PackFrom(info);
  google::rpc::LocalizedMessage message;
  message.set_locale("fr");
  message.set_message("C'est non.");
  status.add_details()->PackFrom(message);
  return status;
}

grpc::Status Grpc(grpc::StatusCode code, const google::rpc::Status& status) {
  return {code, "no", status.SerializeAsString()};
}

TEST(Refusal, TellsAllThatIsWrongAsTextAndAsOneLineOfJson) {
  google::rpc::Status status = StatusOf("INVALID_FIELDS");
  google::rpc::BadRequest bad;
  for (const char* field : {"reason", "name"}) {
    bad.add_field_violations()->set_field(field);
    bad.mutable_field_violations()->rbegin()->set_description("must be better");
  }
  status.add_details()->PackFrom(bad);
  google::rpc::PreconditionFailure rules;
  rules.add_violations()->set_description("Pas le dimanche.");
  status.add_details()->PackFrom(rules);
  const Refusal refusal =
      ReadRefusal(Grpc(grpc::StatusCode::INVALID_ARGUMENT, status), "127.0.0.1:1");
  EXPECT_EQ(refusal.exit_code, kRefused);
  EXPECT_EQ(RefusalText(refusal),
            "dm : C'est non. [INVALID_FIELDS]\n  offers/1\n  reason : must be better\n"
            "  name : must be better\n  Pas le dimanche.\n");
  const std::string line = RefusalJson(refusal);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(
      json::parse(line),
      json({{"error",
             {{"status", "INVALID_ARGUMENT"},
              {"reason", "INVALID_FIELDS"},
              {"message", "C'est non."},
              {"resource", "offers/1"},
              {"fields", json::array({json{{"field", "reason"}, {"description", "must be better"}},
                                      json{{"field", "name"}, {"description", "must be better"}}})},
              {"rules", json::array({"Pas le dimanche."})}}}}));
}

TEST(Refusal, SaysWhatToDoNext) {
  const struct {
    std::string reason;
    std::string hint;
  } cases[] = {{"TOKEN_MISSING", "--token-file"},
               {"TOKEN_INVALID", "nouveau jeton"},
               {"AUTHENTICATION_INSUFFICIENT", "second facteur"},
               {"ETAG_MISMATCH", "--etag"},
               {"PAGE_TOKEN_INVALID", "--page-token"},
               {"OFFER_STATE_CONFLICT", "dm moderate show"},
               {"POSITION_INVALID", "--resume-file"}};
  for (const auto& one : cases) {
    const Refusal refusal =
        ReadRefusal(Grpc(grpc::StatusCode::FAILED_PRECONDITION, StatusOf(one.reason)), "a:1");
    EXPECT_THAT(RefusalText(refusal), HasSubstr("→ ")) << one.reason;
    EXPECT_THAT(refusal.hint, HasSubstr(one.hint)) << one.reason;
    EXPECT_EQ(refusal.exit_code, kRefused) << one.reason;
  }
}

TEST(Refusal, WhatMaySucceedLaterHasACodeOfItsOwn) {
  google::rpc::Status busy = StatusOf("OVERLOADED");
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(2);
  retry.mutable_retry_delay()->set_nanos(500'000'000);
  busy.add_details()->PackFrom(retry);
  const Refusal later = ReadRefusal(Grpc(grpc::StatusCode::RESOURCE_EXHAUSTED, busy), "a:1");
  EXPECT_EQ(later.exit_code, kUnreachable);
  EXPECT_EQ(later.hint, "Réessayer dans 3 s.");
  EXPECT_EQ(json::parse(RefusalJson(later))["error"]["retrySeconds"], 2.5);
  const Refusal away =
      ReadRefusal({grpc::StatusCode::UNAVAILABLE, "failed to connect to all addresses"}, "h:9");
  EXPECT_EQ(away.exit_code, kUnreachable);
  EXPECT_EQ(away.message, "La passerelle ne répond pas à l'adresse h:9.");
  EXPECT_THAT(away.hint, HasSubstr("--address"));
  EXPECT_EQ(ReadRefusal({grpc::StatusCode::DEADLINE_EXCEEDED, "x"}, "h:9").exit_code, kUnreachable);
  EXPECT_EQ(ReadRefusal({grpc::StatusCode::INTERNAL, "x"}, "h:9").exit_code, kRefused);
}

TEST(Refusal, SurvivesWhatIsNoText) {
  const Refusal refusal = UsageRefusal("commande inconnue : \xff");
  EXPECT_EQ(refusal.exit_code, kUsage);
  EXPECT_THAT(json::parse(RefusalJson(refusal))["error"]["message"].get<std::string>(),
              HasSubstr("commande inconnue"));
  EXPECT_THAT(RefusalText(refusal), HasSubstr("(dm --help)"));
}

}  // namespace
}  // namespace dm::gateway::cli
