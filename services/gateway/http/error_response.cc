#include "services/gateway/http/error_response.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "google/rpc/code.pb.h"
#include "google/rpc/error_details.pb.h"
#include "services/gateway/api/peer_status.h"

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace dm::gateway {
namespace {

// The language of those who write none in Accept-Language.
constexpr absl::string_view kFrench = "fr";

void SetRetryAfter(const google::rpc::Status& error, HttpHeaders* headers) {
  for (const auto& detail : error.details()) {
    google::rpc::RetryInfo retry;
    if (!detail.UnpackTo(&retry)) continue;
    const auto& delay = retry.retry_delay();
    const int64_t seconds = delay.seconds() + (delay.nanos() > 0 ? 1 : 0);
    headers->emplace_back("Retry-After", absl::StrCat(std::max<int64_t>(1, seconds)));
    return;
  }
}

// RFC 6750, 3, and where another way to sign in would do, RFC 9470, 3.
std::string ChallengeOf(const google::rpc::Status& error) {
  for (const auto& detail : error.details()) {
    google::rpc::ErrorInfo info;
    if (!detail.UnpackTo(&info) || info.reason() != "AUTHENTICATION_INSUFFICIENT") continue;
    const auto wanted = info.metadata().find("acr_values");
    if (wanted == info.metadata().end()) break;
    return absl::StrCat(R"(Bearer error="insufficient_user_authentication", acr_values=")",
                        wanted->second, "\"");
  }
  return "Bearer";
}

nlohmann::json DetailsOf(const google::rpc::Status& error) {
  nlohmann::json details = nlohmann::json::array();
  for (const auto& detail : error.details()) {
    std::string text;
    // A type that is not linked in has no JSON form.
    if (!google::protobuf::util::MessageToJsonString(detail, &text).ok()) continue;
    nlohmann::json parsed = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!parsed.is_discarded()) details.push_back(std::move(parsed));
  }
  return details;
}

HttpResponse WrongResponse(absl::string_view field, absl::string_view what, int http_status) {
  Violations violations;
  violations.Add(field, what);
  return ErrorResponse(ErrorOf(violations.ToStatus(), kFrench), http_status);
}

}  // namespace

google::rpc::Status ErrorOf(const grpc::Status& status, absl::string_view language) {
  const grpc::Status shown = Presentable(status, language);
  google::rpc::Status error;
  if (!error.ParseFromString(shown.error_details())) error.set_message(shown.error_message());
  error.set_code(shown.error_code());
  return error;
}

google::rpc::Status ErrorOf(const absl::Status& status, absl::string_view language) {
  return ErrorOf(Presentable(status, language), language);
}

bool HasReason(const google::rpc::Status& error, absl::string_view reason) {
  for (const auto& detail : error.details()) {
    google::rpc::ErrorInfo info;
    if (detail.UnpackTo(&info)) return info.reason() == reason;
  }
  return false;
}

int HttpStatusOf(int grpc_code) {
  switch (grpc_code) {
    case google::rpc::OK:
      return 200;
    case google::rpc::CANCELLED:
      return 499;
    case google::rpc::INVALID_ARGUMENT:
    case google::rpc::FAILED_PRECONDITION:
    case google::rpc::OUT_OF_RANGE:
      return 400;
    case google::rpc::DEADLINE_EXCEEDED:
      return 504;
    case google::rpc::NOT_FOUND:
      return 404;
    case google::rpc::ALREADY_EXISTS:
    case google::rpc::ABORTED:
      return 409;
    case google::rpc::PERMISSION_DENIED:
      return 403;
    case google::rpc::UNAUTHENTICATED:
      return 401;
    case google::rpc::RESOURCE_EXHAUSTED:
      return 429;
    case google::rpc::UNIMPLEMENTED:
      return 501;
    case google::rpc::UNAVAILABLE:
      return 503;
    default:
      return 500;
  }
}

HttpResponse ErrorResponse(const google::rpc::Status& error, int http_status) {
  HttpResponse response;
  response.status = http_status != 0 ? http_status : HttpStatusOf(error.code());
  response.headers = {{"Content-Type", "application/json; charset=utf-8"},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}};
  if (response.status == 401) response.headers.emplace_back("WWW-Authenticate", ChallengeOf(error));
  SetRetryAfter(error, &response.headers);
  const nlohmann::json body = {
      {"error",
       {{"code", response.status},
        {"message", error.message()},
        {"status", google::rpc::Code_Name(static_cast<google::rpc::Code>(error.code()))},
        {"details", DetailsOf(error)}}}};
  response.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return response;
}

absl::Status NoSuchPathError() {
  return MakeError(absl::StatusCode::kNotFound, "there is nothing at this path",
                   {.reason = "METHOD_UNKNOWN",
                    .message_fr = "Cette adresse n'existe pas.",
                    .message_en = "There is nothing at this address."});
}

HttpResponse WrongMethodResponse(const std::string& allowed, absl::string_view language) {
  const absl::Status status =
      MakeError(absl::StatusCode::kUnimplemented, absl::StrCat("this path takes only ", allowed),
                {.reason = "METHOD_UNKNOWN"});
  HttpResponse response = ErrorResponse(ErrorOf(status, language), 405);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

HttpResponse RefusalResponse(int http_status) {
  switch (http_status) {
    case 504:
      return ErrorResponse(ErrorOf(DeadlineError(), kFrench), http_status);
    case 413:
      return ErrorResponse(
          ErrorOf(MakeError(absl::StatusCode::kResourceExhausted,
                            "the body is larger than the limit", {.reason = "TOO_LARGE"}),
                  kFrench),
          http_status);
    case 431:
      return ErrorResponse(
          ErrorOf(MakeError(absl::StatusCode::kResourceExhausted,
                            "the headers are larger than the limit", {.reason = "TOO_LARGE"}),
                  kFrench),
          http_status);
    case 503:
      return ErrorResponse(ErrorOf(OverloadedError(absl::Seconds(1)), kFrench), http_status);
    case 400:
      return WrongResponse("request", "is not HTTP/1.1, or its body not what its coding says", 400);
    case 415: {
      HttpResponse response =
          WrongResponse("Content-Encoding", "must be gzip or identity", http_status);
      response.headers.emplace_back("Accept-Encoding", "gzip");
      return response;
    }
    default:
      return ErrorResponse(ErrorOf(absl::InternalError(""), kFrench), http_status);
  }
}

}  // namespace dm::gateway
