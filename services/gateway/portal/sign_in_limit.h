#pragma once

#include "services/gateway/api/admission.h"
#include "services/gateway/http/http_server.h"

namespace dm::gateway {

// Anybody may begin to sign in and come back from the issuer, who is called for both. One address
// may do so as often as it may call what writes; more often it is led to the page that says so, and
// the issuer hears nothing of it. All else goes on to `pages`. `admission` outlives the handler.
HttpServer::Handler WithSignInLimit(HttpServer::Handler pages, const Admission* admission);

}  // namespace dm::gateway
