#include "services/gateway/http/routing_table.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "google/api/annotations.pb.h"

#include <algorithm>
#include <set>
#include <utility>

namespace dm::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

absl::Status Wrong(const MethodDescriptor& method, absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat("the HTTP rule of ", method.full_name(), " cannot work: ", why));
}

bool IsTextField(const Descriptor* message, absl::string_view path) {
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = message->FindFieldByName(names[i]);
    if (field == nullptr || field->is_repeated()) return false;
    if (i + 1 == names.size()) return field->type() == FieldDescriptor::TYPE_STRING;
    if (field->message_type() == nullptr) return false;
    message = field->message_type();
  }
  return false;
}

// Bytes that say beside them of what type they are; null for all else.
const FieldDescriptor* FileField(const Descriptor& message, const std::string& name) {
  const FieldDescriptor* file = message.FindFieldByName(name);
  const bool bytes =
      file != nullptr && !file->is_repeated() && file->type() == FieldDescriptor::TYPE_BYTES;
  return bytes && IsTextField(&message, "content_type") ? file : nullptr;
}

std::pair<std::string, std::string> VerbAndPattern(const google::api::HttpRule& rule) {
  switch (rule.pattern_case()) {
    case google::api::HttpRule::kGet:
      return {"GET", rule.get()};
    case google::api::HttpRule::kPut:
      return {"PUT", rule.put()};
    case google::api::HttpRule::kPost:
      return {"POST", rule.post()};
    case google::api::HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case google::api::HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    default:
      return {};
  }
}

absl::StatusOr<Route> CompileRule(const MethodDescriptor& method, const google::api::HttpRule& rule,
                                  Backend* backend) {
  Route route;
  std::tie(route.http_method, route.pattern) = VerbAndPattern(rule);
  if (route.http_method.empty()) return Wrong(method, "it has no pattern");
  if (!rule.response_body().empty()) {
    route.file = FileField(*method.output_type(), rule.response_body());
    route.part = method.output_type()->FindFieldByName(rule.response_body());
    if (route.part == nullptr) return Wrong(method, "no field is the response_body");
    if (route.file == nullptr && route.part->type() == FieldDescriptor::TYPE_BYTES) {
      return Wrong(method, "bytes as response_body need a text content_type beside them");
    }
  }
  auto path = PathTemplate::Parse(route.pattern);
  if (!path.ok()) return Wrong(method, path.status().message());
  route.path = *std::move(path);
  for (const std::string& field : route.path.Fields()) {
    if (!IsTextField(method.input_type(), field)) {
      return Wrong(method, absl::StrCat("no text field is called ", field));
    }
  }
  route.body = rule.body();
  if (!route.body.empty() && route.body != "*") {
    const FieldDescriptor* field = method.input_type()->FindFieldByName(route.body);
    if (field == nullptr || field->is_repeated() || field->message_type() == nullptr) {
      return Wrong(method, absl::StrCat("no message field is called ", route.body));
    }
  }
  route.method = &method;
  route.rpc = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  route.backend = backend;
  return route;
}

}  // namespace

absl::StatusOr<RoutingTable> RoutingTable::Compile(const std::vector<PublicService>& services) {
  RoutingTable table;
  std::set<std::string> taken;
  const auto add = [&](const MethodDescriptor& method, const google::api::HttpRule& rule,
                       Backend* backend) -> absl::Status {
    auto route = CompileRule(method, rule, backend);
    if (!route.ok()) return route.status();
    if (!taken.insert(absl::StrCat(route->http_method, " ", route->path.Shape())).second) {
      return Wrong(method, absl::StrCat("another rule has ", route->pattern));
    }
    table.routes_.push_back(*std::move(route));
    return absl::OkStatus();
  };
  for (const PublicService& entry : services) {
    for (int i = 0; i < entry.service->method_count(); ++i) {
      const MethodDescriptor& method = *entry.service->method(i);
      if (!method.options().HasExtension(google::api::http)) continue;
      if (method.client_streaming() || method.server_streaming()) {
        return Wrong(method, "the method streams");
      }
      const google::api::HttpRule& rule = method.options().GetExtension(google::api::http);
      if (auto status = add(method, rule, entry.backend); !status.ok()) return status;
      for (const google::api::HttpRule& more : rule.additional_bindings()) {
        if (auto status = add(method, more, entry.backend); !status.ok()) return status;
      }
    }
  }
  std::stable_sort(table.routes_.begin(), table.routes_.end(),
                   [](const Route& a, const Route& b) { return a.path.Precedes(b.path); });
  return table;
}

RoutingTable::Found RoutingTable::Find(absl::string_view http_method,
                                       const RequestPath& path) const {
  Found found;
  std::set<std::string> allowed;
  for (const Route& route : routes_) {
    if (!route.path.Match(path, &found.variables)) continue;
    if (route.http_method == http_method) {
      found.route = &route;
      return found;
    }
    allowed.insert({route.http_method, "OPTIONS"});
    if (route.http_method == "GET") allowed.insert("HEAD");
  }
  found.allowed.assign(allowed.begin(), allowed.end());
  return found;
}

}  // namespace dm::gateway
