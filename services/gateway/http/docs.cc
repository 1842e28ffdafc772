#include "services/gateway/http/docs.h"

#include "services/gateway/api/peer_status.h"
#include "services/gateway/http/error_response.h"

#include <utility>

namespace dm::gateway {
namespace {

HttpResponse Serve(const HttpRequest& request, const std::string& openapi) {
  const absl::string_view language = LanguageOf(request.Header("accept-language"));
  if (request.Path() != "/openapi.json") {
    return ErrorResponse(ErrorOf(NoSuchPathError(), language));
  }
  if (request.method != "GET" && request.method != "HEAD") {
    return WrongMethodResponse("GET, HEAD", language);
  }
  return {.status = 200,
          .headers = {{"Content-Type", "application/json; charset=utf-8"},
                      {"Cache-Control", "max-age=60"}},
          .body = openapi};
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
