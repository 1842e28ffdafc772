#pragma once

#include <cstddef>

namespace dm::booking {

struct EmbeddedRuleFile {
  // The file's name without ".textproto".
  const char* name;
  const char* text;
};

// The files of services/booking/rules, put into the binary when it is built.
extern const EmbeddedRuleFile kRuleFiles[];
extern const size_t kRuleFileCount;

}  // namespace dm::booking
