#include "services/gateway/http/openapi_schema.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <google/protobuf/descriptor.pb.h>

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
  if (name == "google.protobuf.Timestamp") return {{"type", "string"}, {"format", "date-time"}};
  if (name == "google.protobuf.Duration") return {{"type", "string"}};
  if (name == "google.protobuf.FieldMask") return {{"type", "string"}};
  if (name == "google.protobuf.Any") {
    return {{"type", "object"},
            {"properties", {{"@type", {{"type", "string"}}}}},
            {"additionalProperties", true}};
  }
  return nullptr;
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
    // Beside a $ref nothing else counts in OpenAPI 3.0.
    if (!comment.empty() && value.contains("$ref")) {
      json wrapped = {{"allOf", json::array({value})}};
      value = std::move(wrapped);
    }
    if (!comment.empty()) value["description"] = comment;
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
  return Value(field);
}

json Schemas::Value(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return {{"type", "integer"}, {"format", "int32"}};
    case FieldDescriptor::CPPTYPE_UINT32:
      return {{"type", "integer"}, {"format", "int64"}, {"minimum", 0}};
    case FieldDescriptor::CPPTYPE_INT64:
      return {{"type", "string"}, {"format", "int64"}};
    case FieldDescriptor::CPPTYPE_UINT64:
      return {{"type", "string"}, {"format", "uint64"}};
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
                 ? json{{"type", "string"}, {"format", "byte"}}
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
    for (int i = 0; i < type.value_count(); ++i) schema["enum"].push_back(type.value(i)->name());
    if (const std::string comment = comments_->Of(type); !comment.empty()) {
      schema["description"] = comment;
    }
    components_[name] = std::move(schema);
  }
  return RefTo(name);
}

}  // namespace dm::gateway
