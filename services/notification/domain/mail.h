#pragma once

#include "absl/strings/string_view.h"

#include <optional>
#include <string>

namespace dm::notification {

// The right side of message ids and calendar ids.
inline constexpr absl::string_view kMailDomain = "destinationmetier.example";

struct CalendarFile {
  std::string content;
  // "PUBLISH" or "CANCEL".
  std::string method;
};

// What a mail says, in UTF-8; lines end with LF.
struct Mail {
  // One line.
  std::string subject;
  std::string text;
  std::string html;
  std::optional<CalendarFile> calendar;
  // Where its reader stops such mails; empty when nobody can.
  std::string stop_url;
};

}  // namespace dm::notification
