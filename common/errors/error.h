#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

// Errors as every layer below the border makes them: an absl::Status with typed details. They know
// neither protobuf nor gRPC, so that domain code can use them; common/rpc turns them into
// google.rpc.Status at the border. Nothing here may hold personal data or text of a library.
namespace dm {

// A wrong field of a request. `field` is the path as the proto spells it ("contact.email").
struct FieldViolation {
  std::string field;
  std::string description;

  friend bool operator==(const FieldViolation&, const FieldViolation&) = default;
};

// A rule that does not hold now. `type` is the rule's id, `subject` a resource name.
struct PreconditionViolation {
  std::string type;
  std::string subject;
  std::string description;

  friend bool operator==(const PreconditionViolation&, const PreconditionViolation&) = default;
};

struct ErrorDetails {
  // A name of destinationmetier.type.v1.ErrorReason without its prefix. Required.
  std::string reason;
  // What the message says in a form that programs can read.
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> fields;
  std::vector<PreconditionViolation> preconditions;
  // When set, a retry after this time can help.
  std::optional<absl::Duration> retry_after;
  // What a person will read; empty when no person is meant to.
  std::string message_fr;
  std::string message_en;

  friend bool operator==(const ErrorDetails&, const ErrorDetails&) = default;
};

// Makes an error. `message` is English, for developers.
absl::Status MakeError(absl::StatusCode code, absl::string_view message, ErrorDetails details);

// The details that MakeError put in; absent for a status that was made otherwise.
std::optional<ErrorDetails> GetErrorDetails(const absl::Status& status);

// The reason of an error made by MakeError, else empty.
std::string ErrorReasonOf(const absl::Status& status);

// The errors that any layer may need.
absl::Status NotFoundError(absl::string_view resource_name);
absl::Status OverloadedError(absl::Duration retry_after);
absl::Status BackendUnavailableError(absl::string_view what);
absl::Status DeadlineError();

// Gathers every violation of a request, so that all are named at once.
class Violations {
 public:
  void Add(absl::string_view field, absl::string_view description);
  bool empty() const { return fields_.empty(); }
  // OK when nothing was added, else INVALID_ARGUMENT with reason INVALID_FIELDS.
  absl::Status ToStatus() const;

 private:
  std::vector<FieldViolation> fields_;
};

}  // namespace dm
