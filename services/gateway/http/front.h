#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/time/clock.h"
#include "services/gateway/http/answer_meters.h"
#include "services/gateway/http/http_server.h"

#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// The door of the HTTP port: hands each request to who answers for its path, and does once what
// holds for all answers: trace, metrics, log. Paths, queries, headers and bodies may hold what
// people wrote; they are kept nowhere. Thread-safe.
class Front {
 public:
  // Each gives its answer once, from any thread, as HttpServer::Handler says, and lets go of
  // `respond` last of all: then what it is made of may go. A request always has a traceparent
  // header here. For what is null there is nothing at the path.
  struct Handlers {
    // /v1 and /v1/…: methods by their google.api.http rules.
    HttpServer::Handler api;
    // /package.Service/Method: methods by their own names, for gRPC-Web and Connect.
    HttpServer::Handler rpc;
    // /openapi.json, /docs and /docs/….
    HttpServer::Handler docs;
    // Everything else: pages, /auth/…, /assets/….
    HttpServer::Handler pages;
  };

  // `methods` are the names ("/package.Service/Method") that answers are counted under. `clock`
  // outlives this.
  Front(Handlers handlers, const std::vector<std::string>& methods, const Clock* clock);
  // Waits until every request has its answer. What the handlers are made of outlives this.
  ~Front();

  void Handle(HttpRequest request, HttpServer::Respond respond);

 private:
  class Exchange;

  const HttpServer::Handler& HandlerOf(absl::string_view path) const;

  const Handlers handlers_;
  const Clock* const clock_;
  AnswerMeters meters_;
  absl::Mutex mutex_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace dm::gateway
