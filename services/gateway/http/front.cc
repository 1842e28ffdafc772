#include "services/gateway/http/front.h"

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/telemetry/log.h"
#include "common/telemetry/span.h"
#include "services/gateway/api/peer_status.h"
#include "services/gateway/http/content_coding.h"
#include "services/gateway/http/error_response.h"
#include "services/gateway/http/validators.h"

#include <algorithm>
#include <utility>

namespace dm::gateway {
namespace {

// Of some path here or other.
constexpr char kMethods[] = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

bool IsUnder(absl::string_view path, absl::string_view folder) {
  return absl::StartsWith(path, folder) &&
         (path.size() == folder.size() || path[folder.size()] == '/');
}

// "/package.Service/Method".
bool NamesAMethod(absl::string_view path) {
  const size_t slash = path.find('/', 1);
  return slash != absl::string_view::npos && slash + 1 < path.size() &&
         path.find('/', slash + 1) == absl::string_view::npos &&
         absl::StrContains(path.substr(1, slash - 1), '.');
}

void AnswerNothingHere(HttpRequest request, HttpServer::Respond respond) {
  std::move(respond)(
      ErrorResponse(ErrorOf(NoSuchPathError(), LanguageOf(request.Header("accept-language")))));
}

Front::Handlers Complete(Front::Handlers handlers) {
  for (auto* handler : {&handlers.api, &handlers.rpc, &handlers.docs, &handlers.pages}) {
    if (*handler == nullptr) *handler = AnswerNothingHere;
  }
  return handlers;
}

// As of calls: what the caller did wrong is told, so that it is seen who tries things. Of those who
// ask too often admission tells by a tally.
telemetry::Severity SeverityOf(int status) {
  constexpr int kTooManyRequests = 429;
  if (status >= 500) return telemetry::Severity::kWarning;
  return status >= 400 && status != kTooManyRequests ? telemetry::Severity::kInfo
                                                     : telemetry::Severity::kDebug;
}

std::vector<std::string> WithAreas(std::vector<std::string> methods) {
  methods.insert(methods.end(), {"docs", "pages"});
  return methods;
}

}  // namespace

// A method that somebody made up must not name a span.
bool IsKnownHttpMethod(absl::string_view method) {
  const std::vector<absl::string_view> known = absl::StrSplit(kMethods, ", ");
  return std::find(known.begin(), known.end(), method) != known.end();
}

// Whether it is worth the time: a text, and more than a few packets would carry anyway.
bool CanShrink(const HttpResponse& response) {
  constexpr size_t kSmall = 1024;
  const absl::string_view type = response.Header("Content-Type");
  const bool text = absl::StartsWith(type, "text/") || absl::StrContains(type, "json") ||
                    absl::StrContains(type, "javascript") || absl::StrContains(type, "xml") ||
                    type == "application/proto";
  return text && response.body.size() > kSmall && response.Header("Content-Encoding").empty();
}

// Whether the body is to go out as gzip; what the headers say of that, they say from now on.
bool AgreeToShrink(absl::string_view accept_encoding, HttpResponse* response) {
  if (!CanShrink(*response)) return false;
  response->VaryBy("Accept-Encoding");
  if (!WantsGzip(accept_encoding)) return false;
  response->SetHeader("Content-Encoding", "gzip");
  const std::string tag(response->Header("ETag"));
  if (absl::StartsWith(tag, "\"")) response->SetHeader("ETag", absl::StrCat("W/", tag));
  return true;
}

// Makes the body of a request what it was before it was coded. OK, or the status to refuse with.
int Expand(size_t limit, HttpRequest* request) {
  const absl::string_view coding = request->Header("content-encoding");
  if (coding.empty() || absl::EqualsIgnoreCase(coding, "identity")) return 200;
  if (request->CountOf("content-encoding") > 1 || !absl::EqualsIgnoreCase(coding, "gzip")) {
    return 415;
  }
  auto body = Gunzip(request->body, limit);
  if (!body.ok()) return absl::IsResourceExhausted(body.status()) ? 413 : 400;
  request->body = *std::move(body);
  request->SetHeader("content-encoding", "identity");
  return 200;
}

// One request until its answer is on its way.
class Front::Exchange {
 public:
  Exchange(Front* front, HttpRequest* request, HttpServer::Respond respond)
      : front_(front),
        respond_(std::move(respond)),
        start_(front->clock_->Now()),
        reads_(request->method == "GET" || request->method == "HEAD"),
        accept_encoding_(request->Header("accept-encoding")),
        if_none_match_(request->Header("if-none-match")),
        method_(request->method),
        parent_(request->Header("traceparent")),
        traceparent_(telemetry::ContinueTrace(parent_)) {
    request->SetHeader("traceparent", traceparent_);
    request->SetHeader("tracestate",
                       telemetry::PassableTracestate(parent_, request->Headers("tracestate")));
    absl::MutexLock lock(&front_->mutex_);
    ++front_->open_;
  }
  ~Exchange() {
    absl::MutexLock lock(&front_->mutex_);
    --front_->open_;
  }
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  void Conclude(HttpResponse response) {
    const bool validated = reads_ && response.status == 200;
    if (validated && response.Header("ETag").empty()) {
      response.SetHeader("ETag", EntityTagOf(response.body));
    }
    const bool shrinks = AgreeToShrink(accept_encoding_, &response);
    if (validated && CallerHas(response)) {
      response = NotModified(std::move(response));
    } else if (shrinks) {
      response.body = Gzip(response.body);
    }
    const absl::Duration took = front_->clock_->Now() - start_;
    front_->meters_.Count(response.counted_as, response.status, took);
    telemetry::Log(SeverityOf(response.status), "http_answer",
                   {{"method", front_->meters_.Known(response.counted_as)},
                    {"status", response.status},
                    {"ms", absl::ToDoubleMilliseconds(took)},
                    {"trace", telemetry::TraceIdOf(traceparent_)}});
    RecordSpan(response, took);
    response.SetHeader("Date", absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", front_->clock_->Now(),
                                                absl::UTCTimeZone()));
    response.SetHeader("traceparent", traceparent_);
    std::move(respond_)(std::move(response));
  }

 private:
  // The path is no part of it: it may hold a link that opens something.
  void RecordSpan(const HttpResponse& response, absl::Duration took) const {
    if (!telemetry::IsRecorded(traceparent_)) return;
    const std::string answered_by(front_->meters_.Known(response.counted_as));
    const bool known = IsKnownHttpMethod(method_);
    telemetry::Record(
        {.kind = telemetry::SpanKind::kServer,
         .name = absl::StrCat(known ? method_ : "HTTP", " ", absl::StripPrefix(answered_by, "/")),
         .traceparent = traceparent_,
         .parent = parent_,
         .start = start_,
         .end = start_ + took,
         .attributes = {{"http.request.method", known ? method_ : "_OTHER"},
                        {"http.response.status_code", static_cast<int64_t>(response.status)},
                        {"url.scheme", std::string("http")}},
         .failed = response.status >= 500});
  }

  // What may not be stored is always sent whole.
  bool CallerHas(const HttpResponse& response) const {
    return !absl::StrContains(response.Header("Cache-Control"), "no-store") &&
           IsAmong(response.Header("ETag"), if_none_match_);
  }

  Front* const front_;
  HttpServer::Respond respond_;
  const absl::Time start_;
  const bool reads_;
  const std::string accept_encoding_;
  const std::string if_none_match_;
  const std::string method_;
  // What the caller sent.
  const std::string parent_;
  const std::string traceparent_;
};

Front::Front(Handlers handlers, const std::vector<std::string>& methods, const Clock* clock,
             size_t body_limit)
    : handlers_(Complete(std::move(handlers))),
      clock_(clock),
      body_limit_(body_limit),
      meters_(WithAreas(methods)) {}

Front::~Front() {
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int* open) { return *open == 0; }, &open_));
}

const HttpServer::Handler& Front::HandlerOf(absl::string_view path) const {
  if (IsUnder(path, "/v1")) return handlers_.api;
  if (NamesAMethod(path)) return handlers_.rpc;
  if (path == "/openapi.json" || IsUnder(path, "/docs")) return handlers_.docs;
  return handlers_.pages;
}

void Front::Handle(HttpRequest request, HttpServer::Respond respond) {
  auto exchange = std::make_unique<Exchange>(this, &request, std::move(respond));
  if (request.target == "*" && request.method == "OPTIONS") {
    return exchange->Conclude({.status = 204, .headers = {{"Allow", kMethods}}, .body = ""});
  }
  if (const int refused = Expand(body_limit_, &request); refused != 200) {
    return exchange->Conclude(RefusalResponse(refused));
  }
  const HttpServer::Handler& handler = HandlerOf(request.Path());
  handler(std::move(request), [exchange = std::move(exchange)](HttpResponse response) {
    exchange->Conclude(std::move(response));
  });
}

}  // namespace dm::gateway
