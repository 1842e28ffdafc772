#pragma once

#include "absl/time/time.h"
#include "common/time/clock.h"
#include "services/gateway/http/http_server.h"
#include "services/gateway/http/routing_table.h"

#include <memory>

namespace dm::gateway {

// Turns HTTP requests into calls of the public methods and their answers into JSON. Thread-safe;
// outlives its calls, which end by their deadlines.
class Transcoder {
 public:
  // A call lasts as long as its method may, and no longer than `patience`, which is less than the
  // HTTP server's. `clock` and the routes' backends outlive this.
  Transcoder(RoutingTable routes, const Clock* clock, absl::Duration patience = absl::Seconds(25));

  // Answers without waiting; see Front::Handlers.
  void Handle(HttpRequest request, HttpServer::Respond respond);

 private:
  struct Exchange;

  void Call(std::unique_ptr<Exchange> exchange, const PathTemplate::Bindings& variables);
  static void Answered(Exchange& exchange, UnaryAnswer answer);

  const RoutingTable routes_;
  const Clock* const clock_;
  const absl::Duration patience_;
};

}  // namespace dm::gateway
