#pragma once

#include "services/gateway/http/http_server.h"

#include <string>

namespace dm::gateway {

// Serves the description of the API: `openapi`, its JSON text, at /openapi.json.
HttpServer::Handler ServeDocs(std::string openapi);

}  // namespace dm::gateway
