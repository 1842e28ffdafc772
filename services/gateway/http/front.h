#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/time/clock.h"
#include "services/gateway/http/answer_meters.h"
#include "services/gateway/http/http_server.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// The door of the HTTP port: hands each request to who answers for its path, and does once what
// holds for all: bodies that come or go as gzip, 304 for what the caller has already, trace,
// metrics, log. Paths, queries, headers and bodies may hold what people wrote; they are kept
// nowhere. Thread-safe.
//
// An answer 200 to GET gets a strong ETag from its body unless it has one; without no-store in its
// Cache-Control it is compared with If-None-Match. A text of more than a kilobyte goes out as gzip
// to who accepts that; a Content-Encoding that is set already is left alone. gzip makes an ETag
// weak, as the bytes are others.
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

  // `methods` are the names ("/package.Service/Method") that answers are counted under. A body that
  // comes as gzip may hold `body_limit` bytes. `clock` outlives this.
  Front(Handlers handlers, const std::vector<std::string>& methods, const Clock* clock,
        size_t body_limit = 1024 * 1024);
  // Waits until every request has its answer. What the handlers are made of outlives this.
  ~Front();

  void Handle(HttpRequest request, HttpServer::Respond respond);

 private:
  class Exchange;

  const HttpServer::Handler& HandlerOf(absl::string_view path) const;

  const Handlers handlers_;
  const Clock* const clock_;
  const size_t body_limit_;
  AnswerMeters meters_;
  absl::Mutex mutex_;
  int open_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace dm::gateway
