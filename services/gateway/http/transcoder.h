#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/time/clock.h"
#include "services/gateway/http/http_server.h"
#include "services/gateway/http/routing_table.h"

#include <map>
#include <memory>
#include <string>

namespace dm::gateway {

// Turns HTTP requests into calls of the public methods and their answers into JSON. It logs and
// counts methods, codes and times; paths, queries and bodies may hold what people wrote and are
// kept nowhere. Thread-safe. The destructor waits for the calls under way, which end by their
// deadlines.
class Transcoder {
 public:
  // `openapi` is what /openapi.json answers. A call lasts as long as its method may, and no longer
  // than `patience`, which is less than the HTTP server's. `clock` and the routes' backends outlive
  // this.
  Transcoder(RoutingTable routes, std::string openapi, const Clock* clock,
             absl::Duration patience = absl::Seconds(25));
  ~Transcoder();

  // Answers without waiting.
  void Handle(HttpRequest request, HttpServer::Respond respond);

 private:
  struct Exchange;
  struct Meter;

  HttpResponse ServeOpenapi(const HttpRequest& request) const;
  void Call(std::unique_ptr<Exchange> exchange, absl::string_view query,
            const PathTemplate::Bindings& variables);
  void Answered(std::unique_ptr<Exchange> exchange, UnaryAnswer answer);
  void Conclude(std::unique_ptr<Exchange> exchange, HttpResponse response);

  const RoutingTable routes_;
  const std::string openapi_;
  const Clock* const clock_;
  const absl::Duration patience_;
  absl::Mutex mutex_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, std::unique_ptr<Meter>> meters_;
};

}  // namespace dm::gateway
