#pragma once

#include "services/gateway/http/routing_table.h"

#include <string>

namespace dm::gateway {

// The OpenAPI 3.1 document of what the routes show: paths, parameters, bodies, answers, errors and
// the bearer token, described in the words of the protos' comments. As JSON text.
std::string OpenapiDocument(const RoutingTable& routes);

// The path of a route as OpenAPI writes it: "/v1/bookings/{booking}:cancel".
std::string OpenapiPath(const Route& route);

}  // namespace dm::gateway
