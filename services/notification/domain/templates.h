#pragma once

#include "absl/strings/string_view.h"

#include <cstddef>

namespace dm::notification {

struct EmbeddedTemplate {
  // The file's name without ".mustache".
  const char* name;
  const char* text;
};

// The files of services/notification/templates, put into the binary when it is built.
extern const EmbeddedTemplate kTemplates[];
extern const size_t kTemplateCount;

}  // namespace dm::notification
