#include "services/gateway/http/http_message.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include <algorithm>
#include <utility>

namespace dm::gateway {
namespace {

absl::string_view Find(const HttpHeaders& headers, absl::string_view name) {
  for (const auto& [key, value] : headers) {
    if (absl::EqualsIgnoreCase(key, name)) return value;
  }
  return "";
}

void Replace(HttpHeaders* headers, absl::string_view name, absl::string_view value) {
  // First of all, since it may be a view of what goes.
  std::pair<std::string, std::string> replacement(name, value);
  headers->erase(std::remove_if(headers->begin(), headers->end(),
                                [&](const auto& header) {
                                  return absl::EqualsIgnoreCase(header.first, name);
                                }),
                 headers->end());
  headers->push_back(std::move(replacement));
}

}  // namespace

absl::string_view HttpRequest::Path() const {
  return absl::string_view(target).substr(0, target.find('?'));
}

absl::string_view HttpRequest::Query() const {
  const size_t question = target.find('?');
  return question == std::string::npos ? "" : absl::string_view(target).substr(question + 1);
}

absl::string_view HttpRequest::Header(absl::string_view name) const { return Find(headers, name); }

std::string HttpRequest::Headers(absl::string_view name) const {
  std::string all;
  for (const auto& [key, value] : headers) {
    if (key == name) absl::StrAppend(&all, all.empty() ? "" : ",", value);
  }
  return all;
}

int HttpRequest::CountOf(absl::string_view name) const {
  return static_cast<int>(std::count_if(headers.begin(), headers.end(),
                                        [&](const auto& header) { return header.first == name; }));
}

void HttpRequest::SetHeader(absl::string_view name, absl::string_view value) {
  Replace(&headers, name, value);
}

absl::string_view HttpRequest::Cookie(absl::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key != "cookie") continue;
    for (absl::string_view pair : absl::StrSplit(value, ';')) {
      const std::pair<absl::string_view, absl::string_view> cookie =
          absl::StrSplit(absl::StripAsciiWhitespace(pair), absl::MaxSplits('=', 1));
      if (cookie.first == name) return cookie.second;
    }
  }
  return "";
}

absl::string_view HttpResponse::Header(absl::string_view name) const { return Find(headers, name); }

void HttpResponse::SetHeader(absl::string_view name, absl::string_view value) {
  Replace(&headers, name, value);
}

void HttpResponse::VaryBy(absl::string_view header) {
  const absl::string_view present = Header("Vary");
  for (const absl::string_view name : absl::StrSplit(present, ',')) {
    if (absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(name), header)) return;
  }
  SetHeader("Vary", present.empty() ? std::string(header) : absl::StrCat(present, ", ", header));
}

}  // namespace dm::gateway
