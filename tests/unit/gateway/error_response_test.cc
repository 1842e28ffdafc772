#include "services/gateway/http/error_response.h"

#include "common/errors/error.h"
#include "google/rpc/error_details.pb.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace dm::gateway {
namespace {

using nlohmann::json;

json Detail(const json& body, const std::string& type) {
  for (const json& detail : body["error"]["details"]) {
    if (detail["@type"] == "type.googleapis.com/google.rpc." + type) return detail;
  }
  return nullptr;
}

TEST(ErrorResponse, HasTheFormOfAip193) {
  const HttpResponse response = ErrorResponse(ErrorOf(NotFoundError("offers/1"), "fr"));
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.Header("content-type"), "application/json; charset=utf-8");
  const json body = json::parse(response.body);
  EXPECT_EQ(body["error"]["code"], 404);
  EXPECT_EQ(body["error"]["status"], "NOT_FOUND");
  EXPECT_EQ(Detail(body, "ErrorInfo")["reason"], "RESOURCE_NOT_FOUND");
  EXPECT_EQ(Detail(body, "ErrorInfo")["domain"], "destinationmetier");
  EXPECT_EQ(Detail(body, "LocalizedMessage")["locale"], "fr");
}

TEST(ErrorResponse, NamesWrongFields) {
  Violations violations;
  violations.Add("page_size", "must be a whole number");
  const json body = json::parse(ErrorResponse(ErrorOf(violations.ToStatus(), "fr")).body);
  EXPECT_EQ(body["error"]["code"], 400);
  EXPECT_EQ(Detail(body, "BadRequest")["fieldViolations"][0]["field"], "page_size");
}

TEST(ErrorResponse, TellsWhenToRetry) {
  const HttpResponse response =
      ErrorResponse(ErrorOf(OverloadedError(absl::Milliseconds(1500)), "fr"));
  EXPECT_EQ(response.status, 429);
  EXPECT_EQ(response.Header("Retry-After"), "2");
}

TEST(ErrorResponse, KeepsTheDetailsOfAService) {
  google::rpc::Status sent;
  sent.set_code(9);
  sent.set_message("every seat is held");
  google::rpc::ErrorInfo info;
  info.set_reason("SESSION_FULL");
  sent.add_details()->PackFrom(info);
  auto* unknown = sent.add_details();
  unknown->set_type_url("type.googleapis.com/unknown.Type");
  unknown->set_value("\x0a\x01x");
  const grpc::Status status(grpc::StatusCode::FAILED_PRECONDITION, "every seat is held",
                            sent.SerializeAsString());
  const HttpResponse response = ErrorResponse(ErrorOf(status, "fr"));
  EXPECT_EQ(response.status, 400);
  const json body = json::parse(response.body);
  EXPECT_EQ(body["error"]["status"], "FAILED_PRECONDITION");
  EXPECT_EQ(Detail(body, "ErrorInfo")["reason"], "SESSION_FULL");
  EXPECT_EQ(body["error"]["details"].size(), 1u);
}

TEST(ErrorResponse, ShowsNoTextOfALibrary) {
  const grpc::Status status(grpc::StatusCode::UNAVAILABLE,
                            "failed to connect to all addresses; 10.0.0.7");
  const HttpResponse response = ErrorResponse(ErrorOf(status, "fr"));
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(response.body.find("10.0.0.7"), std::string::npos);
  EXPECT_EQ(Detail(json::parse(response.body), "ErrorInfo")["reason"], "BACKEND_UNAVAILABLE");
  EXPECT_NE(response.Header("Retry-After"), "");
}

TEST(ErrorResponse, AsksForATokenWhereOneIsMissing) {
  const auto status =
      MakeError(absl::StatusCode::kUnauthenticated, "token", {.reason = "TOKEN_MISSING"});
  EXPECT_EQ(ErrorResponse(ErrorOf(status, "fr")).Header("WWW-Authenticate"), "Bearer");
}

TEST(ErrorResponse, AsksForAnotherSignInWhereOneWouldDo) {
  ErrorDetails details{.reason = "AUTHENTICATION_INSUFFICIENT",
                       .metadata = {{"acr_values", "mfa https://issuer.example/key"}}};
  const auto status = MakeError(absl::StatusCode::kUnauthenticated, "acr", details);
  const HttpResponse response = ErrorResponse(ErrorOf(status, "fr"));
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(response.Header("WWW-Authenticate"),
            R"(Bearer error="insufficient_user_authentication", )"
            R"(acr_values="mfa https://issuer.example/key")");
  details.metadata.clear();
  const auto untold = MakeError(absl::StatusCode::kUnauthenticated, "acr", details);
  EXPECT_EQ(ErrorResponse(ErrorOf(untold, "fr")).Header("WWW-Authenticate"), "Bearer");
}

TEST(RefusalResponse, SaysWhyForEveryStatusOfTheServer) {
  for (const int status : {400, 413, 415, 431, 500, 503, 504}) {
    const HttpResponse response = RefusalResponse(status);
    EXPECT_EQ(response.status, status);
    EXPECT_EQ(json::parse(response.body)["error"]["code"], status);
  }
}

}  // namespace
}  // namespace dm::gateway
