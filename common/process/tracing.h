#pragma once

#include "common/process/channels.h"
#include "common/telemetry/otlp/span_exporter.h"

#include <memory>
#include <string>

namespace dm::process {

// The process's spans: how many traces are begun, and where spans go.
class Tracing {
 public:
  // The name that the collector's certificate must have, where there is TLS.
  static constexpr char kCollector[] = "collector";

  // `address` of an OTLP/gRPC collector; empty: nothing is recorded. Before any other channel is
  // made: those that are made later record the calls through them.
  Tracing(const std::string& service, const std::string& address, int percent, Channels* channels);
  ~Tracing() { Stop(); }

  // Sends what is left; takes a few seconds at most. Nobody may make spans any more.
  void Stop();

 private:
  std::unique_ptr<telemetry::SpanExporter> exporter_;
};

}  // namespace dm::process
