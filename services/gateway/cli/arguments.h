#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "services/gateway/cli/command_line.h"

#include <string>

// What several commands read from their lines.
namespace dm::gateway::cli {

inline constexpr char kLimitMisuse[] = "--limit attend un nombre, 1 ou plus";

inline std::string RequestIdOf(const CommandLine& line) {
  return line.Has("request-id") ? line.Value("request-id") : NewUuid(absl::Now());
}

// "7" and "bookings/7" are the same; the collection ends with a slash.
inline std::string FullName(absl::string_view collection, const std::string& word) {
  return absl::StartsWith(word, collection) ? word : absl::StrCat(collection, word);
}

// False when --limit is no such number.
template <typename Request>
bool FillPage(const CommandLine& line, Request* request) {
  int limit = 20;
  if (line.Has("limit") && (!absl::SimpleAtoi(line.Value("limit"), &limit) || limit < 1)) {
    return false;
  }
  request->set_page_size(limit);
  request->set_page_token(line.Value("page-token"));
  return true;
}

}  // namespace dm::gateway::cli
