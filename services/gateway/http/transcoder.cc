#include "services/gateway/http/transcoder.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/errors/error.h"
#include "services/gateway/api/message_bytes.h"
#include "services/gateway/api/peer_status.h"
#include "services/gateway/http/answer_body.h"
#include "services/gateway/http/call_context.h"
#include "services/gateway/http/error_response.h"
#include "services/gateway/http/request_binding.h"

#include <google/protobuf/message.h>

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

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// JSON, by whatever name. curl's -d calls it a form unless told otherwise; a real form is no JSON
// and is refused as such, and no cookie is looked at here that a foreign page's form could misuse.
bool IsJson(absl::string_view content_type) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(content_type, absl::MaxSplits(';', 1));
  const absl::string_view type = absl::StripAsciiWhitespace(parts.first);
  const bool json = type.empty() || absl::EqualsIgnoreCase(type, "application/json") ||
                    (absl::StartsWithIgnoreCase(type, "application/") &&
                     absl::EndsWithIgnoreCase(type, "+json")) ||
                    absl::EqualsIgnoreCase(type, "application/x-www-form-urlencoded");
  const std::string parameters = absl::AsciiStrToLower(parts.second);
  return json && (!absl::StrContains(parameters, "charset") ||
                  absl::StrContains(parameters, "utf-8") || absl::StrContains(parameters, "utf8"));
}

HttpResponse NotJson(absl::string_view language) {
  Violations violations;
  violations.Add("Content-Type", "must be application/json in UTF-8");
  HttpResponse response = ErrorResponse(ErrorOf(violations.ToStatus(), language), 415);
  response.headers.emplace_back("Accept", "application/json");
  return response;
}

// 412 is what HTTP has for an If-Match that does not hold; else the code's own.
HttpResponse ErrorAnswer(const google::rpc::Status& error, const HttpRequest& request) {
  const bool failed_match =
      !request.Header("if-match").empty() && HasReason(error, "ETAG_MISMATCH");
  return ErrorResponse(error, failed_match ? 412 : 0);
}

// As this face gives a message to everybody.
struct HttpForm final : AnswerForm {
  explicit HttpForm(HttpResponse made) : response(std::move(made)) {}
  size_t ByteSize() const override {
    size_t bytes = sizeof(HttpForm) + response.body.size();
    for (const auto& [name, value] : response.headers) bytes += name.size() + value.size();
    return bytes;
  }
  const HttpResponse response;
};

// From the message, or as somebody else was given it.
absl::StatusOr<HttpResponse> FormOf(const Route& route, const UnaryAnswer& answer) {
  if (const auto* form = dynamic_cast<const HttpForm*>(answer.form.get())) return form->response;
  const auto message = NewMessage(route.method->output_type());
  if (!FromBytes(answer.message, message.get())) {
    return absl::InternalError("the answer cannot be parsed");
  }
  auto response = AnswerOf(route, *message);
  if (response.ok() && answer.keep_form) {
    answer.keep_form(std::make_shared<const HttpForm>(*response));
  }
  return response;
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
  const std::string allowed = absl::StrJoin(found.allowed, ", ");
  if (http.method == "OPTIONS") {
    return exchange->Answer({.status = 204, .headers = {{"Allow", allowed}}, .body = ""});
  }
  exchange->Answer(WrongMethodResponse(allowed, exchange->language));
}

void Transcoder::Call(std::unique_ptr<Exchange> exchange, const PathTemplate::Bindings& variables) {
  const HttpRequest& http = exchange->request;
  const Route& route = *exchange->route;
  if (!http.body.empty() && !IsJson(http.Header("content-type"))) {
    return exchange->Answer(NotJson(exchange->language));
  }
  const auto message = NewMessage(route.method->input_type());
  // Who calls comes before what is wrong with the call.
  const auto call = ContextOf(http, route.rpc, exchange->start, patience_);
  if (!call.ok()) return exchange->Refuse(call.status());
  const absl::Status bound = BindRequest(route, variables, http, message.get());
  if (!bound.ok()) return exchange->Refuse(bound);
  route.backend->Call(route.rpc, *call, ToBytes(*message),
                      [exchange = std::move(exchange)](UnaryAnswer answer) {
                        Answered(*exchange, std::move(answer));
                      });
}

void Transcoder::Answered(Exchange& exchange, UnaryAnswer answer) {
  if (!answer.status.ok()) {
    HttpResponse refusal = ErrorAnswer(ErrorOf(answer.status, exchange.language), exchange.request);
    AddLimits(answer.limits, &refusal);
    return exchange.Answer(std::move(refusal));
  }
  auto response = FormOf(*exchange.route, answer);
  if (!response.ok()) return exchange.Refuse(response.status());
  const bool shared =
      exchange.route->http_method == "GET" && exchange.request.Header("authorization").empty();
  // As old as the suite itself lets a public answer be; and what one caller may see is no cache's
  // business.
  response->headers.emplace_back("Cache-Control", shared ? "public, max-age=1" : "no-store");
  response->headers.emplace_back("Vary", "Authorization, Accept-Language");
  // What a shared cache keeps says nothing about one caller.
  if (!shared) AddLimits(answer.limits, &*response);
  exchange.Answer(*std::move(response));
}

}  // namespace dm::gateway
