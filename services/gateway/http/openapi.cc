#include "services/gateway/http/openapi.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/rpc/method_table.h"
#include "services/gateway/http/openapi_schema.h"

#include <map>
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

// What a path may hold, so that an example can be tried at once.
json ExampleOf(const std::string& parameter) {
  static const auto* const kExamples = new std::map<std::string, std::string>{
      {"profession", "M1805"}, {"company", "73282932000074"}, {"person", "me"}};
  const auto found = kExamples->find(parameter);
  return found == kExamples->end() ? json("0190a6f2-7c1e-7d7b-9f5e-3a2b1c0d4e5f")
                                   : json(found->second);
}

json PathParameter(const std::string& name) {
  return {{"name", name},
          {"in", "path"},
          {"required", true},
          {"description", absl::StrCat("Id of the ", name, ".")},
          {"schema", {{"type", "string"}, {"minLength", 1}}},
          {"example", ExampleOf(name)}};
}

json QueryParameter(const FieldDescriptor& field, const Comments& comments, Schemas* schemas) {
  const std::string comment = comments.Of(field);
  json parameter = {{"name", field.json_name()},
                    {"in", "query"},
                    {"description", comment},
                    {"schema", schemas->Field(field)}};
  if (field.is_repeated()) parameter["explode"] = true;
  if (IsRequired(field, comment)) parameter["required"] = true;
  return parameter;
}

json HeaderParameter(const std::string& name, const std::string& description, json schema) {
  return {{"name", name},
          {"in", "header"},
          {"description", description},
          {"schema", std::move(schema)}};
}

bool TakesEtag(const Route& route) {
  const auto& request = *route.method->input_type();
  const FieldDescriptor* body = request.FindFieldByName(route.body);
  return request.FindFieldByName("etag") != nullptr ||
         (body != nullptr && body->message_type()->FindFieldByName("etag") != nullptr);
}

json Parameters(const Route& route, const Comments& comments, Schemas* schemas) {
  json parameters = json::array();
  for (const std::string& name : ParametersOf(OpenapiPath(route))) {
    parameters.push_back(PathParameter(name));
  }
  const std::set<std::string> taken = FilledByPath(route);
  const auto& request = *route.method->input_type();
  for (int i = 0; route.body != "*" && i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (taken.contains(field.name()) || field.name() == route.body) continue;
    parameters.push_back(QueryParameter(field, comments, schemas));
  }
  if (request.FindFieldByName("request_id") != nullptr) {
    parameters.push_back(HeaderParameter("Idempotency-Key",
                                         "The `requestId`, unless it is given otherwise.",
                                         {{"type", "string"}, {"format", "uuid"}}));
  }
  if (TakesEtag(route)) {
    parameters.push_back(HeaderParameter(
        "If-Match", "The `etag` that was seen, unless it is given otherwise. Else than it is: 412.",
        {{"type", "string"}}));
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
  if (route.file != nullptr) return {{"*/*", {{"schema", json::object()}}}};
  const json schema = route.part != nullptr ? schemas->Field(*route.part)
                                            : schemas->Ref(*route.method->output_type());
  return {{"application/json", {{"schema", schema}}}};
}

json Responses(const Route& route, Schemas* schemas) {
  const auto error = [](const char* name) {
    return json{{"$ref", absl::StrCat("#/components/responses/", name)}};
  };
  json ok = {{"description", "The answer."}, {"content", Answer(route, schemas)}};
  json responses = {{"400", error("Invalid")},   {"401", error("Unauthenticated")},
                    {"403", error("Forbidden")}, {"429", error("Busy")},
                    {"503", error("Busy")},      {"default", error("Error")}};
  if (route.http_method == "GET") {
    ok["headers"]["ETag"] = {{"$ref", "#/components/headers/ETag"}};
    responses["304"] = {{"description", "As If-None-Match says: the caller has it already."}};
  }
  if (!route.path.Fields().empty()) responses["404"] = error("NotFound");
  if (route.http_method != "GET") responses["409"] = error("Conflict");
  if (TakesEtag(route)) responses["412"] = error("Stale");
  responses["200"] = std::move(ok);
  return responses;
}

// The first sentence, for lists.
std::string SummaryOf(const std::string& comment) {
  const size_t end = comment.find_first_of(".:;\n");
  return end == std::string::npos ? comment : comment.substr(0, end);
}

// A method that everybody may call takes a token all the same.
json Security(const Route& route) {
  const rpc::MethodPolicy* const policy = rpc::FindMethod(route.rpc);
  const json token = {{"bearer", json::array()}};
  if (policy != nullptr && !policy->access.roles.Contains(auth::Role::kAnonymous)) {
    return json::array({token});
  }
  return json::array({json::object(), token});
}

json Operation(const Route& route, const Comments& comments, Schemas* schemas) {
  const std::string comment = comments.Of(*route.method);
  json operation = {
      {"operationId", absl::StrCat(route.method->service()->name(), "_", route.method->name())},
      {"summary", SummaryOf(comment)},
      {"description", comment},
      {"tags", json::array({route.method->service()->name()})},
      {"security", Security(route)},
      {"parameters", Parameters(route, comments, schemas)},
      {"responses", Responses(route, schemas)}};
  if (!route.body.empty()) operation["requestBody"] = RequestBody(route, schemas);
  return operation;
}

json ErrorResponses() {
  const json content = {
      {"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}};
  const auto response = [&](const char* description) {
    return json{{"description", description}, {"content", content}};
  };
  json busy = response("Too much at once, or a part is away for a moment: try again later.");
  busy["headers"]["Retry-After"] = {{"description", "Seconds to wait."},
                                    {"schema", {{"type", "integer"}, {"minimum", 1}}}};
  return {
      {"Invalid", response("The request is wrong, or a rule does not allow it now: `details` name "
                           "every wrong field and every rule.")},
      {"Unauthenticated", response("A token is needed, or the one that came is not valid.")},
      {"Forbidden", response("The caller has not the role for this.")},
      {"NotFound", response("There is no such thing, or none that the caller may see.")},
      {"Conflict", response("It is there already, or has changed meanwhile.")},
      {"Stale", response("If-Match does not name the current `etag`.")},
      {"Busy", busy},
      {"Error", response("Any other error.")}};
}

json Components(const Schemas& schemas) {
  json components = {{"schemas", schemas.components()}, {"responses", ErrorResponses()}};
  components["schemas"]["Error"] = json::parse(kErrorSchema);
  components["headers"]["ETag"] = {
      {"description", "The `etag` of what was read, else a tag of the bytes."},
      {"schema", {{"type", "string"}}}};
  components["securitySchemes"]["bearer"] = {
      {"type", "http"},
      {"scheme", "bearer"},
      {"bearerFormat", "JWT"},
      {"description", "An access token of the OpenID Connect issuer of the installation."}};
  return components;
}

constexpr char kAbout[] =
    "Public reads need no token. Fields, in paths, "
    "queries and bodies, may be spelled in camelCase or in snake_case; values of enums in queries "
    "with their prefix or without. What names no field is refused.\n"
    "A write takes a `requestId`, a UUID that the client makes once for what it wants done: sent "
    "again with it, the request has one effect and the first answer.\n"
    "Answers above a kilobyte come as gzip to who accepts it; bodies may come as gzip. Public "
    "answers may be kept for a second and asked for again with If-None-Match.\n"
    "The same methods are there over gRPC, and on this port for gRPC-Web and Connect clients at "
    "`POST /package.Service/Method`.";

}  // namespace

std::string OpenapiPath(const Route& route) {
  std::vector<std::string> segments = absl::StrSplit(route.path.Shape(), '/');
  for (size_t i = 1; i < segments.size(); ++i) {
    // The last segment may carry a verb: "*:cancel".
    if (absl::StartsWith(segments[i], "*")) {
      const size_t stars = absl::StartsWith(segments[i], "**") ? 2 : 1;
      segments[i] = absl::StrCat("{", Singular(segments[i - 1]), "}", segments[i].substr(stars));
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
  const json document = {
      {"openapi", "3.1.0"},
      {"info", {{"title", "Destination Métier"}, {"version", "v1"}, {"description", kAbout}}},
      {"servers", json::array({{{"url", "/"}, {"description", "Where this document is from."}}})},
      {"security", json::array({json::object(), {{"bearer", json::array()}}})},
      {"tags", tags},
      {"paths", paths},
      {"components", Components(schemas)}};
  return document.dump();
}

}  // namespace dm::gateway
