#include "services/gateway/http/field_text.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

#include <google/protobuf/util/json_util.h>

#include <cmath>
#include <vector>

namespace dm::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

template <typename T>
bool StoreNumber(const FieldDescriptor* field, absl::string_view text, Message* message,
                 void (Reflection::*set)(Message*, const FieldDescriptor*, T) const,
                 void (Reflection::*add)(Message*, const FieldDescriptor*, T) const) {
  T value = 0;
  if constexpr (std::is_same_v<T, double>) {
    if (!absl::SimpleAtod(text, &value) || !std::isfinite(value)) return false;
  } else if constexpr (std::is_same_v<T, float>) {
    if (!absl::SimpleAtof(text, &value) || !std::isfinite(value)) return false;
  } else {
    if (!absl::SimpleAtoi(text, &value)) return false;
  }
  (message->GetReflection()->*(field->is_repeated() ? add : set))(message, field, value);
  return true;
}

bool StoreBool(const FieldDescriptor* field, absl::string_view text, Message* message) {
  if (text != "true" && text != "false") return false;
  const bool value = text == "true";
  const Reflection* reflection = message->GetReflection();
  field->is_repeated() ? reflection->AddBool(message, field, value)
                       : reflection->SetBool(message, field, value);
  return true;
}

bool StoreString(const FieldDescriptor* field, std::string value, Message* message) {
  const Reflection* reflection = message->GetReflection();
  field->is_repeated() ? reflection->AddString(message, field, std::move(value))
                       : reflection->SetString(message, field, std::move(value));
  return true;
}

bool StoreBytes(const FieldDescriptor* field, absl::string_view text, Message* message) {
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes) && !absl::WebSafeBase64Unescape(text, &bytes)) {
    return false;
  }
  return StoreString(field, std::move(bytes), message);
}

bool StoreEnum(const FieldDescriptor* field, absl::string_view text, Message* message) {
  const EnumValueDescriptor* value = FindEnumValue(field->enum_type(), text);
  if (value == nullptr) return false;
  const Reflection* reflection = message->GetReflection();
  field->is_repeated() ? reflection->AddEnum(message, field, value)
                       : reflection->SetEnum(message, field, value);
  return true;
}

// StringValue, Int32Value and so on: their JSON form is that of what they hold.
bool IsWrapper(const Descriptor* type) {
  return absl::StartsWith(type->full_name(), "google.protobuf.") &&
         absl::EndsWith(type->name(), "Value") && type->field_count() == 1 &&
         type->field(0)->name() == "value";
}

// Timestamp, Duration and FieldMask have a JSON form that is a string.
bool StoreMessage(const FieldDescriptor* field, absl::string_view text, Message* message) {
  const std::string& type = field->message_type()->full_name();
  const bool wrapper = IsWrapper(field->message_type());
  if (field->is_map() ||
      (!wrapper && type != "google.protobuf.Timestamp" && type != "google.protobuf.Duration" &&
       type != "google.protobuf.FieldMask")) {
    return false;
  }
  if (text.find_first_of("\"\\") != absl::string_view::npos) return false;
  const Reflection* reflection = message->GetReflection();
  Message* part = field->is_repeated() ? reflection->AddMessage(message, field)
                                       : reflection->MutableMessage(message, field);
  if (wrapper) return StoreText(field->message_type()->field(0), text, part);
  return google::protobuf::util::JsonStringToMessage(absl::StrCat("\"", text, "\""), part).ok();
}

std::string ExpectedMessage(const Descriptor* type) {
  const std::string& name = type->full_name();
  if (IsWrapper(type)) return ExpectedText(type->field(0));
  if (name == "google.protobuf.Timestamp") return "a time like 2027-02-01T09:00:00Z";
  if (name == "google.protobuf.Duration") return "a duration like 90s";
  if (name == "google.protobuf.FieldMask") return "names of fields with commas between them";
  return "a JSON object";
}

}  // namespace

const FieldDescriptor* FindField(const Descriptor* message, absl::string_view name) {
  for (int i = 0; i < message->field_count(); ++i) {
    const FieldDescriptor* field = message->field(i);
    if (field->name() == name || field->json_name() == name) return field;
  }
  return nullptr;
}

bool HasFieldsInJson(const FieldDescriptor* field) {
  return field->message_type() != nullptr && !field->is_map() &&
         !absl::StartsWith(field->message_type()->full_name(), "google.protobuf.");
}

std::string EnumPrefix(const EnumDescriptor* type) {
  absl::string_view zero = type->value(0)->name();
  return absl::ConsumeSuffix(&zero, "UNSPECIFIED") ? std::string(zero) : "";
}

const EnumValueDescriptor* FindEnumValue(const EnumDescriptor* type, absl::string_view name) {
  if (const auto* exact = type->FindValueByName(std::string(name))) return exact;
  const std::string prefix = EnumPrefix(type);
  if (const auto* prefixed = type->FindValueByName(absl::StrCat(prefix, name))) return prefixed;
  int number = 0;
  return absl::SimpleAtoi(name, &number) ? type->FindValueByNumber(number) : nullptr;
}

bool StoreText(const FieldDescriptor* field, absl::string_view text, Message* message) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return StoreNumber<int32_t>(field, text, message, &Reflection::SetInt32,
                                  &Reflection::AddInt32);
    case FieldDescriptor::CPPTYPE_INT64:
      return StoreNumber<int64_t>(field, text, message, &Reflection::SetInt64,
                                  &Reflection::AddInt64);
    case FieldDescriptor::CPPTYPE_UINT32:
      return StoreNumber<uint32_t>(field, text, message, &Reflection::SetUInt32,
                                   &Reflection::AddUInt32);
    case FieldDescriptor::CPPTYPE_UINT64:
      return StoreNumber<uint64_t>(field, text, message, &Reflection::SetUInt64,
                                   &Reflection::AddUInt64);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return StoreNumber<double>(field, text, message, &Reflection::SetDouble,
                                 &Reflection::AddDouble);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return StoreNumber<float>(field, text, message, &Reflection::SetFloat, &Reflection::AddFloat);
    case FieldDescriptor::CPPTYPE_BOOL:
      return StoreBool(field, text, message);
    case FieldDescriptor::CPPTYPE_ENUM:
      return StoreEnum(field, text, message);
    case FieldDescriptor::CPPTYPE_STRING:
      return field->type() == FieldDescriptor::TYPE_BYTES
                 ? StoreBytes(field, text, message)
                 : StoreString(field, std::string(text), message);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return StoreMessage(field, text, message);
  }
  return false;
}

std::string ExpectedText(const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT:
      return "a number";
    case FieldDescriptor::CPPTYPE_BOOL:
      return "true or false";
    case FieldDescriptor::CPPTYPE_STRING:
      return field->type() == FieldDescriptor::TYPE_BYTES ? "base64" : "text";
    case FieldDescriptor::CPPTYPE_ENUM: {
      const std::string prefix = EnumPrefix(field->enum_type());
      std::vector<absl::string_view> names;
      for (int i = 1; i < field->enum_type()->value_count(); ++i) {
        names.push_back(absl::StripPrefix(field->enum_type()->value(i)->name(), prefix));
      }
      return absl::StrCat("one of ", absl::StrJoin(names, ", "));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ExpectedMessage(field->message_type());
    default:
      return "a whole number";
  }
}

}  // namespace dm::gateway
