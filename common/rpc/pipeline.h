#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/auth/token_verifier.h"
#include "common/execution/executor.h"
#include "common/rpc/call.h"
#include "common/rpc/method.h"
#include "common/rpc/method_metrics.h"
#include "common/rpc/refusal_tally.h"
#include "common/time/clock.h"

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace dm::rpc {

class PeerAllowance;

// What happens around every method, in this order: peer, deadline, authentication, authorization,
// the gate (where there is one), (validation, by the reactor, once the request is parsed), the
// method itself, then metrics, log and error details. One for a process; thread-safe. A new concern
// goes here and nowhere else.
class Pipeline {
 public:
  struct Options {
    // Runs Blocking methods.
    Executor* executor = nullptr;
    const auth::TokenVerifier* verifier = nullptr;
    const Clock* clock = nullptr;
    // Which processes may call what; null where peers are not told apart.
    const PeerAllowance* peers = nullptr;
    // Streams and uploads at once; each holds a thread.
    int stream_limit = 64;
  };

  explicit Pipeline(Options options);
  // Waits until the last stream's thread has ended.
  ~Pipeline();

  // A last word on admitted callers, for instance a limit. Cheap enough for a gRPC thread;
  // thread-safe. Set before the server starts.
  using Gate = std::function<absl::Status(const grpc::CallbackServerContext&, const Call&)>;
  void SetGate(Gate gate) { gate_ = std::move(gate); }

  // Hears how each call that came over gRPC ended, the refused ones too. As cheap as the gate, and
  // set as early.
  using Witness = std::function<void(const Call&, absl::StatusCode)>;
  void SetWitness(Witness witness) { witness_ = std::move(witness); }

  // What a call brings before its request, over whichever face it came.
  struct Arrival {
    absl::string_view authorization;
    absl::string_view traceparent;
    absl::string_view tracestate = {};
    absl::string_view accept_language;
    absl::Time deadline = absl::InfiniteFuture();
  };

  // Opens the call: its deadline, trace context, language and caller. An error is what the caller
  // gets at once. Cheap enough for a gRPC thread. `call->method` is set.
  absl::Status Admit(const grpc::CallbackServerContext& context, const Policy& policy,
                     Call* call) const;
  absl::Status Admit(const Arrival& arrival, const Policy& policy, Call* call) const;

  // Has the executor run a call's work. RESOURCE_EXHAUSTED, at once, when so much is queued that it
  // would not even begin before the call's deadline, or the queue is full: then the task is gone.
  absl::Status Submit(absl::Time deadline, Executor::Task task) const;

  // Whether there is still a caller to work for.
  absl::Status CheckAlive(const Call& call) const;

  // Counts, logs and turns the outcome into what gRPC sends. Exactly once a call.
  grpc::Status Conclude(const Call& call, const MethodMetrics& metrics,
                        const absl::Status& status) const;

  // Runs a stream's body on a thread of its own; false at the limit.
  bool StartStream(std::function<void()> body);

  // Streams are told to end: their Cancelled() turns true. For the drain.
  void StopStreams() { stopping_ = true; }
  bool stopping() const { return stopping_; }

  Executor& executor() const { return *options_.executor; }
  const Clock& clock() const { return *options_.clock; }

 private:
  absl::Status Authenticate(absl::string_view authorization, Call* call) const;

  const Options options_;
  Gate gate_;
  Witness witness_;
  mutable RefusalTally overloaded_;
  mutable RefusalTally too_often_;
  std::atomic<bool> stopping_ = false;
  mutable absl::Mutex mutex_;
  int streams_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace dm::rpc
