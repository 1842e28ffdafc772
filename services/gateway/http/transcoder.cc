#include "services/gateway/http/transcoder.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors/error.h"
#include "common/rpc/method_table.h"
#include "services/gateway/api/message_bytes.h"
#include "services/gateway/api/peer_status.h"
#include "services/gateway/http/error_response.h"
#include "services/gateway/http/request_binding.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <string>
#include <utility>

namespace dm::gateway {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageFactory;

absl::Status BadPath() {
  Violations violations;
  violations.Add("path", "is not percent-encoded UTF-8, or holds an escaped slash");
  return violations.ToStatus();
}

absl::Status BadToken() {
  return MakeError(absl::StatusCode::kUnauthenticated, "the authorization header is malformed",
                   {.reason = "TOKEN_INVALID"});
}

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::string EtagOf(const Message& message) {
  const auto* field = message.GetDescriptor()->FindFieldByName("etag");
  if (field == nullptr || field->is_repeated() ||
      field->type() != google::protobuf::FieldDescriptor::TYPE_STRING) {
    return "";
  }
  return message.GetReflection()->GetString(message, field);
}

absl::StatusOr<HttpResponse> JsonResponse(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  HttpResponse response;
  if (!google::protobuf::util::MessageToJsonString(message, &response.body, options).ok()) {
    return absl::InternalError("no JSON form");
  }
  response.headers = {{"Content-Type", "application/json; charset=utf-8"},
                      {"X-Content-Type-Options", "nosniff"}};
  const std::string etag = EtagOf(message);
  if (!etag.empty() && CanTravel(etag) && !absl::StrContains(etag, '"')) {
    response.headers.emplace_back("ETag", absl::StrCat("\"", etag, "\""));
  }
  return response;
}

// The file that an answer holds.
absl::StatusOr<HttpResponse> FileResponse(const Message& message,
                                          const google::protobuf::FieldDescriptor* file) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  const std::string type =
      reflection.GetString(message, message.GetDescriptor()->FindFieldByName("content_type"));
  if (type.empty() || !CanTravel(type)) return absl::InternalError("a file without a type");
  HttpResponse response;
  response.body = reflection.GetString(message, file);
  response.headers = {{"Content-Type", type}, {"X-Content-Type-Options", "nosniff"}};
  return response;
}

void AddLimits(const HttpLimits& limits, HttpResponse* response) {
  if (limits.limit.empty()) return;
  response->headers.emplace_back("RateLimit", limits.limit);
  response->headers.emplace_back("RateLimit-Policy", limits.policy);
}

absl::StatusOr<HttpResponse> ResponseOf(const Route& route, const Message& message) {
  return route.file != nullptr ? FileResponse(message, route.file) : JsonResponse(message);
}

}  // namespace

// One request on its way.
struct Transcoder::Exchange {
  HttpRequest request;
  HttpServer::Respond respond;
  absl::Time start;
  std::string language;
  const Route* route = nullptr;

  void Answer(HttpResponse response) {
    if (route != nullptr) response.counted_as = route->rpc;
    std::move(respond)(std::move(response));
  }
  void Refuse(const absl::Status& status) { Answer(ErrorResponse(ErrorOf(status, language))); }
};

Transcoder::Transcoder(RoutingTable routes, const Clock* clock, absl::Duration patience)
    : routes_(std::move(routes)), clock_(clock), patience_(patience) {}

void Transcoder::Handle(HttpRequest request, HttpServer::Respond respond) {
  auto exchange = std::make_unique<Exchange>();
  exchange->request = std::move(request);
  exchange->respond = std::move(respond);
  exchange->start = clock_->Now();
  const HttpRequest& http = exchange->request;
  exchange->language = std::string(LanguageOf(http.Header("accept-language")));
  const auto path = RequestPath::Parse(http.Path());
  if (!path.ok()) return exchange->Refuse(BadPath());
  // HEAD is a GET whose body the server keeps to itself.
  auto found = routes_.Find(http.method == "HEAD" ? "GET" : http.method, *path);
  if (found.route != nullptr) {
    exchange->route = found.route;
    return Call(std::move(exchange), found.variables);
  }
  if (found.allowed.empty()) return exchange->Refuse(NoSuchPathError());
  exchange->Answer(WrongMethodResponse(absl::StrJoin(found.allowed, ", "), exchange->language));
}

void Transcoder::Call(std::unique_ptr<Exchange> exchange, const PathTemplate::Bindings& variables) {
  const HttpRequest& http = exchange->request;
  const Route& route = *exchange->route;
  const auto message = NewMessage(route.method->input_type());
  absl::Status status = BindRequest(route, variables, http, message.get());
  const rpc::MethodPolicy* const policy = rpc::FindMethod(route.rpc);
  const absl::Duration most = policy == nullptr ? patience_ : policy->access.max_time;
  CallContext call{
      .authorization = http.Headers("authorization"),
      .traceparent = std::string(http.Header("traceparent")),
      .accept_language = std::string(http.Header("accept-language")),
      .start = exchange->start,
      .deadline = exchange->start + std::min(patience_, most),
      .origin = {.peer = http.client_address, .forwarded_for = http.Headers("x-forwarded-for")}};
  if (!CanTravel(call.authorization)) status = BadToken();
  if (!CanTravel(call.accept_language)) call.accept_language.clear();
  if (!status.ok()) return exchange->Refuse(status);
  route.backend->Call(route.rpc, call, ToBytes(*message),
                      [exchange = std::move(exchange)](UnaryAnswer answer) {
                        Answered(*exchange, std::move(answer));
                      });
}

void Transcoder::Answered(Exchange& exchange, UnaryAnswer answer) {
  if (!answer.status.ok()) {
    HttpResponse refusal = ErrorResponse(ErrorOf(answer.status, exchange.language));
    AddLimits(answer.limits, &refusal);
    return exchange.Answer(std::move(refusal));
  }
  const auto message = NewMessage(exchange.route->method->output_type());
  absl::StatusOr<HttpResponse> response = absl::InternalError("the answer cannot be parsed");
  if (FromBytes(answer.message, message.get())) response = ResponseOf(*exchange.route, *message);
  if (!response.ok()) return exchange.Refuse(response.status());
  const bool shared =
      exchange.route->http_method == "GET" && exchange.request.Header("authorization").empty();
  // As old as the suite itself lets a public answer be; and what one caller may see is no cache's
  // business.
  response->headers.emplace_back("Cache-Control", shared ? "max-age=1" : "no-store");
  response->headers.emplace_back("Vary", "Authorization, Accept-Language");
  // What a shared cache keeps says nothing about one caller.
  if (!shared) AddLimits(answer.limits, &*response);
  exchange.Answer(*std::move(response));
}

}  // namespace dm::gateway
