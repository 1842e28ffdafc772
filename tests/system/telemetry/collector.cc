#include "tests/system/telemetry/collector.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace dm::testing {

std::string CollectedSpan::Attribute(const std::string& key) const {
  for (const auto& attribute : message.attributes()) {
    if (attribute.key() != key) continue;
    return attribute.value().has_int_value() ? absl::StrCat(attribute.value().int_value())
                                             : attribute.value().string_value();
  }
  return "";
}

Collector::Collector(const std::string& address) {
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port == 0) {
    std::fprintf(stderr, "collector: cannot listen on %s\n", address.c_str());
    std::abort();
  }
  address_ = absl::StrCat("127.0.0.1:", port);
}

Collector::~Collector() {
  server_->Shutdown(std::chrono::system_clock::now());
  server_->Wait();
}

void Collector::AnswerWith(std::function<grpc::Status()> answer) {
  absl::MutexLock lock(&mutex_);
  answer_ = std::move(answer);
}

grpc::Status Collector::Export(grpc::ServerContext*, const Request* request, Response*) {
  std::function<grpc::Status()> answer;
  {
    absl::MutexLock lock(&mutex_);
    answer = answer_;
  }
  const grpc::Status status = answer ? answer() : grpc::Status::OK;
  absl::MutexLock lock(&mutex_);
  if (status.ok()) requests_.push_back(*request);
  return status;
}

std::vector<CollectedSpan> Collector::spans() const {
  absl::MutexLock lock(&mutex_);
  std::vector<CollectedSpan> all;
  for (const Request& request : requests_) {
    for (const auto& resource : request.resource_spans()) {
      std::string service;
      for (const auto& attribute : resource.resource().attributes()) {
        if (attribute.key() == "service.name") service = attribute.value().string_value();
      }
      for (const auto& scope : resource.scope_spans()) {
        for (const auto& span : scope.spans()) {
          all.push_back({.service = service,
                         .trace = absl::BytesToHexString(span.trace_id()),
                         .span = absl::BytesToHexString(span.span_id()),
                         .parent = absl::BytesToHexString(span.parent_span_id()),
                         .message = span});
        }
      }
    }
  }
  return all;
}

std::vector<CollectedSpan> Collector::SpansOf(const std::string& trace) const {
  std::vector<CollectedSpan> found;
  for (CollectedSpan& span : spans()) {
    if (span.trace == trace) found.push_back(std::move(span));
  }
  return found;
}

std::string Collector::Text() const {
  absl::MutexLock lock(&mutex_);
  std::string text;
  // Of text fields the bytes are the text; DebugString would escape what is no ASCII.
  for (const Request& request : requests_) absl::StrAppend(&text, request.SerializeAsString());
  return text;
}

}  // namespace dm::testing
