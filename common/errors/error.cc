#include "common/errors/error.h"

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include <utility>

namespace dm {
namespace {

constexpr absl::string_view kPayloadUrl = "destinationmetier/error-details";

// The payload is a sequence of (tag, length, bytes): enough for a value that never leaves the
// process, and free of a serialization library that the domain could not link.
void Put(std::string& out, char tag, absl::string_view value) {
  absl::StrAppend(&out, std::string(1, tag), value.size(), ":", value);
}

struct Field {
  char tag;
  std::string value;
};

// Takes the next field off `in`; none at the end.
std::optional<Field> TakeField(absl::string_view* in) {
  if (in->empty()) return std::nullopt;
  const size_t colon = in->find(':');
  size_t size = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(in->substr(1, colon - 1), &size)) {
    return std::nullopt;
  }
  Field field{in->front(), std::string(in->substr(colon + 1, size))};
  in->remove_prefix(colon + 1 + size);
  return field;
}

}  // namespace

absl::Status MakeError(absl::StatusCode code, absl::string_view message, ErrorDetails details) {
  std::string payload;
  Put(payload, 'r', details.reason);
  for (const auto& [key, value] : details.metadata) {
    Put(payload, 'k', key);
    Put(payload, 'v', value);
  }
  for (const auto& violation : details.fields) {
    Put(payload, 'f', violation.field);
    Put(payload, 'd', violation.description);
  }
  for (const auto& violation : details.preconditions) {
    Put(payload, 't', violation.type);
    Put(payload, 's', violation.subject);
    Put(payload, 'p', violation.description);
  }
  if (details.retry_after.has_value()) {
    Put(payload, 'a', absl::StrCat(absl::ToInt64Milliseconds(*details.retry_after)));
  }
  Put(payload, 'F', details.message_fr);
  Put(payload, 'E', details.message_en);
  absl::Status status(code, message);
  status.SetPayload(kPayloadUrl, absl::Cord(payload));
  return status;
}

std::optional<ErrorDetails> GetErrorDetails(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return std::nullopt;
  ErrorDetails details;
  std::string key;
  const std::string packed(*payload);
  absl::string_view left = packed;
  while (std::optional<Field> field = TakeField(&left)) {
    switch (field->tag) {
      case 'r':
        details.reason = std::move(field->value);
        break;
      case 'k':
        key = std::move(field->value);
        break;
      case 'v':
        details.metadata[key] = std::move(field->value);
        break;
      case 'f':
        details.fields.push_back({std::move(field->value), ""});
        break;
      case 'd':
        details.fields.back().description = std::move(field->value);
        break;
      case 't':
        details.preconditions.push_back({std::move(field->value), "", ""});
        break;
      case 's':
        details.preconditions.back().subject = std::move(field->value);
        break;
      case 'p':
        details.preconditions.back().description = std::move(field->value);
        break;
      case 'a': {
        int64_t milliseconds = 0;
        if (absl::SimpleAtoi(field->value, &milliseconds)) {
          details.retry_after = absl::Milliseconds(milliseconds);
        }
        break;
      }
      case 'F':
        details.message_fr = std::move(field->value);
        break;
      case 'E':
        details.message_en = std::move(field->value);
        break;
      default:
        break;
    }
  }
  return details;
}

std::string ErrorReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayloadUrl);
  if (!payload.has_value()) return "";
  const std::string packed(*payload);
  absl::string_view left = packed;
  // The reason stands first.
  std::optional<Field> reason = TakeField(&left);
  return reason.has_value() ? std::move(reason->value) : "";
}

absl::Status NotFoundError(absl::string_view resource_name) {
  return MakeError(absl::StatusCode::kNotFound, absl::StrCat("not found: ", resource_name),
                   {.reason = "RESOURCE_NOT_FOUND",
                    .metadata = {{"resource", std::string(resource_name)}},
                    .message_fr = "Cette page n'existe pas ou plus.",
                    .message_en = "There is no such thing, or no longer."});
}

absl::Status OverloadedError(absl::Duration retry_after) {
  return MakeError(absl::StatusCode::kResourceExhausted, "too much is queued; retry later",
                   {.reason = "OVERLOADED",
                    .retry_after = retry_after,
                    .message_fr = "Beaucoup de monde en ce moment. Réessayez dans un instant.",
                    .message_en = "Very busy right now. Please try again in a moment."});
}

absl::Status BackendUnavailableError(absl::string_view what) {
  return MakeError(absl::StatusCode::kUnavailable, absl::StrCat(what, " cannot be reached now"),
                   {.reason = "BACKEND_UNAVAILABLE",
                    .retry_after = absl::Seconds(1),
                    .message_fr = "Le service est momentanément indisponible. Réessayez bientôt.",
                    .message_en = "The service is unavailable for a moment. Please try again."});
}

absl::Status DeadlineError() {
  return MakeError(absl::StatusCode::kDeadlineExceeded, "the deadline passed before an answer",
                   {.reason = "DEADLINE_EXCEEDED",
                    .message_fr = "La réponse a pris trop de temps. Réessayez.",
                    .message_en = "The answer took too long. Please try again."});
}

void Violations::Add(absl::string_view field, absl::string_view description) {
  fields_.push_back({std::string(field), std::string(description)});
}

absl::Status Violations::ToStatus() const {
  if (fields_.empty()) return absl::OkStatus();
  std::string message = "invalid fields:";
  for (const auto& violation : fields_) {
    absl::StrAppend(&message, " ", violation.field, " (", violation.description, ")");
  }
  return MakeError(absl::StatusCode::kInvalidArgument, message,
                   {.reason = "INVALID_FIELDS",
                    .fields = fields_,
                    .message_fr = "Certaines informations sont incorrectes.",
                    .message_en = "Some of the information is not right."});
}

}  // namespace dm
