#pragma once

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/caller.h"
#include "common/errors/error.h"
#include "common/rpc/call.h"

#include <functional>
#include <memory>

// An RPC method as a service writes it: plain functions and a line of policy. ServiceBinding binds
// them to gRPC and does, once for all: deadline, authentication, authorization, validation,
// metrics, trace context, log, error details, exactly one Finish.
namespace dm::rpc {

// Who may call, and for how long a call may last at most.
struct Policy {
  // The caller needs one of these. {Role::kAnonymous} admits everybody.
  auth::Roles roles;
  absl::Duration max_time = absl::Seconds(5);

  friend bool operator==(const Policy&, const Policy&) = default;
};

// Adds a violation for every wrong field. Runs before the method, without blocking.
template <typename Request>
using Validate = std::function<void(const Request&, Violations&)>;

// A method that answers where it is called. As Blocking it runs on the executor and may use the
// database; as Immediate it runs on a gRPC thread and must not wait for anything.
template <typename Request, typename Response>
using Answer = std::function<absl::StatusOr<Response>(const Call&, const Request&)>;

// Gives the answer of an asynchronous method; called exactly once, from any thread.
template <typename Response>
using Done = absl::AnyInvocable<void(absl::StatusOr<Response>) &&>;

// A method that answers later. Runs on a gRPC thread and must not wait; request and call live until
// `done` has been called.
template <typename Request, typename Response>
using AnswerLater =
    std::function<void(std::shared_ptr<const Call>, const Request&, Done<Response>)>;

// The sending side of a stream. Thread-compatible: one thread at a time.
template <typename Response>
class Writer {
 public:
  virtual ~Writer() = default;
  // Waits until the message before it was handed to the transport (so a slow reader slows the
  // writer). False when the caller has gone: stop then.
  virtual bool Write(const Response& response) = 0;
  // What became of a message that was to be taken within a time.
  enum class Taken { kYes, kGone, kTooSlow };
  // As Write, but waits for `patience` at most. After kTooSlow nothing more may be written: the
  // method ends, its status comes behind the message, and a reader that has not even taken that a
  // minute later is cut off.
  virtual Taken WriteWithin(const Response& response, absl::Duration) {
    return Write(response) ? Taken::kYes : Taken::kGone;
  }
  // Whether the caller has gone, the deadline has passed or the process is stopping.
  virtual bool Cancelled() const = 0;
};

// The receiving side of a stream. Thread-compatible.
template <typename Request>
class Reader {
 public:
  virtual ~Reader() = default;
  // Waits for the next message. False at the end, or when the caller has gone.
  virtual bool Read(Request* request) = 0;
  // Whether the next Read need not wait any more, at the latest after `patience`: for who takes
  // together what has come. At most one message is read ahead.
  virtual bool Ready(absl::Duration) { return true; }
  // Once Read has returned false: whether the caller went before the end, so that what was read is
  // only a part.
  virtual bool BrokenOff() const = 0;
};

// A server stream. Runs on a thread of its own; the number of such threads is bounded.
template <typename Request, typename Response>
using AnswerStream = std::function<absl::Status(const Call&, const Request&, Writer<Response>&)>;

// An upload with progress. Runs on a thread of its own, as AnswerStream does.
template <typename Request, typename Response>
using AnswerUpload = std::function<absl::Status(const Call&, Reader<Request>&, Writer<Response>&)>;

}  // namespace dm::rpc
