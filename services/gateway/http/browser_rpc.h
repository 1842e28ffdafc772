#pragma once

#include "absl/time/time.h"
#include "common/time/clock.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/http/http_server.h"
#include "services/gateway/http/rpc_wire.h"

#include <google/protobuf/descriptor.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dm::gateway {

// Calls of the public unary methods by their own names, POST /package.Service/Method, in gRPC-Web
// or Connect as the Content-Type says: what browsers, and clients made from the protos, speak.
// Bytes pass as they are; JSON is read and written as over /v1. Thread-safe; outlives its calls,
// which end by their deadlines.
class BrowserRpc {
 public:
  // A call lasts as long as its method may, and no longer than the caller says or `patience`.
  // `clock` and the backends outlive this.
  BrowserRpc(const std::vector<PublicService>& services, const Clock* clock,
             absl::Duration patience = absl::Seconds(25));

  // Answers without waiting; see Front::Handlers.
  void Handle(HttpRequest request, HttpServer::Respond respond);

 private:
  struct Method {
    const google::protobuf::MethodDescriptor* descriptor;
    Backend* backend;
  };
  struct Exchange;

  void Call(std::unique_ptr<Exchange> exchange);
  static void Answered(Exchange& exchange, UnaryAnswer answer);

  // By "/package.Service/Method".
  std::map<std::string, Method, std::less<>> methods_;
  const Clock* const clock_;
  const absl::Duration patience_;
};

}  // namespace dm::gateway
