#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "services/gateway/api/backend.h"
#include "services/gateway/http/path_template.h"

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace dm::gateway {

// One HTTP face of a method.
struct Route {
  // "GET".
  std::string http_method;
  // As the proto has it: "/v1/{name=bookings/*}:cancel".
  std::string pattern;
  PathTemplate path;
  // What the body fills: "" nothing, "*" the message, else one of its fields.
  std::string body;
  // The field of the answer that is a file: the HTTP answer is its bytes, of the type that the
  // answer's `content_type` says. Null: the HTTP answer is JSON.
  const google::protobuf::FieldDescriptor* file = nullptr;
  // The field of the answer that the JSON is of. Null: it is of the whole message.
  const google::protobuf::FieldDescriptor* part = nullptr;
  const google::protobuf::MethodDescriptor* method = nullptr;
  // "/package.Service/Method".
  std::string rpc;
  Backend* backend = nullptr;
};

// The google.api.http rules of the public services, compiled at start. Immutable.
class RoutingTable {
 public:
  // FAILED_PRECONDITION for a rule that cannot work: a template or a field that is wrong, two rules
  // for the same requests, a feature that nothing here uses.
  static absl::StatusOr<RoutingTable> Compile(const std::vector<PublicService>& services);

  struct Found {
    // Null when the path is unknown or the method is not among `allowed`.
    const Route* route = nullptr;
    PathTemplate::Bindings variables;
    // The methods that the path takes, when `route` is null; with GET also HEAD, and OPTIONS with
    // all. Empty for an unknown path.
    std::vector<std::string> allowed;
  };
  Found Find(absl::string_view http_method, const RequestPath& path) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace dm::gateway
