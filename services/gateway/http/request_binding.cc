#include "services/gateway/http/request_binding.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/gateway/http/field_text.h"
#include "services/gateway/http/json_body.h"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::string_view kNoSuchField = "there is no such field";

// A field inside a message, and the message that has it.
struct Place {
  Message* message = nullptr;
  const FieldDescriptor* field = nullptr;
  // As the proto spells it.
  std::string path;
};

// Makes the messages on the way. `field` is null when the path leads nowhere.
Place Locate(absl::string_view path, Message* message) {
  Place place{.message = message, .field = nullptr, .path = ""};
  const std::vector<absl::string_view> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = FindField(place.message->GetDescriptor(), names[i]);
    if (field == nullptr) return Place{};
    absl::StrAppend(&place.path, i == 0 ? "" : ".", field->name());
    if (i + 1 == names.size()) {
      place.field = field;
      return place;
    }
    if (!HasFieldsInJson(field) || field->is_repeated()) return Place{};
    place.message = place.message->GetReflection()->MutableMessage(place.message, field);
  }
  return Place{};
}

void BindBody(const Route& route, const std::string& body, Message* request,
              Violations* violations) {
  if (body.empty()) return;
  if (route.body.empty()) return violations->Add("body", "this method takes none");
  if (route.body == "*") return ParseJsonBody(body, "", request, violations);
  const FieldDescriptor* field = request->GetDescriptor()->FindFieldByName(route.body);
  ParseJsonBody(body, route.body, request->GetReflection()->MutableMessage(request, field),
                violations);
}

// Text of a query: a plus is a space there.
absl::StatusOr<std::string> DecodeQuery(absl::string_view text) {
  return PercentDecode(absl::StrReplaceAll(text, {{"+", " "}}));
}

// The top-level fields that the path and the body have filled.
std::set<std::string> TakenFields(const Route& route) {
  std::set<std::string> taken;
  for (const std::string& field : route.path.Fields()) taken.insert(field);
  return taken;
}

void BindParameter(const std::string& name, const std::string& value, const Route& route,
                   Message* request, std::set<std::string>* seen, Violations* violations) {
  const Place place = Locate(name, request);
  if (place.field == nullptr) return violations->Add(name, kNoSuchField);
  const std::string top = place.path.substr(0, place.path.find('.'));
  if (route.body == "*" || top == route.body) {
    return violations->Add(place.path, "belongs into the body");
  }
  if (TakenFields(route).contains(place.path)) {
    return violations->Add(place.path, "is given by the path");
  }
  if (!place.field->is_repeated() && !seen->insert(place.path).second) {
    return violations->Add(place.path, "is given twice");
  }
  if (!StoreText(place.field, value, place.message)) {
    violations->Add(place.path, absl::StrCat("must be ", ExpectedText(place.field)));
  }
}

void BindQuery(absl::string_view query, const Route& route, Message* request,
               Violations* violations) {
  std::set<std::string> seen;
  for (const absl::string_view pair : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    const auto name = DecodeQuery(parts.first);
    const auto value = DecodeQuery(parts.second);
    if (!name.ok() || !value.ok()) {
      violations->Add(name.ok() ? *name : "query", "is not percent-encoded UTF-8");
    } else if (!value->empty()) {
      BindParameter(*name, *value, route, request, &seen, violations);
    } else if (FindField(request->GetDescriptor(), name->substr(0, name->find('.'))) == nullptr) {
      violations->Add(*name, kNoSuchField);
    }
  }
}

// Sets an empty text field; a different value that is there already contradicts the header.
void BindHeader(absl::string_view header, absl::string_view value, const std::string& path,
                Message* request, Violations* violations) {
  const Place place = Locate(path, request);
  std::string scratch;
  const std::string& present =
      place.message->GetReflection()->GetStringReference(*place.message, place.field, &scratch);
  if (present.empty()) {
    StoreText(place.field, value, place.message);
  } else if (present != value) {
    violations->Add(place.path, absl::StrCat("differs from the header ", header));
  }
}

bool IsText(const FieldDescriptor* field) {
  return field != nullptr && !field->is_repeated() && field->type() == FieldDescriptor::TYPE_STRING;
}

// `etag` of the message, or of the resource that its body carries; empty when there is neither.
std::string EtagPath(const Route& route, const Descriptor* request) {
  if (IsText(request->FindFieldByName("etag"))) return "etag";
  const FieldDescriptor* body = request->FindFieldByName(route.body);
  if (body != nullptr && body->message_type() != nullptr &&
      IsText(body->message_type()->FindFieldByName("etag"))) {
    return absl::StrCat(route.body, ".etag");
  }
  return "";
}

absl::string_view WithoutQuotes(absl::string_view text) {
  return absl::StripSuffix(absl::StripPrefix(text, "\""), "\"");
}

// The one value of a header that a field can take; a violation when it has another.
std::optional<absl::string_view> SingleValue(const HttpRequest& http, absl::string_view name,
                                             Violations* violations) {
  const absl::string_view value = http.Header(absl::AsciiStrToLower(name));
  if (value.empty()) return std::nullopt;
  const bool printable = std::all_of(value.begin(), value.end(), absl::ascii_isprint);
  if (http.CountOf(absl::AsciiStrToLower(name)) == 1 && printable &&
      !absl::StrContains(value, ',')) {
    return value;
  }
  violations->Add(name, "must be one value in printable ASCII");
  return std::nullopt;
}

void BindIdempotencyKey(const HttpRequest& http, Message* request, Violations* violations) {
  constexpr absl::string_view kHeader = "Idempotency-Key";
  if (!IsText(request->GetDescriptor()->FindFieldByName("request_id"))) return;
  // The draft standard has the key in quotes.
  if (const auto key = SingleValue(http, kHeader, violations)) {
    BindHeader(kHeader, WithoutQuotes(*key), "request_id", request, violations);
  }
}

// An etag names the version of a resource, in whatever coding it came: W/ does not matter.
void BindIfMatch(const Route& route, const HttpRequest& http, Message* request,
                 Violations* violations) {
  constexpr absl::string_view kHeader = "If-Match";
  const std::string path = EtagPath(route, request->GetDescriptor());
  if (path.empty() && route.http_method == "GET") return;
  const auto tag = SingleValue(http, kHeader, violations);
  if (!tag.has_value() || *tag == "*") return;
  // Ignored, a change of somebody else would be lost that the caller wanted to keep.
  if (path.empty()) return violations->Add(kHeader, "this method compares no etag");
  BindHeader(kHeader, WithoutQuotes(absl::StripPrefix(*tag, "W/")), path, request, violations);
}

}  // namespace

void BindText(absl::string_view path, absl::string_view text, Message* message,
              Violations* violations) {
  const Place place = Locate(path, message);
  if (place.field == nullptr) return violations->Add(path, kNoSuchField);
  if (!StoreText(place.field, text, place.message)) {
    violations->Add(place.path, absl::StrCat("must be ", ExpectedText(place.field)));
  }
}

absl::Status BindRequest(const Route& route, const PathTemplate::Bindings& variables,
                         const HttpRequest& http, Message* request) {
  Violations violations;
  BindBody(route, http.body, request, &violations);
  for (const auto& [field, value] : variables) BindText(field, value, request, &violations);
  BindQuery(http.Query(), route, request, &violations);
  BindIdempotencyKey(http, request, &violations);
  BindIfMatch(route, http, request, &violations);
  return violations.ToStatus();
}

}  // namespace dm::gateway
