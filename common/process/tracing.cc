#include "common/process/tracing.h"

#include "absl/time/clock.h"
#include "common/text/uuid.h"

namespace dm::process {
namespace {

constexpr absl::Duration kLastWords = absl::Seconds(2);

}  // namespace

Tracing::Tracing(const std::string& service, const std::string& address, int percent,
                 Channels* channels) {
  telemetry::SampleTraces(percent);
  if (address.empty()) return;
  exporter_ = std::make_unique<telemetry::SpanExporter>(
      telemetry::SpanExporter::Options{.channel = channels->To(kCollector, address),
                                       .service = service,
                                       .instance = NewUuid(absl::Now())});
  telemetry::SetSpanSink(exporter_.get());
}

void Tracing::Stop() {
  if (exporter_ == nullptr) return;
  telemetry::SetSpanSink(nullptr);
  exporter_->Stop(absl::Now() + kLastWords);
}

}  // namespace dm::process
