#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/telemetry/otlp/trace_service.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace dm::testing {

// A span as the collector got it; ids in hexadecimal digits.
struct CollectedSpan {
  std::string service;
  std::string trace;
  std::string span;
  // Empty for the first of a trace.
  std::string parent;
  opentelemetry::proto::collector::trace::v1::Span message;

  // Text of an attribute, numbers as digits; empty when there is none.
  std::string Attribute(const std::string& key) const;
};

// An OTLP/gRPC collector on the loopback that keeps what it is sent. Thread-safe.
class Collector final : public opentelemetry::proto::collector::trace::v1::TraceService::Service {
 public:
  // A free port of its own unless an address is given.
  explicit Collector(const std::string& address = "127.0.0.1:0");
  ~Collector() override;

  const std::string& address() const { return address_; }

  // From now on each request is answered so: the status that this returns. Null: OK.
  void AnswerWith(std::function<grpc::Status()> answer);

  std::vector<CollectedSpan> spans() const;
  std::vector<CollectedSpan> SpansOf(const std::string& trace) const;
  // All that was sent, as text: for a search.
  std::string Text() const;

 private:
  using Request = opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;
  using Response = opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse;

  grpc::Status Export(grpc::ServerContext* context, const Request* request,
                      Response* response) override;

  mutable absl::Mutex mutex_;
  std::function<grpc::Status()> answer_ ABSL_GUARDED_BY(mutex_);
  std::vector<Request> requests_ ABSL_GUARDED_BY(mutex_);
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace dm::testing
