#include "services/gateway/api/peer_status.h"

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "common/rpc/status.h"
#include "common/telemetry/log.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <string>
#include <utility>

namespace dm::gateway {
namespace {

std::string NewIncident() {
  thread_local absl::BitGen random;
  return absl::StrCat(absl::Hex(absl::Uniform<uint32_t>(random), absl::kZeroPad8));
}

absl::Status WithoutDetails(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNIMPLEMENTED:
      return MakeError(absl::StatusCode::kUnimplemented, "there is no such method",
                       {.reason = "METHOD_UNKNOWN"});
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return MakeError(absl::StatusCode::kResourceExhausted, "the message is too large",
                       {.reason = "TOO_LARGE"});
    default:
      return absl::Status(static_cast<absl::StatusCode>(code), "");
  }
}

void Collect(const google::protobuf::Any& any, ErrorDetails* details) {
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  google::rpc::PreconditionFailure failure;
  google::rpc::RetryInfo retry;
  google::rpc::LocalizedMessage text;
  if (any.UnpackTo(&info)) {
    details->reason = info.reason();
    details->metadata.insert(info.metadata().begin(), info.metadata().end());
  } else if (any.UnpackTo(&bad)) {
    for (const auto& field : bad.field_violations()) {
      details->fields.push_back({field.field(), field.description()});
    }
  } else if (any.UnpackTo(&failure)) {
    for (const auto& rule : failure.violations()) {
      details->preconditions.push_back({rule.type(), rule.subject(), rule.description()});
    }
  } else if (any.UnpackTo(&retry)) {
    details->retry_after = absl::Seconds(retry.retry_delay().seconds()) +
                           absl::Nanoseconds(retry.retry_delay().nanos());
  } else if (any.UnpackTo(&text)) {
    (text.locale() == "fr" ? details->message_fr : details->message_en) = text.message();
  }
}

bool HasDetails(const grpc::Status& status, google::rpc::Status* error) {
  return !status.error_details().empty() && error->ParseFromString(status.error_details()) &&
         !error->details().empty();
}

}  // namespace

grpc::Status Presentable(const absl::Status& status, absl::string_view language) {
  if (status.ok()) return grpc::Status::OK;
  const std::string incident = NewIncident();
  const grpc::Status shown = rpc::ToGrpcStatus(status, language, incident);
  if (shown.error_code() == grpc::StatusCode::INTERNAL) {
    telemetry::Log(telemetry::Severity::kError, "gateway_defect",
                   {{"incident", incident}, {"code", absl::StatusCodeToString(status.code())}});
  }
  return shown;
}

grpc::Status Presentable(const grpc::Status& status, absl::string_view language) {
  google::rpc::Status error;
  if (status.ok() || HasDetails(status, &error)) return status;
  return Presentable(WithoutDetails(status.error_code()), language);
}

absl::string_view LanguageOf(absl::string_view accept_language) {
  return absl::StartsWithIgnoreCase(accept_language, "en") ? "en" : "fr";
}

absl::Status AbslStatusOf(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status error;
  if (!HasDetails(status, &error)) return WithoutDetails(status.error_code());
  ErrorDetails details;
  for (const auto& any : error.details()) Collect(any, &details);
  return MakeError(static_cast<absl::StatusCode>(status.error_code()), status.error_message(),
                   std::move(details));
}

}  // namespace dm::gateway
