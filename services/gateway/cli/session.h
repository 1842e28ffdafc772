#pragma once

#include "absl/time/time.h"

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

namespace dm::gateway::cli {

// What the program ends with.
enum ExitCode : int { kDone = 0, kRefused = 1, kUsage = 2 };

// Where a command calls and where it writes.
class Session {
 public:
  struct Options {
    std::string address;
    // Empty for an anonymous caller.
    std::string token;
    bool json = false;
    // Whether progress is worth showing.
    bool interactive = false;
  };

  // The streams outlive the session.
  Session(Options options, std::ostream* out, std::ostream* err);

  std::shared_ptr<grpc::Channel> channel() const { return channel_; }
  bool json() const { return options_.json; }
  bool interactive() const { return options_.interactive; }
  std::ostream& out() { return *out_; }
  std::ostream& err() { return *err_; }

  // Deadline, token and language of a call.
  void Prepare(grpc::ClientContext* context, absl::Duration patience) const;

  // Makes a call; when it is refused says why and returns false.
  bool Call(const std::function<grpc::Status(grpc::ClientContext*)>& call);
  // Says why a call was refused, in French.
  void Explain(const grpc::Status& status);
  // Says what is wrong with the command; returns kUsage.
  int Misuse(const std::string& message);

  // Writes a message as JSON; returns kDone.
  int WriteJson(const google::protobuf::Message& message);

 private:
  const Options options_;
  std::ostream* const out_;
  std::ostream* const err_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace dm::gateway::cli
