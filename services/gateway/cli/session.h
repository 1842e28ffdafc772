#pragma once

#include "absl/time/time.h"
#include "services/gateway/cli/interruption.h"
#include "services/gateway/cli/refusal.h"

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

namespace dm::gateway::cli {

// Where a command calls and where it writes. For one thread.
class Session {
 public:
  struct Options {
    // "https://host[:port]" by TLS, "host:port" in plain text.
    std::string address;
    // Whose word is taken for who the server is, in PEM. Empty: those that the system trusts.
    std::string authorities = {};
    // Empty for an anonymous caller.
    std::string token;
    // Reads the token anew, for who follows for longer than one lasts; empty when it cannot be
    // read.
    std::function<std::string()> read_token = {};
    bool json = false;
    // Whether progress is worth showing.
    bool interactive = false;
    // Ends calls from outside; outlives the session. Null: nobody does.
    Interruption* interruption = nullptr;
    // How long a followed stream may be silent: the gateway speaks up every 15 s.
    absl::Duration silence = absl::Seconds(45);
    // Before the first retry of what broke.
    absl::Duration first_retry = absl::Seconds(1);
  };

  // The streams outlive the session.
  Session(Options options, std::ostream* out, std::ostream* err);

  std::shared_ptr<grpc::Channel> channel();
  const Options& options() const { return options_; }
  bool json() const { return options_.json; }
  bool interactive() const { return options_.interactive; }
  Interruption& interruption() { return *options_.interruption; }
  std::ostream& out() { return *out_; }
  std::ostream& err() { return *err_; }

  // Deadline, token and language of a call.
  void Prepare(grpc::ClientContext* context, absl::Duration patience) const;
  // Whether there is another token now.
  bool RenewToken();

  // Makes a call; returns kDone, or says why it failed and returns what the program ends with.
  int Call(const std::function<grpc::Status(grpc::ClientContext*)>& call);
  // Says why a call failed, in French; returns what the program ends with.
  int Explain(const grpc::Status& status);
  // What it would say.
  Refusal Read(const grpc::Status& status) const { return ReadRefusal(status, options_.address); }
  // Says what is wrong with the command; returns kUsage.
  int Misuse(const std::string& message);
  // Says that a result could not be written; returns kUnwritable.
  int Unwritable(const std::string& message);
  // Says what one should know all the same.
  void Warn(const std::string& message);

  // Writes "label : value", where there is a value.
  void WriteLine(const std::string& label, const std::string& value);
  // Says how to ask for the next page, where there is one.
  void WriteNextPage(const std::string& token);
  // Write one document of JSON; return kDone.
  int WriteJson(const google::protobuf::Message& message);
  int WriteJson(const nlohmann::json& json);

 private:
  int Refuse(const Refusal& refusal);

  Options options_;
  std::ostream* const out_;
  std::ostream* const err_;
  Interruption nobody_;
  std::shared_ptr<grpc::Channel> channel_;
};

// A message as one line of JSON without a line break. Of a type inside it that is not known here
// the content is left out.
std::string JsonLine(const google::protobuf::Message& message);

}  // namespace dm::gateway::cli
