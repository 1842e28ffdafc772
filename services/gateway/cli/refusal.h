#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <grpcpp/grpcpp.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::gateway::cli {

// What the program ends with.
enum ExitCode : int {
  kDone = 0,
  // By the service.
  kRefused = 1,
  kUsage = 2,
  // The gateway cannot be reached, or not now: the same command can succeed later.
  kUnreachable = 3,
  // The result could not be written.
  kUnwritable = 4,
  // 128 + SIGINT, as shells have it.
  kInterrupted = 130,
};

// Why a call failed, as people and scripts read it.
struct Refusal {
  // "NOT_FOUND".
  std::string status;
  // A name of ErrorReason; empty where no service said one.
  std::string reason;
  // French.
  std::string message;
  // What it is about, as a resource name. May be empty.
  std::string resource;
  // What is wrong, by field.
  std::vector<std::pair<std::string, std::string>> fields;
  // Rules that do not hold.
  std::vector<std::string> rules;
  // When a retry can help.
  std::optional<absl::Duration> retry;
  // What to do next, in French. May be empty.
  std::string hint;
  int exit_code = kRefused;
};

// `address` is the gateway's.
Refusal ReadRefusal(const grpc::Status& status, const std::string& address);
// The refusal of a command that is badly written.
Refusal UsageRefusal(const std::string& message);

// Several lines, or one line of JSON.
std::string RefusalText(const Refusal& refusal);
std::string RefusalJson(const Refusal& refusal);

// JSON in one line, or in several. What is no UTF-8 is replaced.
std::string JsonText(const nlohmann::json& json, bool lines = false);

}  // namespace dm::gateway::cli
