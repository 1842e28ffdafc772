#include "services/gateway/http/answer_meters.h"

#include "common/telemetry/metrics.h"

#include <utility>

namespace dm::gateway {
namespace {

constexpr char kUnknown[] = "unknown";

}  // namespace

// The time series of one name, looked up once.
struct AnswerMeters::Meter {
  explicit Meter(const std::string& name)
      : seconds(telemetry::LatencyOf("gateway_http_seconds",
                                     "Time from a request's last byte to its answer",
                                     {{"method", name}})) {
    for (const char* kind : {"2xx", "3xx", "4xx", "5xx"}) {
      answers.emplace(kind, &telemetry::CounterOf("gateway_http_answers_total",
                                                  "Answers over HTTP by method and kind",
                                                  {{"method", name}, {"status", kind}}));
    }
  }
  prometheus::Histogram& seconds;
  std::map<std::string, prometheus::Counter*> answers;
};

AnswerMeters::AnswerMeters(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (!meters_.contains(name)) meters_.emplace(name, std::make_unique<Meter>(name));
  }
  meters_.emplace(kUnknown, std::make_unique<Meter>(kUnknown));
}

AnswerMeters::~AnswerMeters() = default;

absl::string_view AnswerMeters::Known(const std::string& name) const {
  return meters_.contains(name) ? absl::string_view(name) : kUnknown;
}

void AnswerMeters::Count(const std::string& name, int status, absl::Duration took) {
  const Meter& meter = *meters_.at(std::string(Known(name)));
  meter.seconds.Observe(absl::ToDoubleSeconds(took));
  const int kind = status / 100;
  meter.answers.at(kind <= 2 ? "2xx" : kind == 3 ? "3xx" : kind == 5 ? "5xx" : "4xx")->Increment();
}

}  // namespace dm::gateway
