#include "services/gateway/http/openapi.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "services/gateway/http/openapi_schema.h"

#include <set>
#include <utility>
#include <vector>

namespace dm::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using nlohmann::json;

constexpr char kErrorSchema[] = R"json({
  "type": "object",
  "description": "An error as AIP-193 has it.",
  "properties": {
    "error": {
      "type": "object",
      "properties": {
        "code": {"type": "integer", "description": "The HTTP status."},
        "message": {"type": "string", "description": "For developers, in English."},
        "status": {"type": "string", "description": "The canonical code, for instance NOT_FOUND."},
        "details": {
          "type": "array",
          "description": "Always a google.rpc.ErrorInfo with a stable reason; also BadRequest, PreconditionFailure, RetryInfo and LocalizedMessage.",
          "items": {
            "type": "object",
            "properties": {"@type": {"type": "string"}},
            "additionalProperties": true
          }
        }
      }
    }
  }
})json";

std::string Singular(absl::string_view plural) {
  if (plural == "people") return "person";
  if (absl::ConsumeSuffix(&plural, "ies")) return absl::StrCat(plural, "y");
  return std::string(absl::StripSuffix(plural, "s"));
}

// The names in braces of a path, in order.
std::vector<std::string> ParametersOf(absl::string_view path) {
  std::vector<std::string> names;
  for (size_t open = path.find('{'); open != absl::string_view::npos; open = path.find('{')) {
    path.remove_prefix(open + 1);
    names.emplace_back(path.substr(0, path.find('}')));
  }
  return names;
}

std::set<std::string> FilledByPath(const Route& route) {
  const std::vector<std::string> fields = route.path.Fields();
  return {fields.begin(), fields.end()};
}

json Parameters(const Route& route, const Comments& comments, Schemas* schemas) {
  json parameters = json::array();
  for (const std::string& name : ParametersOf(OpenapiPath(route))) {
    parameters.push_back(
        {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  }
  const std::set<std::string> taken = FilledByPath(route);
  const auto& request = *route.method->input_type();
  for (int i = 0; route.body != "*" && i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (taken.contains(field.name()) || field.name() == route.body) continue;
    json parameter = {{"name", field.json_name()},
                      {"in", "query"},
                      {"description", comments.Of(field)},
                      {"schema", schemas->Field(field)}};
    if (field.is_repeated()) parameter["explode"] = true;
    parameters.push_back(std::move(parameter));
  }
  if (request.FindFieldByName("request_id") != nullptr) {
    parameters.push_back({{"name", "Idempotency-Key"},
                          {"in", "header"},
                          {"description", "May carry `requestId`."},
                          {"schema", {{"type", "string"}, {"format", "uuid"}}}});
  }
  return parameters;
}

json RequestBody(const Route& route, Schemas* schemas) {
  const auto& request = *route.method->input_type();
  const json schema = route.body == "*"
                          ? schemas->Object(request, FilledByPath(route))
                          : schemas->Ref(*request.FindFieldByName(route.body)->message_type());
  return {{"required", true}, {"content", {{"application/json", {{"schema", schema}}}}}};
}

// What comes back when all is well.
json Answer(const Route& route, Schemas* schemas) {
  if (route.file != nullptr) {
    return {{"*/*", {{"schema", {{"type", "string"}, {"format", "binary"}}}}}};
  }
  return {{"application/json", {{"schema", schemas->Ref(*route.method->output_type())}}}};
}

json Operation(const Route& route, const Comments& comments, Schemas* schemas) {
  const std::string comment = comments.Of(*route.method);
  json operation = {
      {"operationId", absl::StrCat(route.method->service()->name(), "_", route.method->name())},
      {"summary", comment.substr(0, comment.find_first_of(".:\n"))},
      {"description", comment},
      {"tags", json::array({route.method->service()->name()})},
      {"parameters", Parameters(route, comments, schemas)},
      {"responses",
       {{"200", {{"description", "The answer."}, {"content", Answer(route, schemas)}}},
        {"default", {{"$ref", "#/components/responses/Error"}}}}}};
  if (!route.body.empty()) operation["requestBody"] = RequestBody(route, schemas);
  return operation;
}

}  // namespace

std::string OpenapiPath(const Route& route) {
  std::vector<std::string> segments = absl::StrSplit(route.path.Shape(), '/');
  for (size_t i = 1; i < segments.size(); ++i) {
    // The last segment may carry a verb: "*:cancel".
    if (absl::StartsWith(segments[i], "*")) {
      segments[i] = absl::StrCat("{", Singular(segments[i - 1]), "}", segments[i].substr(1));
    }
  }
  return absl::StrJoin(segments, "/");
}

std::string OpenapiDocument(const RoutingTable& routes) {
  const Comments comments;
  Schemas schemas(&comments);
  json paths = json::object();
  json tags = json::array();
  std::set<std::string> tagged;
  std::set<std::string> operations;
  for (const Route& route : routes.routes()) {
    const auto& service = *route.method->service();
    if (tagged.insert(service.full_name()).second) {
      tags.push_back({{"name", service.name()}, {"description", comments.Of(service)}});
    }
    json operation = Operation(route, comments, &schemas);
    // Ids are unique; a method with several paths gets numbers.
    const std::string id = operation["operationId"];
    std::string unique = id;
    for (int n = 2; !operations.insert(unique).second; ++n) unique = absl::StrCat(id, n);
    operation["operationId"] = unique;
    paths[OpenapiPath(route)][absl::AsciiStrToLower(route.http_method)] = std::move(operation);
  }
  json components = {{"schemas", schemas.components()}};
  components["schemas"]["Error"] = json::parse(kErrorSchema);
  components["responses"]["Error"] = {
      {"description", "An error."},
      {"content", {{"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}}}};
  components["securitySchemes"]["bearer"] = {
      {"type", "http"}, {"scheme", "bearer"}, {"bearerFormat", "JWT"}};
  const json document = {
      {"openapi", "3.0.3"},
      {"info",
       {{"title", "Destination Métier"},
        {"version", "v1"},
        {"description",
         "Public reads need no token. Fields, in paths, queries and bodies, may be spelled in "
         "camelCase or in snake_case; values of enums in queries with their prefix or without."}}},
      {"security", json::array({json::object(), {{"bearer", json::array()}}})},
      {"tags", tags},
      {"paths", paths},
      {"components", components}};
  return document.dump();
}

}  // namespace dm::gateway
