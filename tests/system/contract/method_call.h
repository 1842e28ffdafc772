#pragma once

#include "google/rpc/status.pb.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

namespace dm::contract {

// What came back of a call, whatever its method.
struct Reply {
  grpc::StatusCode code = grpc::StatusCode::UNKNOWN;
  // Of ErrorInfo.
  std::string reason;
  // Of BadRequest, as the proto spells them.
  std::vector<std::string> fields;
  // All messages one after another, and all words of the error: what a secret could stand in.
  std::string content;
};

// Calls methods by their path with bytes of any kind, unary and streaming ones alike: one message
// goes out, and what comes in is read to the end.
class MethodCaller {
 public:
  explicit MethodCaller(std::shared_ptr<grpc::Channel> channel) : stub_(std::move(channel)) {}

  // `token` empty: none.
  Reply Call(const std::string& path, const std::string& token, const std::string& request);

 private:
  grpc::GenericStub stub_;
};

}  // namespace dm::contract
