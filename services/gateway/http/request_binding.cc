#include "services/gateway/http/request_binding.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/gateway/http/field_text.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <cctype>
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
    if (field->message_type() == nullptr || field->is_repeated()) return Place{};
    place.message = place.message->GetReflection()->MutableMessage(place.message, field);
  }
  return Place{};
}

// The field that the JSON library's message is about: "(contact) nickname: Cannot find field.",
// "(page_size): invalid value …". The place is the caller's own text and is passed on; the rest is
// the library's and is not. Empty when the message names none.
std::string PlaceOfJsonError(absl::string_view message) {
  constexpr absl::string_view kScalar = " on a scalar field for type ";
  if (const size_t scalar = message.find(kScalar); scalar != absl::string_view::npos) {
    return std::string(message.substr(scalar + kScalar.size()));
  }
  std::string place;
  if (absl::ConsumePrefix(&message, "(")) {
    const size_t close = message.find(')');
    if (close == absl::string_view::npos) return "";
    place = std::string(message.substr(0, close));
    message = absl::StripLeadingAsciiWhitespace(message.substr(close + 1));
  }
  size_t end = message.find(": Cannot find field");
  if (end == absl::string_view::npos) end = message.find(": Proto field is not repeating");
  if (end == absl::string_view::npos || end == 0) return place;
  return absl::StrCat(place, place.empty() ? "" : ".", message.substr(0, end));
}

absl::Status BindBody(const Route& route, const std::string& body, Message* request) {
  if (route.body.empty() || body.empty()) return absl::OkStatus();
  Message* target = request;
  if (route.body != "*") {
    const FieldDescriptor* field = request->GetDescriptor()->FindFieldByName(route.body);
    target = request->GetReflection()->MutableMessage(request, field);
  }
  const auto status = google::protobuf::util::JsonStringToMessage(body, target);
  if (status.ok()) return absl::OkStatus();
  std::string place = PlaceOfJsonError({status.message().data(), status.message().size()});
  if (place.empty() || place.size() > 100) place = route.body == "*" ? "body" : route.body;
  Violations violations;
  violations.Add(place, absl::StrCat("not the JSON form of ", target->GetDescriptor()->full_name(),
                                     ", or no field of it"));
  return violations.ToStatus();
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

void BindHeaders(const Route& route, const HttpRequest& http, Message* request,
                 Violations* violations) {
  const absl::string_view key = http.Header("idempotency-key");
  if (!key.empty() && IsText(request->GetDescriptor()->FindFieldByName("request_id"))) {
    // The draft standard has the key in quotes.
    BindHeader("Idempotency-Key", absl::StripSuffix(absl::StripPrefix(key, "\""), "\""),
               "request_id", request, violations);
  }
  absl::string_view etag = http.Header("if-match");
  const std::string path = EtagPath(route, request->GetDescriptor());
  if (etag.empty() || etag == "*" || path.empty()) return;
  absl::ConsumePrefix(&etag, "W/");
  BindHeader("If-Match", absl::StripSuffix(absl::StripPrefix(etag, "\""), "\""), path, request,
             violations);
}

bool HeadersAreText(const HttpRequest& http) {
  return CanTravel(http.Header("idempotency-key")) && CanTravel(http.Header("if-match"));
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
  if (absl::Status body = BindBody(route, http.body, request); !body.ok()) return body;
  Violations violations;
  for (const auto& [field, value] : variables) BindText(field, value, request, &violations);
  BindQuery(http.Query(), route, request, &violations);
  if (HeadersAreText(http)) {
    BindHeaders(route, http, request, &violations);
  } else {
    violations.Add("headers", "Idempotency-Key and If-Match must be printable ASCII");
  }
  return violations.ToStatus();
}

}  // namespace dm::gateway
