#pragma once

#include "services/gateway/http/http_server.h"

namespace dm::gateway {

// /desabonnement/{token}, where the List-Unsubscribe header of a mail leads. A mail program that
// stops mails by itself POSTs there what RFC 8058 has it say, and `api` is asked to stop them, with
// the client's address and nothing else of the request: no cookie and no token of an account. All
// else is for `pages`: a GET changes nothing, since whoever scans mails follows their links.
HttpServer::Handler WithOneClick(HttpServer::Handler pages, HttpServer::Handler api);

}  // namespace dm::gateway
