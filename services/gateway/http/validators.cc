#include "services/gateway/http/validators.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <openssl/sha.h>

#include <algorithm>
#include <utility>

namespace dm::gateway {
namespace {

// 128 bits of the hash are more than chance can meet.
constexpr size_t kHashBytes = 16;

// Takes the first tag off `list`, without W/ and quotes. Tags may hold commas.
absl::string_view TakeTag(absl::string_view* list) {
  *list = absl::StripLeadingAsciiWhitespace(*list);
  while (absl::ConsumePrefix(list, ",")) *list = absl::StripLeadingAsciiWhitespace(*list);
  absl::ConsumePrefix(list, "W/");
  const bool quoted = absl::ConsumePrefix(list, "\"");
  const size_t end = std::min(list->find(quoted ? '"' : ','), list->size());
  const absl::string_view tag = list->substr(0, end);
  list->remove_prefix(std::min(end + 1, list->size()));
  return quoted ? tag : absl::StripTrailingAsciiWhitespace(tag);
}

}  // namespace

std::string EntityTagOf(absl::string_view body) {
  unsigned char hash[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(), hash);
  return absl::StrCat(
      "\"", absl::WebSafeBase64Escape(absl::string_view(reinterpret_cast<char*>(hash), kHashBytes)),
      "\"");
}

bool IsAmong(absl::string_view tag, absl::string_view if_none_match) {
  if (absl::StripAsciiWhitespace(if_none_match) == "*") return true;
  const absl::string_view wanted = TakeTag(&tag);
  while (!if_none_match.empty()) {
    if (TakeTag(&if_none_match) == wanted) return true;
  }
  return false;
}

HttpResponse NotModified(HttpResponse response) {
  HttpResponse renewed{.status = 304, .headers = {}, .body = ""};
  renewed.counted_as = std::move(response.counted_as);
  for (auto& header : response.headers) {
    // What describes the body goes with it; all else is what a 200 would have said.
    if (!absl::EqualsIgnoreCase(header.first, "Content-Type") &&
        !absl::EqualsIgnoreCase(header.first, "Content-Encoding")) {
      renewed.headers.push_back(std::move(header));
    }
  }
  return renewed;
}

}  // namespace dm::gateway
