#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace dm::database {

// Thrown by a transaction that is asked for one more statement after its deadline.
struct DeadlinePassed {};

// What became of a transaction that failed, and what may be done about it.
struct Failure {
  absl::Status status;
  // Nothing took effect, and another attempt may do better.
  bool retry = false;
  // The connection is not to be used again.
  bool broken = false;
  // A cancellation is under way to the connection and may hit its next statement.
  bool unsure = false;
};

// Reads the exception that is being handled; call only inside a catch block. `statement` names the
// statement that ran last. `committing`: the exception came out of COMMIT, so a lost connection
// leaves the outcome unknown. The status holds the statement's name and SQLSTATE, never text of the
// database, which may quote parameters.
Failure CurrentFailure(absl::string_view statement, bool committing);

}  // namespace dm::database
