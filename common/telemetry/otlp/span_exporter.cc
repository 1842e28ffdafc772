#include "common/telemetry/otlp/span_exporter.h"

#include "absl/strings/escaping.h"
#include "absl/time/clock.h"
#include "common/telemetry/log.h"
#include "common/telemetry/process_metrics.h"

#include <algorithm>
#include <utility>

namespace dm::telemetry {
namespace {

namespace otlp = opentelemetry::proto::collector::trace::v1;

constexpr absl::Duration kFirstPause = absl::Milliseconds(200);
constexpr absl::Duration kLongestPause = absl::Seconds(5);

void AddText(google::protobuf::RepeatedPtrField<otlp::KeyValue>* attributes, absl::string_view key,
             absl::string_view value) {
  otlp::KeyValue* const attribute = attributes->Add();
  attribute->set_key(std::string(key));
  attribute->mutable_value()->set_string_value(std::string(value));
}

std::string Bytes(absl::string_view hex) { return absl::HexStringToBytes(hex); }

void Fill(const FinishedSpan& span, otlp::Span* out) {
  const absl::string_view trace = TraceIdOf(span.traceparent);
  out->set_trace_id(Bytes(trace));
  out->set_span_id(Bytes(SpanIdOf(span.traceparent)));
  if (TraceIdOf(span.parent) == trace) out->set_parent_span_id(Bytes(SpanIdOf(span.parent)));
  // Sampled: nothing else is recorded.
  out->set_flags(1);
  out->set_name(span.name);
  out->set_kind(static_cast<otlp::Span::SpanKind>(span.kind));
  out->set_start_time_unix_nano(static_cast<uint64_t>(absl::ToUnixNanos(span.start)));
  out->set_end_time_unix_nano(
      static_cast<uint64_t>(absl::ToUnixNanos(std::max(span.start, span.end))));
  for (const SpanAttribute& attribute : span.attributes) {
    if (const auto* number = std::get_if<int64_t>(&attribute.value)) {
      otlp::KeyValue* const added = out->add_attributes();
      added->set_key(attribute.key);
      added->mutable_value()->set_int_value(*number);
    } else {
      AddText(out->mutable_attributes(), attribute.key, std::get<std::string>(attribute.value));
    }
  }
  for (const std::string& link : span.links) {
    otlp::Span::Link* const added = out->add_links();
    added->set_trace_id(Bytes(TraceIdOf(link)));
    added->set_span_id(Bytes(SpanIdOf(link)));
  }
  if (span.failed) out->mutable_status()->set_code(otlp::Status::STATUS_CODE_ERROR);
}

// As the specification has it: these may succeed later.
bool MaySucceedLater(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DATA_LOSS:
      return true;
    default:
      return false;
  }
}

}  // namespace

SpanExporter::SpanExporter(Options options)
    : options_(std::move(options)),
      stub_(otlp::TraceService::NewStub(options_.channel)),
      exported_(CounterOf("dm_trace_spans_exported_total", "Spans that the collector took over")),
      waiting_(GaugeOf("dm_trace_queue", "Spans that wait for the collector")),
      thread_([this] { Run(); }) {
  // From 0 on, so that a rate is right from the first loss.
  for (const char* reason : {"queue_full", "refused", "stopped"}) Drop(reason, 0);
}

SpanExporter::~SpanExporter() { Stop(absl::InfinitePast()); }

void SpanExporter::Drop(const char* reason, size_t spans) {
  CounterOf("dm_trace_spans_dropped_total", "Spans that no collector will ever see",
            {{"reason", reason}})
      .Increment(static_cast<double>(spans));
}

void SpanExporter::Take(FinishedSpan span) {
  {
    absl::MutexLock lock(&mutex_);
    if (queue_.size() < options_.queue && end_ == absl::InfiniteFuture()) {
      queue_.push_back(std::move(span));
      waiting_.Set(static_cast<double>(queue_.size()));
      return;
    }
  }
  Drop("queue_full", 1);
}

void SpanExporter::Stop(absl::Time deadline) {
  {
    absl::MutexLock lock(&mutex_);
    end_ = std::min(end_, deadline);
  }
  if (thread_.joinable()) thread_.join();
  absl::MutexLock lock(&mutex_);
  Drop("stopped", queue_.size());
  queue_.clear();
  waiting_.Set(0);
}

void SpanExporter::Run() {
  absl::Duration pause = kFirstPause;
  while (true) {
    Batch batch = Gather();
    if (batch.empty()) return;
    switch (Send(batch)) {
      case Outcome::kTaken:
        pause = kFirstPause;
        break;
      case Outcome::kRefused:
        Drop("refused", batch.size());
        break;
      case Outcome::kTryAgain:
        PutBack(std::move(batch));
        if (Stopped()) return;
        Pause(pause);
        pause = std::min(pause * 2, kLongestPause);
    }
  }
}

SpanExporter::Batch SpanExporter::Gather() {
  absl::MutexLock lock(&mutex_);
  const auto some = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return !queue_.empty() || end_ != absl::InfiniteFuture();
  };
  const auto enough = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return queue_.size() >= options_.batch || end_ != absl::InfiniteFuture();
  };
  mutex_.Await(absl::Condition(&some));
  mutex_.AwaitWithTimeout(absl::Condition(&enough), options_.gather);
  Batch batch;
  if (absl::Now() >= end_) return batch;
  while (!queue_.empty() && batch.size() < options_.batch) {
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  waiting_.Set(static_cast<double>(queue_.size()));
  return batch;
}

SpanExporter::Outcome SpanExporter::Send(const Batch& batch) {
  otlp::ExportTraceServiceRequest request;
  otlp::ResourceSpans* const ours = request.add_resource_spans();
  auto* const resource = ours->mutable_resource()->mutable_attributes();
  AddText(resource, "service.namespace", "destinationmetier");
  AddText(resource, "service.name", options_.service);
  AddText(resource, "service.instance.id", options_.instance);
  AddText(resource, "service.version", BuildVersion());
  otlp::ScopeSpans* const scope = ours->add_scope_spans();
  scope->mutable_scope()->set_name("destinationmetier");
  scope->mutable_scope()->set_version(std::string(BuildVersion()));
  for (const FinishedSpan& span : batch) Fill(span, scope->add_spans());

  grpc::ClientContext context;
  {
    absl::MutexLock lock(&mutex_);
    context.set_deadline(absl::ToChronoTime(std::min(absl::Now() + options_.patience, end_)));
  }
  otlp::ExportTraceServiceResponse response;
  const grpc::Status status = stub_->Export(&context, request, &response);
  if (status.ok() == std::exchange(failing_, !status.ok())) {
    Log(status.ok() ? Severity::kInfo : Severity::kWarning,
        status.ok() ? "spans_exported_again" : "spans_not_exported",
        {{"code", static_cast<int>(status.error_code())}});
  }
  if (!status.ok()) {
    return MaySucceedLater(status.error_code()) ? Outcome::kTryAgain : Outcome::kRefused;
  }
  const auto rejected = static_cast<size_t>(std::clamp<int64_t>(
      response.partial_success().rejected_spans(), 0, static_cast<int64_t>(batch.size())));
  Drop("refused", rejected);
  exported_.Increment(static_cast<double>(batch.size() - rejected));
  return Outcome::kTaken;
}

void SpanExporter::PutBack(Batch batch) {
  size_t too_many = 0;
  {
    absl::MutexLock lock(&mutex_);
    const size_t room = options_.queue - std::min(options_.queue, queue_.size());
    too_many = batch.size() - std::min(batch.size(), room);
    // The oldest go.
    queue_.insert(queue_.begin(),
                  std::make_move_iterator(batch.begin() + static_cast<ptrdiff_t>(too_many)),
                  std::make_move_iterator(batch.end()));
    waiting_.Set(static_cast<double>(queue_.size()));
  }
  Drop("queue_full", too_many);
}

void SpanExporter::Pause(absl::Duration duration) {
  absl::MutexLock lock(&mutex_);
  const auto stopped = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return end_ != absl::InfiniteFuture();
  };
  mutex_.AwaitWithTimeout(absl::Condition(&stopped), duration);
}

bool SpanExporter::Stopped() {
  absl::MutexLock lock(&mutex_);
  return end_ != absl::InfiniteFuture();
}

}  // namespace dm::telemetry
