#pragma once

#include "services/gateway/api/public_services.h"
#include "services/gateway/http/routing_table.h"

#include <vector>

namespace dm::gateway {

// The routes of the public services, all answered by `backend`.
inline RoutingTable PublicRoutes(Backend* backend = nullptr) {
  std::vector<PublicService> services;
  for (const PublicEntry& entry : PublicTable()) services.push_back({entry.service, backend});
  return *RoutingTable::Compile(services);
}

}  // namespace dm::gateway
