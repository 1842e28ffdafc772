#include "services/gateway/portal/one_click.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace dm::gateway {
namespace {

constexpr absl::string_view kPage = "/desabonnement/";
constexpr char kStop[] = "/v1/mailChoices:stop";

// As base64url has it, so that it stands in JSON as it is.
bool IsToken(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  });
}

// The form comes urlencoded or as multipart; no other has these words.
bool SaysOneClick(absl::string_view form) {
  return absl::StrContains(form, "List-Unsubscribe") && absl::StrContains(form, "One-Click");
}

std::optional<std::string> TokenOf(const HttpRequest& request) {
  absl::string_view token = request.Path();
  if (request.method != "POST" || !absl::ConsumePrefix(&token, kPage) || !IsToken(token) ||
      !SaysOneClick(request.body)) {
    return std::nullopt;
  }
  return std::string(token);
}

HttpRequest StopRequest(const HttpRequest& click, absl::string_view token) {
  HttpRequest stop{.method = "POST",
                   .target = kStop,
                   .headers = {{"content-type", "application/json"}},
                   .body = absl::StrCat(R"({"token":")", token, "\"}"),
                   .peer = click.peer};
  for (const char* const name : {"x-forwarded-for", "traceparent", "tracestate"}) {
    if (click.CountOf(name) > 0) stop.SetHeader(name, click.Headers(name));
  }
  return stop;
}

}  // namespace

HttpServer::Handler WithOneClick(HttpServer::Handler pages, HttpServer::Handler api) {
  return [pages = std::move(pages), api = std::move(api)](HttpRequest request,
                                                          HttpServer::Respond respond) {
    const std::optional<std::string> token = TokenOf(request);
    if (!token.has_value()) return pages(std::move(request), std::move(respond));
    api(StopRequest(request, *token), std::move(respond));
  };
}

}  // namespace dm::gateway
