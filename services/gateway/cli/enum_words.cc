#include "services/gateway/cli/enum_words.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <google/protobuf/descriptor.h>

namespace dm::gateway::cli {
namespace {

using google::protobuf::EnumDescriptor;

// "STATE_": buf's rules give all values the prefix of the first, STATE_UNSPECIFIED.
std::string PrefixOf(const EnumDescriptor* descriptor) {
  return std::string(absl::StripSuffix(descriptor->value(0)->name(), "UNSPECIFIED"));
}

}  // namespace

std::vector<std::string> EnumWords(const EnumDescriptor* descriptor) {
  std::vector<std::string> words;
  for (int i = 1; i < descriptor->value_count(); ++i) {
    words.push_back(EnumWord(descriptor, descriptor->value(i)->number()));
  }
  return words;
}

int EnumNumber(const EnumDescriptor* descriptor, absl::string_view word) {
  const auto* const value =
      descriptor->FindValueByName(absl::StrCat(PrefixOf(descriptor), absl::AsciiStrToUpper(word)));
  return value == nullptr ? 0 : value->number();
}

std::string EnumWord(const EnumDescriptor* descriptor, int number) {
  const auto* const value = number == 0 ? nullptr : descriptor->FindValueByNumber(number);
  if (value == nullptr) return "";
  return absl::AsciiStrToLower(absl::StripPrefix(value->name(), PrefixOf(descriptor)));
}

}  // namespace dm::gateway::cli
