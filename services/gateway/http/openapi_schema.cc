#include "services/gateway/http/openapi_schema.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <google/protobuf/descriptor.pb.h>

#include <map>
#include <vector>

namespace dm::gateway {

extern const unsigned char kDescribedProtos[];
extern const size_t kDescribedProtosSize;

namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using nlohmann::json;

template <typename D>
std::string CommentOf(const D* described) {
  google::protobuf::SourceLocation location;
  if (described == nullptr || !described->GetSourceLocation(&location)) return "";
  std::vector<std::string> lines = absl::StrSplit(location.leading_comments, '\n');
  for (std::string& line : lines) absl::StripAsciiWhitespace(&line);
  std::string text = absl::StrJoin(lines, "\n");
  absl::StripAsciiWhitespace(&text);
  return text;
}

std::string SchemaName(absl::string_view full_name) {
  return std::string(absl::StripPrefix(full_name, "destinationmetier."));
}

json RefTo(const std::string& name) { return {{"$ref", "#/components/schemas/" + name}}; }

// The types that have a JSON form of their own; null for all others.
json WellKnown(const Descriptor& message) {
  const std::string& name = message.full_name();
  if (name == "google.protobuf.Timestamp") {
    return {{"type", "string"},
            {"format", "date-time"},
            {"examples", json::array({"2027-02-01T09:00:00Z"})}};
  }
  if (name == "google.protobuf.Duration") {
    return {{"type", "string"},
            {"pattern", "^-?[0-9]+(\\.[0-9]{1,9})?s$"},
            {"examples", json::array({"90s"})}};
  }
  if (name == "google.protobuf.FieldMask") {
    return {{"type", "string"}, {"examples", json::array({"title,description"})}};
  }
  if (name == "google.protobuf.Any") {
    return {{"type", "object"},
            {"properties", {{"@type", {{"type", "string"}}}}},
            {"additionalProperties", true}};
  }
  return nullptr;
}

// What a field's name says beyond its type, since one name means one thing in all protos.
json KnownByName(const std::string& name) {
  static const auto* const kKnown = new std::map<std::string, json>{
      {"request_id", {{"format", "uuid"}}},
      {"email", {{"format", "email"}}},
      {"page_size", {{"minimum", 0}, {"default", 20}}},
      {"lat", {{"minimum", -90}, {"maximum", 90}, {"examples", json::array({48.75})}}},
      {"lon", {{"minimum", -180}, {"maximum", 180}, {"examples", json::array({-0.56})}}},
      {"radius_km", {{"minimum", 0}, {"examples", json::array({20})}}},
  };
  const auto found = kKnown->find(name);
  return found == kKnown->end() ? json::object() : found->second;
}

}  // namespace

Comments::Comments() {
  google::protobuf::FileDescriptorSet set;
  set.ParseFromArray(kDescribedProtos, static_cast<int>(kDescribedProtosSize));
  for (const auto& file : set.file()) pool_.BuildFile(file);
}

Comments::~Comments() = default;

std::string Comments::Of(const google::protobuf::ServiceDescriptor& service) const {
  return CommentOf(pool_.FindServiceByName(service.full_name()));
}
std::string Comments::Of(const google::protobuf::MethodDescriptor& method) const {
  return CommentOf(pool_.FindMethodByName(method.full_name()));
}
std::string Comments::Of(const Descriptor& message) const {
  return CommentOf(pool_.FindMessageTypeByName(message.full_name()));
}
std::string Comments::Of(const FieldDescriptor& field) const {
  return CommentOf(pool_.FindFieldByName(field.full_name()));
}
std::string Comments::Of(const EnumDescriptor& type) const {
  return CommentOf(pool_.FindEnumTypeByName(type.full_name()));
}

std::string Comments::Of(const google::protobuf::EnumValueDescriptor& value) const {
  return CommentOf(pool_.FindEnumValueByName(value.full_name()));
}

bool IsRequired(const FieldDescriptor& field, absl::string_view comment) {
  if (field.name() == "request_id") return false;
  return absl::EndsWith(comment, "Required.") || absl::StrContains(comment, "Required. ") ||
         absl::StrContains(comment, "Required.\n");
}

json Schemas::Ref(const Descriptor& message) {
  if (json known = WellKnown(message); !known.is_null()) return known;
  const std::string name = SchemaName(message.full_name());
  if (!components_.contains(name)) {
    components_[name] = json::object();  // Ends the recursion of a message that holds itself.
    components_[name] = Object(message, {});
  }
  return RefTo(name);
}

json Schemas::Object(const Descriptor& message, const std::set<std::string>& without) {
  json schema = {{"type", "object"}, {"properties", json::object()}};
  if (const std::string comment = comments_->Of(message); !comment.empty()) {
    schema["description"] = comment;
  }
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (without.contains(field.name())) continue;
    json value = Field(field);
    const std::string comment = comments_->Of(field);
    if (!comment.empty()) value["description"] = comment;
    if (IsRequired(field, comment)) schema["required"].push_back(field.json_name());
    schema["properties"][field.json_name()] = std::move(value);
  }
  return schema;
}

json Schemas::Field(const FieldDescriptor& field) {
  if (field.is_map()) {
    return {{"type", "object"},
            {"additionalProperties", Value(*field.message_type()->map_value())}};
  }
  if (field.is_repeated()) return {{"type", "array"}, {"items", Value(field)}};
  json schema = Value(field);
  schema.update(KnownByName(field.name()));
  return schema;
}

json Schemas::Value(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return {{"type", "integer"}, {"format", "int32"}};
    case FieldDescriptor::CPPTYPE_UINT32:
      return {{"type", "integer"}, {"format", "int64"}, {"minimum", 0}};
    case FieldDescriptor::CPPTYPE_INT64:
      return {{"type", "string"}, {"format", "int64"}, {"pattern", "^-?[0-9]+$"}};
    case FieldDescriptor::CPPTYPE_UINT64:
      return {{"type", "string"}, {"format", "uint64"}, {"pattern", "^[0-9]+$"}};
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return {{"type", "number"}, {"format", "double"}};
    case FieldDescriptor::CPPTYPE_FLOAT:
      return {{"type", "number"}, {"format", "float"}};
    case FieldDescriptor::CPPTYPE_BOOL:
      return {{"type", "boolean"}};
    case FieldDescriptor::CPPTYPE_ENUM:
      return Enum(*field.enum_type());
    case FieldDescriptor::CPPTYPE_STRING:
      return field.type() == FieldDescriptor::TYPE_BYTES
                 ? json{{"type", "string"}, {"contentEncoding", "base64"}}
                 : json{{"type", "string"}};
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Ref(*field.message_type());
  }
  return json::object();
}

json Schemas::Enum(const EnumDescriptor& type) {
  const std::string name = SchemaName(type.full_name());
  if (!components_.contains(name)) {
    json schema = {{"type", "string"}, {"enum", json::array()}};
    std::string description = comments_->Of(type);
    for (int i = 0; i < type.value_count(); ++i) {
      const auto& value = *type.value(i);
      schema["enum"].push_back(value.name());
      const std::string comment = comments_->Of(value);
      if (!comment.empty()) absl::StrAppend(&description, "\n- ", value.name(), ": ", comment);
    }
    absl::StripAsciiWhitespace(&description);
    if (!description.empty()) schema["description"] = description;
    components_[name] = std::move(schema);
  }
  return RefTo(name);
}

}  // namespace dm::gateway
