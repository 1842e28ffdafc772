#pragma once

#include "absl/strings/string_view.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>

namespace dm::gateway {

// The field of that name, in the proto's spelling or that of JSON; null when there is none.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor* message,
                                                   absl::string_view name);

// Whether it is a message (or several) whose JSON form has the fields of its proto: no map, and
// none of google.protobuf, which have forms of their own.
bool HasFieldsInJson(const google::protobuf::FieldDescriptor* field);

// The value of that name, with or without the enum's prefix ("PHONE", "MEETING_FORMAT_PHONE"), or
// of that number; null when there is none.
const google::protobuf::EnumValueDescriptor* FindEnumValue(
    const google::protobuf::EnumDescriptor* type, absl::string_view name);

// The prefix of an enum's values, "MEETING_FORMAT_"; empty when the zero value is not
// …_UNSPECIFIED.
std::string EnumPrefix(const google::protobuf::EnumDescriptor* type);

// Stores `text` in a field, or adds it to a repeated one. False when it is no value of the field.
bool StoreText(const google::protobuf::FieldDescriptor* field, absl::string_view text,
               google::protobuf::Message* message);

// What a value of the field looks like, for a violation's description.
std::string ExpectedText(const google::protobuf::FieldDescriptor* field);

}  // namespace dm::gateway
