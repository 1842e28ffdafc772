#include "common/rpc/status.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <string>
#include <utility>

namespace dm::rpc {
namespace {

// All trailers of an answer together may have 8 KiB, a third of it lost to base64: a reader refuses
// more, and then knows neither code nor reason. What callers can make long is cut.
constexpr size_t kMostTextBytes = 400;
constexpr size_t kMostViolationBytes = 1800;

// Ends between two characters.
std::string Clipped(absl::string_view text) {
  if (text.size() <= kMostTextBytes) return std::string(text);
  size_t length = kMostTextBytes;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0u) == 0x80u) --length;
  return absl::StrCat(text.substr(0, length), "…");
}

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
  // What could not be reached, and in which statement that was noticed, is the log's business.
  if (ErrorReasonOf(status) == "BACKEND_UNAVAILABLE") {
    return BackendUnavailableError("a service behind this one");
  }
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
  message.set_message(Clipped(text));
  out->add_details()->PackFrom(message);
}

// As many as fit, at least one; how many are left off.
size_t AddViolations(const std::vector<FieldViolation>& fields, google::rpc::BadRequest* bad) {
  size_t bytes = 0;
  for (const FieldViolation& violation : fields) {
    google::rpc::BadRequest::FieldViolation field;
    field.set_field(Clipped(violation.field));
    field.set_description(Clipped(violation.description));
    bytes += field.ByteSizeLong();
    if (bytes > kMostViolationBytes) break;
    *bad->add_field_violations() = std::move(field);
  }
  return fields.size() - static_cast<size_t>(bad->field_violations_size());
}

void AddDetails(const ErrorDetails& details, absl::string_view language, google::rpc::Status* out) {
  google::rpc::ErrorInfo info;
  info.set_reason(details.reason);
  info.set_domain("destinationmetier");
  for (const auto& [key, value] : details.metadata) {
    (*info.mutable_metadata())[key] = Clipped(value);
  }
  google::rpc::BadRequest bad;
  if (const size_t left_off = AddViolations(details.fields, &bad); left_off > 0) {
    (*info.mutable_metadata())["violations_left_off"] = absl::StrCat(left_off);
  }
  out->add_details()->PackFrom(info);
  if (bad.field_violations_size() > 0) out->add_details()->PackFrom(bad);
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
  out.set_message(Clipped(shown.message()));
  AddDetails(*GetErrorDetails(shown), language, &out);
  return grpc::Status(static_cast<grpc::StatusCode>(shown.code()), out.message(),
                      out.SerializeAsString());
}

}  // namespace dm::rpc
