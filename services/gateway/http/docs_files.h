#pragma once

#include <cstddef>

namespace dm::gateway {

// A file of viewer/, by its name without ending.
struct DocsFile {
  const char* name;
  const char* text;
};

extern const DocsFile kDocsFiles[];
extern const size_t kDocsFileCount;

}  // namespace dm::gateway
