#pragma once

#include "services/gateway/http/http_server.h"

#include <string>

namespace dm::gateway {

// Serves the description of the API: `openapi`, its JSON text, at /openapi.json, and at /docs a
// page that shows it to people. The page loads nothing from elsewhere.
HttpServer::Handler ServeDocs(std::string openapi);

}  // namespace dm::gateway
