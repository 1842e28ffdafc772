#pragma once

#include "absl/strings/string_view.h"

#include <google/protobuf/generated_enum_reflection.h>

#include <string>
#include <vector>

// How the values of the protos' enums are written on the command line: "no_show" stands for
// STATE_NO_SHOW.
namespace dm::gateway::cli {

// All but the one that means nothing.
std::vector<std::string> EnumWords(const google::protobuf::EnumDescriptor* descriptor);
// The number of one of these words, in any case; 0 for another.
int EnumNumber(const google::protobuf::EnumDescriptor* descriptor, absl::string_view word);
// The word of a number; empty for 0 and for a value of a newer proto.
std::string EnumWord(const google::protobuf::EnumDescriptor* descriptor, int number);

template <typename Enum>
std::vector<std::string> WordsOf() {
  return EnumWords(google::protobuf::GetEnumDescriptor<Enum>());
}

template <typename Enum>
Enum EnumOf(absl::string_view word) {
  return static_cast<Enum>(EnumNumber(google::protobuf::GetEnumDescriptor<Enum>(), word));
}

template <typename Enum>
std::string WordOf(Enum value) {
  return EnumWord(google::protobuf::GetEnumDescriptor<Enum>(), static_cast<int>(value));
}

}  // namespace dm::gateway::cli
