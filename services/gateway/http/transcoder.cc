#include "services/gateway/http/transcoder.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors/error.h"
#include "common/rpc/trace_context.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "services/gateway/api/message_bytes.h"
#include "services/gateway/api/peer_status.h"
#include "services/gateway/http/error_response.h"
#include "services/gateway/http/request_binding.h"

#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <utility>

namespace dm::gateway {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageFactory;

constexpr char kUnknown[] = "unknown";

absl::Status NoSuchPath() {
  return MakeError(absl::StatusCode::kNotFound, "there is nothing at this path",
                   {.reason = "METHOD_UNKNOWN",
                    .message_fr = "Cette adresse n'existe pas.",
                    .message_en = "There is nothing at this address."});
}

absl::Status WrongMethod(const std::string& allowed) {
  return MakeError(absl::StatusCode::kUnimplemented, absl::StrCat("this path takes only ", allowed),
                   {.reason = "METHOD_UNKNOWN"});
}

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
  const auto* name = message.GetDescriptor()->FindFieldByName("file_name");
  if (name != nullptr) {
    response.headers.emplace_back(
        "Content-Disposition",
        absl::StrCat("attachment; filename=\"", reflection.GetString(message, name), "\""));
  }
  return response;
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
  std::string traceparent;
  std::string language;
  const Route* route = nullptr;
};

// The time series of one method, looked up once.
struct Transcoder::Meter {
  explicit Meter(const std::string& rpc)
      : seconds(telemetry::LatencyOf("gateway_http_seconds",
                                     "Time from a request's last byte to its answer",
                                     {{"method", rpc}})) {
    for (const char* kind : {"2xx", "4xx", "5xx"}) {
      answers.emplace(kind, &telemetry::CounterOf("gateway_http_answers_total",
                                                  "Answers over HTTP by method and kind",
                                                  {{"method", rpc}, {"status", kind}}));
    }
  }
  prometheus::Histogram& seconds;
  std::map<std::string, prometheus::Counter*> answers;
};

Transcoder::Transcoder(RoutingTable routes, std::string openapi, const Clock* clock,
                       absl::Duration patience)
    : routes_(std::move(routes)), openapi_(std::move(openapi)), clock_(clock), patience_(patience) {
  for (const Route& route : routes_.routes()) {
    meters_.emplace(route.rpc, std::make_unique<Meter>(route.rpc));
  }
  meters_.emplace(kUnknown, std::make_unique<Meter>(kUnknown));
}

Transcoder::~Transcoder() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int* open) { return *open == 0; }, &open_));
}

HttpResponse Transcoder::ServeOpenapi(const HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse refusal = ErrorResponse(ErrorOf(WrongMethod("GET"), "fr"), 405);
    refusal.headers.emplace_back("Allow", "GET");
    return refusal;
  }
  return {.status = 200,
          .headers = {{"Content-Type", "application/json; charset=utf-8"},
                      {"Cache-Control", "max-age=60"}},
          .body = openapi_};
}

void Transcoder::Handle(HttpRequest request, HttpServer::Respond respond) {
  {
    absl::MutexLock lock(&mutex_);
    ++open_;
  }
  auto exchange = std::make_unique<Exchange>();
  exchange->request = std::move(request);
  exchange->respond = std::move(respond);
  exchange->start = clock_->Now();
  const HttpRequest& http = exchange->request;
  exchange->traceparent = rpc::ContinueTrace(http.Header("traceparent"));
  exchange->language = std::string(LanguageOf(http.Header("accept-language")));
  const absl::string_view target = http.target;
  const size_t question = target.find('?');
  const std::string path_text(target.substr(0, question));
  const std::string query(question == absl::string_view::npos ? "" : target.substr(question + 1));
  if (path_text == "/openapi.json") return Conclude(std::move(exchange), ServeOpenapi(http));
  const auto refuse = [&](const absl::Status& status, int code = 0) {
    return ErrorResponse(ErrorOf(status, exchange->language), code);
  };
  const auto path = RequestPath::Parse(path_text);
  if (!path.ok()) return Conclude(std::move(exchange), refuse(BadPath()));
  // HEAD is a GET whose body the server keeps to itself.
  auto found = routes_.Find(http.method == "HEAD" ? "GET" : http.method, *path);
  if (found.route != nullptr) {
    exchange->route = found.route;
    return Call(std::move(exchange), query, found.variables);
  }
  if (found.allowed.empty()) return Conclude(std::move(exchange), refuse(NoSuchPath()));
  const std::string allowed = absl::StrJoin(found.allowed, ", ");
  HttpResponse refusal = refuse(WrongMethod(allowed), 405);
  refusal.headers.emplace_back("Allow", allowed);
  Conclude(std::move(exchange), std::move(refusal));
}

void Transcoder::Call(std::unique_ptr<Exchange> exchange, absl::string_view query,
                      const PathTemplate::Bindings& variables) {
  const HttpRequest& http = exchange->request;
  const Route& route = *exchange->route;
  const auto message = NewMessage(route.method->input_type());
  absl::Status status = BindRequest(route, variables, query, http, message.get());
  CallContext call{.authorization = std::string(http.Header("authorization")),
                   .traceparent = exchange->traceparent,
                   .accept_language = std::string(http.Header("accept-language")),
                   .start = exchange->start,
                   .deadline = exchange->start + patience_};
  if (!CanTravel(call.authorization)) status = BadToken();
  if (!CanTravel(call.accept_language)) call.accept_language.clear();
  if (!status.ok()) {
    HttpResponse refusal = ErrorResponse(ErrorOf(status, exchange->language));
    return Conclude(std::move(exchange), std::move(refusal));
  }
  route.backend->Call(route.rpc, call, ToBytes(*message),
                      [this, exchange = std::move(exchange)](UnaryAnswer answer) mutable {
                        Answered(std::move(exchange), std::move(answer));
                      });
}

void Transcoder::Answered(std::unique_ptr<Exchange> exchange, UnaryAnswer answer) {
  if (!answer.status.ok()) {
    HttpResponse refusal = ErrorResponse(ErrorOf(answer.status, exchange->language));
    return Conclude(std::move(exchange), std::move(refusal));
  }
  const auto message = NewMessage(exchange->route->method->output_type());
  absl::StatusOr<HttpResponse> response = absl::InternalError("the answer cannot be parsed");
  if (FromBytes(answer.message, message.get())) response = ResponseOf(*exchange->route, *message);
  if (!response.ok()) {
    response = ErrorResponse(ErrorOf(response.status(), exchange->language));
  } else {
    const bool shared =
        exchange->route->http_method == "GET" && exchange->request.Header("authorization").empty();
    // As old as the suite itself lets a public answer be; and what one caller may see is no
    // cache's business.
    response->headers.emplace_back("Cache-Control", shared ? "max-age=1" : "no-store");
    response->headers.emplace_back("Vary", "Authorization, Accept-Language");
  }
  Conclude(std::move(exchange), *std::move(response));
}

void Transcoder::Conclude(std::unique_ptr<Exchange> exchange, HttpResponse response) {
  const absl::Duration took = clock_->Now() - exchange->start;
  const std::string method = exchange->route != nullptr ? exchange->route->rpc : kUnknown;
  const Meter& meter = *meters_.at(method);
  meter.seconds.Observe(absl::ToDoubleSeconds(took));
  const int kind = response.status / 100;
  meter.answers.at(kind == 2 ? "2xx" : kind == 5 ? "5xx" : "4xx")->Increment();
  const auto severity = kind == 5 ? telemetry::Severity::kWarning : telemetry::Severity::kDebug;
  telemetry::Log(severity, "http_answer",
                 {{"method", method},
                  {"status", response.status},
                  {"ms", absl::ToDoubleMilliseconds(took)},
                  {"trace", rpc::TraceIdOf(exchange->traceparent)}});
  response.headers.emplace_back("traceparent", exchange->traceparent);
  std::move(exchange->respond)(std::move(response));
  exchange.reset();
  // The last thing that touches this.
  absl::MutexLock lock(&mutex_);
  --open_;
}

}  // namespace dm::gateway
