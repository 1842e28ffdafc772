#include "common/rpc/status.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <string>
#include <utility>

namespace dm::rpc {
namespace {

absl::Status Internal(absl::string_view incident) {
  ErrorDetails details;
  details.reason = "INTERNAL";
  details.metadata["incident"] = std::string(incident);
  details.message_fr = absl::StrCat("Une erreur s'est produite de notre côté (", incident,
                                    "). Réessayez plus tard.");
  details.message_en =
      absl::StrCat("Something went wrong on our side (", incident, "). Please try again later.");
  return MakeError(absl::StatusCode::kInternal, absl::StrCat("internal error ", incident),
                   std::move(details));
}

// The status with details that a caller may see.
absl::Status Presentable(const absl::Status& status, absl::string_view incident) {
  if (status.code() == absl::StatusCode::kInternal) return Internal(incident);
  if (GetErrorDetails(status).has_value()) return status;
  switch (status.code()) {
    case absl::StatusCode::kDeadlineExceeded:
      return DeadlineError();
    case absl::StatusCode::kUnavailable:
      return BackendUnavailableError("a service behind this one");
    case absl::StatusCode::kCancelled: {
      ErrorDetails details;
      details.reason = "DEADLINE_EXCEEDED";
      return MakeError(absl::StatusCode::kCancelled, "the caller has gone", std::move(details));
    }
    default:
      return Internal(incident);
  }
}

void AddMessage(const char* locale, const std::string& text, google::rpc::Status* out) {
  if (text.empty()) return;
  google::rpc::LocalizedMessage message;
  message.set_locale(locale);
  message.set_message(text);
  out->add_details()->PackFrom(message);
}

void AddDetails(const ErrorDetails& details, absl::string_view language, google::rpc::Status* out) {
  google::rpc::ErrorInfo info;
  info.set_reason(details.reason);
  info.set_domain("destinationmetier");
  for (const auto& [key, value] : details.metadata) (*info.mutable_metadata())[key] = value;
  out->add_details()->PackFrom(info);
  if (!details.fields.empty()) {
    google::rpc::BadRequest bad;
    for (const FieldViolation& violation : details.fields) {
      auto* field = bad.add_field_violations();
      field->set_field(violation.field);
      field->set_description(violation.description);
    }
    out->add_details()->PackFrom(bad);
  }
  if (!details.preconditions.empty()) {
    google::rpc::PreconditionFailure failure;
    for (const PreconditionViolation& violation : details.preconditions) {
      auto* rule = failure.add_violations();
      rule->set_type(violation.type);
      rule->set_subject(violation.subject);
      rule->set_description(violation.description);
    }
    out->add_details()->PackFrom(failure);
  }
  if (details.retry_after.has_value()) {
    google::rpc::RetryInfo retry;
    const int64_t milliseconds = absl::ToInt64Milliseconds(*details.retry_after);
    retry.mutable_retry_delay()->set_seconds(milliseconds / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(milliseconds % 1000) * 1'000'000);
    out->add_details()->PackFrom(retry);
  }
  const bool english = language == "en";
  if (english) AddMessage("en", details.message_en, out);
  AddMessage("fr", details.message_fr, out);
  if (!english) AddMessage("en", details.message_en, out);
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status, absl::string_view language,
                          absl::string_view incident) {
  if (status.ok()) return grpc::Status::OK;
  const absl::Status shown = Presentable(status, incident);
  google::rpc::Status out;
  out.set_code(static_cast<int>(shown.code()));
  out.set_message(std::string(shown.message()));
  AddDetails(*GetErrorDetails(shown), language, &out);
  return grpc::Status(static_cast<grpc::StatusCode>(shown.code()), std::string(shown.message()),
                      out.SerializeAsString());
}

}  // namespace dm::rpc
