#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/telemetry/metrics.h"
#include "common/telemetry/otlp/trace_service.grpc.pb.h"
#include "common/telemetry/span.h"

#include <grpcpp/grpcpp.h>

#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace dm::telemetry {

// Sends spans to a collector by OTLP/gRPC, in batches, from a thread of its own. While the
// collector does not answer, spans wait, as many as the queue holds; those beyond are dropped and
// counted (dm_trace_spans_dropped_total). Thread-safe.
class SpanExporter final : public SpanSink {
 public:
  struct Options {
    std::shared_ptr<grpc::Channel> channel;
    // "booking": service.name.
    std::string service;
    // Tells the replicas of a service apart: service.instance.id.
    std::string instance;
    size_t queue = 8192;
    // Spans of a request at most.
    size_t batch = 512;
    // How long the first of a batch waits for the others.
    absl::Duration gather = absl::Seconds(1);
    // Of a request.
    absl::Duration patience = absl::Seconds(3);
  };

  explicit SpanExporter(Options options);
  // Drops what is queued.
  ~SpanExporter() override;

  void Take(FinishedSpan span) override;

  // Takes nothing more and sends what is queued, until then or until the collector does not answer.
  void Stop(absl::Time deadline);

 private:
  enum class Outcome { kTaken, kRefused, kTryAgain };
  using Batch = std::vector<FinishedSpan>;

  void Run();
  // Waits for a batch; empty when the exporter is to end.
  Batch Gather();
  Outcome Send(const Batch& batch);
  // Puts back what could not be sent, before what came meanwhile.
  void PutBack(Batch batch);
  void Pause(absl::Duration duration);
  bool Stopped();
  void Drop(const char* reason, size_t spans);

  const Options options_;
  const std::unique_ptr<opentelemetry::proto::collector::trace::v1::TraceService::Stub> stub_;
  prometheus::Counter& exported_;
  prometheus::Gauge& waiting_;
  // The thread's.
  bool failing_ = false;
  absl::Mutex mutex_;
  std::deque<FinishedSpan> queue_ ABSL_GUARDED_BY(mutex_);
  // Until when to go on; the infinite future while it is not stopped.
  absl::Time end_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
  // Last, so that it starts when all else is there.
  std::thread thread_;
};

}  // namespace dm::telemetry
