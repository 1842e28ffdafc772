#include "tests/bench/load/load.h"

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <grpcpp/generic/generic_stub.h>
#include <sys/prctl.h>

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace dm::bench {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;
using Stub = grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer>;

SteadyTime Now() { return std::chrono::steady_clock::now(); }

std::chrono::nanoseconds ToChrono(absl::Duration duration) {
  return absl::ToChronoNanoseconds(duration);
}

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    google::rpc::ErrorInfo info;
    for (const auto& any : details.details()) {
      if (any.UnpackTo(&info)) return info.reason();
    }
  }
  return absl::StrCat("CODE_", status.error_code());
}

// What came back, from all threads.
class Tally {
 public:
  void Add(size_t part_of_mix, const grpc::Status& status, SteadyTime since, SteadyTime until) {
    const absl::Duration took = absl::FromChrono(until - since);
    const std::string reason = status.ok() ? "" : ReasonOf(status);
    Part& part = parts_[std::hash<std::thread::id>()(std::this_thread::get_id()) % parts_.size()];
    absl::MutexLock lock(&part.mutex);
    if (status.ok()) {
      part.answered.Add(took);
      part.of_mix[part_of_mix].Add(took);
    } else {
      part.refused.Add(took);
      ++part.reasons[reason];
    }
  }

  void AddTo(LoadReport& report) {
    for (Part& part : parts_) {
      absl::MutexLock lock(&part.mutex);
      report.answered.Merge(part.answered);
      for (const auto& [number, answered] : part.of_mix) report.parts[number].Merge(answered);
      report.refused.Merge(part.refused);
      for (const auto& [reason, count] : part.reasons) report.reasons[reason] += count;
    }
  }

 private:
  struct Part {
    absl::Mutex mutex;
    Histogram answered ABSL_GUARDED_BY(mutex);
    std::map<size_t, Histogram> of_mix ABSL_GUARDED_BY(mutex);
    Histogram refused ABSL_GUARDED_BY(mutex);
    std::map<std::string, uint64_t> reasons ABSL_GUARDED_BY(mutex);
  };
  std::array<Part, 16> parts_;
};

// One call; goes with its end.
class OpenCall final : public grpc::ClientUnaryReactor {
 public:
  using Done = std::function<void(const grpc::Status&, const grpc::ByteBuffer&)>;

  static void Start(Stub& stub, const PlannedCall& planned, absl::Duration patience, Done done) {
    auto* const call = new OpenCall(planned, patience, std::move(done));
    stub.PrepareUnaryCall(&call->context_, *planned.method, {}, &call->request_, &call->response_,
                          call);
    call->StartCall();
  }

 private:
  OpenCall(const PlannedCall& planned, absl::Duration patience, Done done)
      : request_(ToBuffer(planned.request)), done_(std::move(done)) {
    context_.set_deadline(absl::ToChronoTime(absl::Now() + patience));
    if (!planned.token.empty()) {
      context_.AddMetadata("authorization", absl::StrCat("Bearer ", planned.token));
    }
  }

  void OnDone(const grpc::Status& status) override {
    // Who is told may end the process: by then nothing of the call is left.
    const Done done = std::move(done_);
    const grpc::ByteBuffer response = response_;
    const grpc::Status told = status;  // NOLINT(performance-unnecessary-copy-initialization)
    delete this;
    done(told, response);
  }

  grpc::ClientContext context_;
  const grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  Done done_;
};

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const LoadOptions& options) {
  if (options.authorities.empty()) return grpc::InsecureChannelCredentials();
  return grpc::SslCredentials({.pem_root_certs = options.authorities});
}

std::vector<std::unique_ptr<Stub>> Connect(const LoadOptions& options) {
  grpc::ChannelArguments arguments;
  // Otherwise channels of one process to one address share a connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  std::vector<std::unique_ptr<Stub>> stubs;
  for (int i = 0; i < options.connections; ++i) {
    auto channel = grpc::CreateCustomChannel(options.target, CredentialsOf(options), arguments);
    channel->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(10)));
    stubs.push_back(std::make_unique<Stub>(std::move(channel)));
  }
  return stubs;
}

// Counts what is under way, so that its end can be waited for.
class Underway {
 public:
  void Begin() {
    absl::MutexLock lock(&mutex_);
    ++count_;
  }
  void End() {
    absl::MutexLock lock(&mutex_);
    --count_;
  }
  void AwaitNone() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](int* count) { return *count == 0; }, &count_));
  }

 private:
  absl::Mutex mutex_;
  int count_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Everything one run of a load shares.
struct Run {
  Run(const LoadOptions& run_options, CallPlan& run_plan)
      : options(run_options), plan(run_plan), stubs(Connect(options)) {
    begin = Now() + ToChrono(options.warm_up);
    end = begin + ToChrono(options.duration);
  }

  LoadReport Report() {
    LoadReport report;
    // Who ran out of calls was busy until then only.
    const SteadyTime last = exhausted_at.load();
    report.exhausted = last != SteadyTime() && last < end;
    report.measured = absl::FromChrono((report.exhausted ? std::max(last, begin) : end) - begin);
    tally.AddTo(report);
    return report;
  }

  const LoadOptions options;
  CallPlan& plan;
  const std::vector<std::unique_ptr<Stub>> stubs;
  SteadyTime begin;
  SteadyTime end;
  Tally tally;
  Underway underway;
  std::atomic<SteadyTime> exhausted_at = SteadyTime();
};

// One caller of the closed loop.
class Client {
 public:
  Client(Run* run, Stub* stub) : run_(run), stub_(stub) {}

  void CallNext() {
    const SteadyTime start = Now();
    if (start >= run_->end) return run_->underway.End();
    const std::optional<PlannedCall> planned = run_->plan.Next();
    if (!planned.has_value()) {
      SteadyTime none;
      run_->exhausted_at.compare_exchange_strong(none, start);
      return run_->underway.End();
    }
    OpenCall::Start(
        *stub_, *planned, run_->options.patience,
        [this, start, part = planned->part](const grpc::Status& status, const grpc::ByteBuffer&) {
          const SteadyTime done = Now();
          if (done >= run_->begin && done < run_->end) {
            run_->tally.Add(part, status, start, done);
          }
          CallNext();
        });
  }

 private:
  Run* const run_;
  Stub* const stub_;
};

void RunClosed(Run& run) {
  std::vector<Client> clients;
  clients.reserve(static_cast<size_t>(run.options.clients));
  for (int i = 0; i < run.options.clients; ++i) {
    clients.emplace_back(&run, run.stubs[i % run.stubs.size()].get());
  }
  for (Client& client : clients) {
    run.underway.Begin();
    client.CallNext();
  }
  run.underway.AwaitNone();
}

void RunOpen(Run& run) {
  // Wakes at the microsecond.
  prctl(PR_SET_TIMERSLACK, 1000);
  std::mt19937_64 random(run.options.seed);
  std::exponential_distribution<double> gap_seconds(run.options.rate);
  SteadyTime due = Now();
  for (size_t number = 0;; ++number) {
    due += ToChrono(absl::Seconds(gap_seconds(random)));
    if (due >= run.end) break;
    std::optional<PlannedCall> planned = run.plan.Next();
    if (!planned.has_value()) {
      run.exhausted_at = due;
      break;
    }
    std::this_thread::sleep_until(due);
    run.underway.Begin();
    OpenCall::Start(
        *run.stubs[number % run.stubs.size()], *planned, run.options.patience,
        [&run, due, part = planned->part](const grpc::Status& status, const grpc::ByteBuffer&) {
          if (due >= run.begin) run.tally.Add(part, status, due, Now());
          run.underway.End();
        });
  }
  run.underway.AwaitNone();
}

}  // namespace

LoadReport RunLoad(const LoadOptions& options, CallPlan& plan) {
  Run run(options, plan);
  if (options.rate > 0) {
    RunOpen(run);
  } else {
    RunClosed(run);
  }
  return run.Report();
}

RecordedAnswer CallOnce(const LoadOptions& options, CallPlan& plan) {
  const std::vector<std::unique_ptr<Stub>> stubs = Connect(options);
  const std::optional<PlannedCall> planned = plan.Next();
  RecordedAnswer answer;
  if (!planned.has_value()) {
    answer.status = grpc::Status(grpc::StatusCode::OUT_OF_RANGE, "nothing to call");
    return answer;
  }
  absl::Notification done;
  OpenCall::Start(*stubs[0], *planned, options.patience,
                  [&](const grpc::Status& status, const grpc::ByteBuffer& response) {
                    answer.status = status;
                    if (status.ok()) answer.message = ToBytes(response);
                    done.Notify();
                  });
  done.WaitForNotification();
  return answer;
}

}  // namespace dm::bench
