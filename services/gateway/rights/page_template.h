#pragma once

#include <cstddef>

namespace dm::gateway {

struct PageTemplate {
  // The file's name without ".mustache".
  const char* name;
  const char* text;
};

// The files of services/gateway/rights, put into the binary when it is built: page.mustache alone.
extern const PageTemplate kPageTemplates[];
extern const size_t kPageTemplateCount;

}  // namespace dm::gateway
