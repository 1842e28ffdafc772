#include "services/gateway/portal/sign_in_limit.h"

#include "absl/strings/string_view.h"

#include <utility>

namespace dm::gateway {

HttpServer::Handler WithSignInLimit(HttpServer::Handler pages, const Admission* admission) {
  return [pages = std::move(pages), admission](HttpRequest request, HttpServer::Respond respond) {
    const absl::string_view path = request.Path();
    const bool signs_in = path == "/auth/signin" || path == "/auth/callback";
    const auto admitted = [&] {
      return admission->AdmitVisitor(
          path, rpc::RateClass::kWrite,
          {.peer = request.peer, .forwarded_for = request.Headers("x-forwarded-for")});
    };
    if (!signs_in || admitted().ok()) return pages(std::move(request), std::move(respond));
    // People are told on a page, so this is no 429.
    std::move(respond)(
        {.status = 303,
         .headers = {{"Location", "/connexion?cause=affluence"}, {"Cache-Control", "no-store"}},
         .body = ""});
  };
}

}  // namespace dm::gateway
