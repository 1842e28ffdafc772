#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace dm::fuzz {

// Whether `text` may reach a service: UTF-8 without a NUL, which PostgreSQL cannot keep.
inline bool IsCleanText(const std::string& text) {
  size_t i = 0;
  while (i < text.size()) {
    const auto first = static_cast<unsigned char>(text[i]);
    const size_t more = first < 0x80 ? 0 : first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    if (first == 0 || (first >= 0x80 && first < 0xC2) || first > 0xF4) return false;
    for (size_t k = 1; k <= more; ++k) {
      if (i + k >= text.size() || (static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) {
        return false;
      }
    }
    i += more + 1;
  }
  return true;
}

// Whether all texts of a message, however deep, may reach a service.
inline bool HasCleanTexts(const google::protobuf::Message& message) {
  using google::protobuf::FieldDescriptor;
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int size = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < size; ++i) {
      if (field->type() == FieldDescriptor::TYPE_STRING) {
        if (!IsCleanText(field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                              : reflection.GetString(message, field))) {
          return false;
        }
      } else if (field->message_type() != nullptr) {
        if (!HasCleanTexts(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                                : reflection.GetMessage(message, field))) {
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace dm::fuzz
