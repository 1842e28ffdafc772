#include "services/gateway/http/docs.h"

#include "services/gateway/api/peer_status.h"
#include "services/gateway/http/docs_files.h"
#include "services/gateway/http/error_response.h"

#include <utility>

namespace dm::gateway {
namespace {

struct Page {
  const char* path;
  // In viewer/.
  const char* file;
  const char* content_type;
};

constexpr Page kPages[] = {{"/docs", "index", "text/html; charset=utf-8"},
                           {"/docs/", "index", "text/html; charset=utf-8"},
                           {"/docs/style.css", "style", "text/css; charset=utf-8"},
                           {"/docs/viewer.js", "viewer", "text/javascript; charset=utf-8"}};

constexpr char kPolicy[] =
    "default-src 'none'; connect-src 'self'; script-src 'self'; style-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

absl::string_view TextOf(absl::string_view file) {
  for (size_t i = 0; i < kDocsFileCount; ++i) {
    if (kDocsFiles[i].name == file) return kDocsFiles[i].text;
  }
  return "";
}

HttpResponse Found(absl::string_view content_type, absl::string_view text) {
  return {.status = 200,
          .headers = {{"Content-Type", std::string(content_type)},
                      {"Cache-Control", "public, max-age=60"},
                      {"Content-Security-Policy", kPolicy},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = std::string(text)};
}

HttpResponse Serve(const HttpRequest& request, const std::string& openapi) {
  const absl::string_view language = LanguageOf(request.Header("accept-language"));
  if (request.method != "GET" && request.method != "HEAD") {
    return WrongMethodResponse("GET, HEAD", language);
  }
  if (request.Path() == "/openapi.json") return Found("application/json; charset=utf-8", openapi);
  for (const Page& page : kPages) {
    if (request.Path() == page.path) return Found(page.content_type, TextOf(page.file));
  }
  return ErrorResponse(ErrorOf(NoSuchPathError(), language));
}

}  // namespace

HttpServer::Handler ServeDocs(std::string openapi) {
  return [openapi = std::move(openapi)](HttpRequest request, HttpServer::Respond respond) {
    HttpResponse response = Serve(request, openapi);
    response.counted_as = "docs";
    std::move(respond)(std::move(response));
  };
}

}  // namespace dm::gateway
