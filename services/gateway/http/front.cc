#include "services/gateway/http/front.h"

#include "absl/strings/match.h"
#include "common/errors/error.h"
#include "common/rpc/trace_context.h"
#include "common/telemetry/log.h"
#include "services/gateway/api/peer_status.h"
#include "services/gateway/http/error_response.h"

#include <utility>

namespace dm::gateway {
namespace {

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

std::vector<std::string> WithAreas(std::vector<std::string> methods) {
  methods.insert(methods.end(), {"docs", "pages"});
  return methods;
}

}  // namespace

// One request until its answer is on its way.
class Front::Exchange {
 public:
  Exchange(Front* front, HttpRequest* request, HttpServer::Respond respond)
      : front_(front),
        respond_(std::move(respond)),
        start_(front->clock_->Now()),
        traceparent_(rpc::ContinueTrace(request->Header("traceparent"))) {
    request->SetHeader("traceparent", traceparent_);
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
    const absl::Duration took = front_->clock_->Now() - start_;
    front_->meters_.Count(response.counted_as, response.status, took);
    const auto severity =
        response.status >= 500 ? telemetry::Severity::kWarning : telemetry::Severity::kDebug;
    telemetry::Log(severity, "http_answer",
                   {{"method", front_->meters_.Known(response.counted_as)},
                    {"status", response.status},
                    {"ms", absl::ToDoubleMilliseconds(took)},
                    {"trace", rpc::TraceIdOf(traceparent_)}});
    response.SetHeader("traceparent", traceparent_);
    std::move(respond_)(std::move(response));
  }

 private:
  Front* const front_;
  HttpServer::Respond respond_;
  const absl::Time start_;
  const std::string traceparent_;
};

Front::Front(Handlers handlers, const std::vector<std::string>& methods, const Clock* clock)
    : handlers_(Complete(std::move(handlers))), clock_(clock), meters_(WithAreas(methods)) {}

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
  const HttpServer::Handler& handler = HandlerOf(request.Path());
  handler(std::move(request), [exchange = std::move(exchange)](HttpResponse response) {
    exchange->Conclude(std::move(response));
  });
}

}  // namespace dm::gateway
