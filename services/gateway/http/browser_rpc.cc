#include "services/gateway/http/browser_rpc.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "services/gateway/api/message_bytes.h"
#include "services/gateway/api/peer_status.h"
#include "services/gateway/http/answer_body.h"
#include "services/gateway/http/call_context.h"
#include "services/gateway/http/error_response.h"
#include "services/gateway/http/json_body.h"

#include <google/protobuf/message.h>

#include <algorithm>
#include <utility>

namespace dm::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::Message;
using google::protobuf::MessageFactory;

constexpr char kTypes[] =
    "application/json, application/proto, application/grpc-web+proto, "
    "application/grpc-web-text+proto";

std::unique_ptr<Message> NewMessage(const Descriptor* type) {
  return std::unique_ptr<Message>(MessageFactory::generated_factory()->GetPrototype(type)->New());
}

absl::Status NoSuchMethod() {
  return MakeError(absl::StatusCode::kUnimplemented, "there is no such method",
                   {.reason = "METHOD_UNKNOWN"});
}

absl::Status Streams() {
  return MakeError(absl::StatusCode::kUnimplemented, "this method streams: call it over gRPC",
                   {.reason = "METHOD_UNKNOWN"});
}

HttpResponse WrongType(absl::string_view language) {
  Violations violations;
  violations.Add("Content-Type", absl::StrCat("must be one of ", kTypes));
  HttpResponse response = ErrorResponse(ErrorOf(violations.ToStatus(), language), 415);
  response.headers.emplace_back("Accept-Post", kTypes);
  return response;
}

// A request's message as gRPC sends it.
absl::StatusOr<grpc::ByteBuffer> RequestBytes(const RpcWire& wire, const HttpRequest& http,
                                              const Descriptor* type) {
  auto text = wire.MessageOf(http);
  if (!text.ok()) return text.status();
  if (!wire.json) return ToBytes(*text);
  const auto message = NewMessage(type);
  Violations violations;
  ParseJsonBody(*text, "", message.get(), &violations);
  if (!violations.empty()) return violations.ToStatus();
  return ToBytes(*message);
}

absl::StatusOr<std::string> AnswerText(const RpcWire& wire, const grpc::ByteBuffer& bytes,
                                       const Descriptor* type) {
  if (!wire.json) return TextOf(bytes);
  const auto message = NewMessage(type);
  if (!FromBytes(bytes, message.get())) return absl::InternalError("no such message");
  return JsonOf(*message);
}

}  // namespace

// One call on its way.
struct BrowserRpc::Exchange {
  HttpRequest request;
  HttpServer::Respond respond;
  std::string language;
  std::string name;
  RpcWire wire;
  Method method = {};

  void Answer(HttpResponse response) {
    response.counted_as = name;
    std::move(respond)(std::move(response));
  }
  void Refuse(const absl::Status& status) { Answer(wire.Error(ErrorOf(status, language))); }
};

BrowserRpc::BrowserRpc(const std::vector<PublicService>& services, const Clock* clock,
                       absl::Duration patience)
    : clock_(clock), patience_(patience) {
  for (const PublicService& entry : services) {
    for (int i = 0; i < entry.service->method_count(); ++i) {
      const auto* method = entry.service->method(i);
      methods_.emplace(absl::StrCat("/", entry.service->full_name(), "/", method->name()),
                       Method{method, entry.backend});
    }
  }
}

void BrowserRpc::Handle(HttpRequest request, HttpServer::Respond respond) {
  auto exchange = std::make_unique<Exchange>();
  exchange->request = std::move(request);
  exchange->respond = std::move(respond);
  const HttpRequest& http = exchange->request;
  exchange->language = std::string(LanguageOf(http.Header("accept-language")));
  exchange->name = std::string(http.Path());
  constexpr char kAllowed[] = "OPTIONS, POST";
  if (http.method == "OPTIONS") {
    return exchange->Answer({.status = 204, .headers = {{"Allow", kAllowed}}, .body = ""});
  }
  if (http.method != "POST") {
    return exchange->Answer(WrongMethodResponse(kAllowed, exchange->language));
  }
  auto wire = RpcWire::Of(http.Header("content-type"));
  if (!wire.has_value()) return exchange->Answer(WrongType(exchange->language));
  exchange->wire = *std::move(wire);
  const auto found = methods_.find(exchange->name);
  if (found == methods_.end()) return exchange->Refuse(NoSuchMethod());
  exchange->method = found->second;
  const auto* method = exchange->method.descriptor;
  if (method->client_streaming() || method->server_streaming()) {
    return exchange->Refuse(Streams());
  }
  Call(std::move(exchange));
}

void BrowserRpc::Call(std::unique_ptr<Exchange> exchange) {
  const HttpRequest& http = exchange->request;
  const auto wait = exchange->wire.PatienceOf(http);
  if (!wait.ok()) return exchange->Refuse(wait.status());
  auto message = RequestBytes(exchange->wire, http, exchange->method.descriptor->input_type());
  if (!message.ok()) return exchange->Refuse(message.status());
  const std::string name = exchange->name;
  const auto call = ContextOf(http, name, clock_->Now(), std::min(*wait, patience_));
  if (!call.ok()) return exchange->Refuse(call.status());
  Backend* const backend = exchange->method.backend;
  backend->Call(name, *call, *std::move(message),
                [exchange = std::move(exchange)](UnaryAnswer answer) {
                  Answered(*exchange, std::move(answer));
                });
}

void BrowserRpc::Answered(Exchange& exchange, UnaryAnswer answer) {
  if (!answer.status.ok()) {
    HttpResponse refusal = exchange.wire.Error(ErrorOf(answer.status, exchange.language));
    AddLimits(answer.limits, &refusal);
    return exchange.Answer(std::move(refusal));
  }
  const auto text =
      AnswerText(exchange.wire, answer.message, exchange.method.descriptor->output_type());
  if (!text.ok()) return exchange.Refuse(text.status());
  HttpResponse response = exchange.wire.Answer(*text);
  AddLimits(answer.limits, &response);
  exchange.Answer(std::move(response));
}

}  // namespace dm::gateway
