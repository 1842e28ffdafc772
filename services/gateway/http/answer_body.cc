#include "services/gateway/http/answer_body.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/gateway/api/backend.h"

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace dm::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string EtagOf(const Message& message) {
  const auto* field = message.GetDescriptor()->FindFieldByName("etag");
  if (field == nullptr || field->is_repeated() || field->type() != FieldDescriptor::TYPE_STRING) {
    return "";
  }
  return message.GetReflection()->GetString(message, field);
}

// The JSON of one field: `response_body` of a rule.
absl::StatusOr<std::string> JsonOfPart(const Message& message, const FieldDescriptor* part) {
  auto whole = JsonOf(message);
  if (!whole.ok()) return whole;
  const auto parsed = nlohmann::ordered_json::parse(*whole, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return absl::InternalError("no JSON form");
  return parsed.value(part->json_name(), nlohmann::ordered_json()).dump();
}

// Whether a text can stand between the quotes of a header (RFC 6266) as it is.
bool IsQuotable(absl::string_view text) {
  return !text.empty() && CanTravel(text) && !absl::StrContains(text, '"') &&
         !absl::StrContains(text, '\\');
}

absl::StatusOr<HttpResponse> JsonAnswer(const Route& route, const Message& message) {
  auto body = route.part != nullptr ? JsonOfPart(message, route.part) : JsonOf(message);
  if (!body.ok()) return body.status();
  HttpResponse response;
  response.body = *std::move(body);
  response.headers = {{"Content-Type", "application/json; charset=utf-8"},
                      {"X-Content-Type-Options", "nosniff"}};
  const std::string etag = EtagOf(message);
  if (IsQuotable(etag)) {
    response.headers.emplace_back("ETag", absl::StrCat("\"", etag, "\""));
  }
  return response;
}

// The file that an answer holds: to be kept, never to be shown as a page of this site.
absl::StatusOr<HttpResponse> FileAnswer(const Message& message, const FieldDescriptor* file) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const auto* named = message.GetDescriptor()->FindFieldByName("file_name");
  const std::string type =
      reflection.GetString(message, message.GetDescriptor()->FindFieldByName("content_type"));
  const std::string name = named != nullptr
                               ? reflection.GetString(message, named)
                               : (type == "application/pdf" ? "document.pdf" : "document");
  if (type.empty() || !CanTravel(type)) return absl::InternalError("a file without a type");
  if (!IsQuotable(name)) return absl::InternalError("a file without a name");
  HttpResponse response;
  response.body = reflection.GetString(message, file);
  response.headers = {{"Content-Type", type},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Content-Disposition", absl::StrCat("attachment; filename=\"", name, "\"")}};
  return response;
}

}  // namespace

absl::StatusOr<std::string> JsonOf(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) {
    return absl::InternalError("no JSON form");
  }
  return text;
}

absl::StatusOr<HttpResponse> AnswerOf(const Route& route, const Message& message) {
  return route.file != nullptr ? FileAnswer(message, route.file) : JsonAnswer(route, message);
}

}  // namespace dm::gateway
