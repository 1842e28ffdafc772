#pragma once

#include "absl/status/status.h"
#include "common/telemetry/span.h"

#include <string>
#include <vector>

namespace dm::database {

// The span of a transaction, a child of what its thread works for: the names of its statements,
// never their text or what they were given. Notes what the thread runs from its making to its end.
class TransactionSpan {
 public:
  // "write", "read" or "query".
  explicit TransactionSpan(const char* operation);
  ~TransactionSpan();
  TransactionSpan(const TransactionSpan&) = delete;
  TransactionSpan& operator=(const TransactionSpan&) = delete;

  void End(const absl::Status& status);

  // A statement of that name is about to run on this thread.
  static void Note(const char* statement);

 private:
  telemetry::Span span_;
  // Each once: a loop says nothing new.
  std::vector<std::string> statements_;
  TransactionSpan* const outer_;
};

}  // namespace dm::database
