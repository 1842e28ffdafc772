#pragma once

#include "absl/status/statusor.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dm::telemetry {

// The operators' HTTP port: /metrics (Prometheus text), /healthz (the process lives), /readyz (it
// can serve: 200 or 503 with what is missing, a line each) and /configz (options in force). Plain
// text, for the pod's network only.
class AdminServer {
 public:
  struct Pages {
    // Names of the conditions that do not hold now; ready when empty. Called on the server's
    // threads.
    std::function<std::vector<std::string>()> missing;
    std::string configuration;
  };

  // `address` is "host:port"; UNAVAILABLE when it cannot be listened on.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(const std::string& address,
                                                            const Pages& pages);
  virtual ~AdminServer() = default;
};

}  // namespace dm::telemetry
