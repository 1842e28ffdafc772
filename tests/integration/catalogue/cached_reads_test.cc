#include "services/catalogue/api/cached_reads.h"

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "common/errors/error.h"
#include "common/execution/executor.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

namespace dm::catalogue {
namespace {

namespace pb = destinationmetier::catalogue::v1;
using Read = std::function<absl::StatusOr<pb::SearchCompaniesResponse>()>;

// Nobody here brings a token.
class NoTokens final : public auth::TokenVerifier {
 public:
  absl::StatusOr<auth::Caller> Verify(absl::string_view) const override {
    return absl::UnauthenticatedError("no tokens here");
  }
};

// Stands still unless somebody, on whatever thread, lets time pass.
class SharedClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::FromUnixMicros(micros_); }
  void Pass(absl::Duration time) { micros_ += absl::ToInt64Microseconds(time); }

 private:
  std::atomic<int64_t> micros_ = int64_t{1795435200} * 1'000'000;
};

// Reads as a test says.
struct Api {
  Read read;

  absl::StatusOr<pb::SearchCompaniesResponse> SearchCompanies(
      const rpc::Call&, const pb::SearchCompaniesRequest&) const {
    return read();
  }
};

// A read as callers meet it.
class CachedReadsTest : public ::testing::Test {
 protected:
  CachedReadsTest() {
    pipeline_.SetGate([this](const grpc::CallbackServerContext&, const rpc::Call&) {
      const absl::MutexLock lock(&mutex_);
      ++admitted_;
      return absl::OkStatus();
    });
  }
  ~CachedReadsTest() override {
    if (server_ != nullptr) server_->Shutdown();
    executor_.Stop();
  }

  void Serve(Read read) {
    api_.read = std::move(read);
    reads_.Bind(binding_, &pipeline_, "SearchCompanies", &api_, &Api::SearchCompanies);
    Start();
  }
  void Start() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&binding_);
    server_ = builder.BuildAndStart();
    stub_ = pb::CatalogueService::NewStub(server_->InProcessChannel({}));
  }

  grpc::Status Ask() {
    grpc::ClientContext context;
    pb::SearchCompaniesResponse response;
    return stub_->SearchCompanies(&context, {}, &response);
  }

  // Whether so many calls have come, at last.
  bool AwaitAdmitted(int calls) {
    const absl::MutexLock lock(&mutex_);
    const auto have_come = [this, calls]()
                               ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return admitted_ >= calls; };
    return mutex_.AwaitWithTimeout(absl::Condition(&have_come), absl::Seconds(10));
  }

  static constexpr size_t kMostBytes = 1 << 20;
  SharedClock clock_;
  NoTokens verifier_;
  Executor executor_{{.threads = 8}};
  rpc::Pipeline pipeline_{
      {.executor = &executor_, .verifier = &verifier_, .clock = &Clock::System()}};
  rpc::ServiceBinding binding_{
      pb::Sector::descriptor()->file()->FindServiceByName("CatalogueService"), &pipeline_};
  search::CatalogueIndex index_;
  CachedReads reads_{&clock_, kMostBytes, nullptr, &index_};
  Api api_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<pb::CatalogueService::Stub> stub_;
  absl::Mutex mutex_;
  int admitted_ ABSL_GUARDED_BY(mutex_) = 0;
};

// While the first reading is under way others ask the same, and wait for it: whether two of them
// read at once afterwards.
class WaitersTest : public CachedReadsTest {
 protected:
  static constexpr int kCallers = 8;

  bool ReadAtOnceAfter(Read first) {
    absl::Notification begun;
    absl::Notification go;
    std::atomic<int> readings = 0;
    absl::Mutex mutex;
    int under_way = 0;
    bool at_once = false;
    Serve([&]() -> absl::StatusOr<pb::SearchCompaniesResponse> {
      if (++readings == 1) {
        begun.Notify();
        go.WaitForNotification();
        return first();
      }
      const absl::MutexLock lock(&mutex);
      at_once |= ++under_way >= 2;
      mutex.AwaitWithTimeout(absl::Condition(&at_once), absl::Seconds(5));
      --under_way;
      return absl::UnavailableError("still");
    });
    std::vector<std::thread> callers;
    callers.emplace_back([this] { Ask(); });
    begun.WaitForNotification();
    for (int i = 1; i < kCallers; ++i) callers.emplace_back([this] { Ask(); });
    EXPECT_TRUE(AwaitAdmitted(kCallers));
    go.Notify();
    for (std::thread& caller : callers) caller.join();
    EXPECT_GE(readings, 2);
    return at_once;
  }
};

TEST_F(WaitersTest, DoNotQueueOneBehindAnotherWhenAReadingFails) {
  EXPECT_TRUE(ReadAtOnceAfter([] { return absl::UnavailableError("no database"); }));
}

TEST_F(WaitersTest, DoNotQueueOneBehindAnotherWhenAnAnswerComesOld) {
  EXPECT_TRUE(ReadAtOnceAfter([this] {
    clock_.Pass(absl::Milliseconds(1200));
    return pb::SearchCompaniesResponse();
  }));
}

// A search whose index is followed when a test says so.
class CachedSearchTest : public CachedReadsTest {
 protected:
  CachedSearchTest() {
    api_.read = [this] {
      ++searches_;
      if (while_searching_) while_searching_();
      return pb::SearchCompaniesResponse();
    };
    reads_.BindSearch(binding_, &pipeline_, "SearchCompanies", &api_, &Api::SearchCompanies);
    Start();
  }

  void Follow() { index_.FollowedUpTo(clock_.Now()); }
  // How old the answer is told to be.
  absl::Duration Age() {
    grpc::ClientContext context;
    pb::SearchCompaniesResponse response;
    const grpc::Status status = stub_->SearchCompanies(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return rpc::AgeOf(context);
  }

  std::atomic<int> searches_ = 0;
  std::function<void()> while_searching_;
};

TEST_F(CachedSearchTest, IsAsOldAsTheIndexWasWhenItBegan) {
  Follow();
  clock_.Pass(absl::Milliseconds(300));
  while_searching_ = [this] {
    clock_.Pass(absl::Milliseconds(50));
    Follow();
  };
  EXPECT_EQ(Age(), absl::Milliseconds(350));
}

TEST_F(CachedSearchTest, IsKeptUntilWhatItFoundIsASecondOld) {
  Follow();
  clock_.Pass(absl::Milliseconds(900));
  EXPECT_EQ(Age(), absl::Milliseconds(900));
  Follow();
  clock_.Pass(absl::Milliseconds(99));
  EXPECT_EQ(Age(), absl::Milliseconds(999));
  EXPECT_EQ(searches_, 1);
  clock_.Pass(absl::Milliseconds(1));
  EXPECT_EQ(Age(), absl::Milliseconds(100));
  EXPECT_EQ(searches_, 2);
}

TEST_F(CachedSearchTest, TellsItsAgeAndIsNotKeptWhileTheIndexIsASecondBehind) {
  Follow();
  clock_.Pass(absl::Seconds(1));
  EXPECT_EQ(Age(), absl::Seconds(1));
  EXPECT_EQ(Age(), absl::Seconds(1));
  EXPECT_EQ(searches_, 2);
}

TEST_F(CachedSearchTest, IsRefusedOnceTheIndexIsTenSecondsBehind) {
  const auto expect_refusal = [this] {
    const grpc::Status status = Ask();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
    google::rpc::Status details;
    ASSERT_TRUE(details.ParseFromString(status.error_details()));
    google::rpc::ErrorInfo why;
    google::rpc::RetryInfo when;
    for (const auto& detail : details.details()) {
      if (detail.UnpackTo(&why) || detail.UnpackTo(&when)) continue;
    }
    EXPECT_EQ(why.reason(), "BACKEND_UNAVAILABLE");
    EXPECT_TRUE(when.has_retry_delay());
  };
  expect_refusal();
  Follow();
  clock_.Pass(absl::Milliseconds(9'999));
  EXPECT_EQ(Age(), absl::Milliseconds(9'999));
  clock_.Pass(absl::Milliseconds(1));
  expect_refusal();
  EXPECT_EQ(searches_, 1);
  Follow();
  EXPECT_EQ(Age(), absl::ZeroDuration());
  // A clock that was set back says nothing of how long ago that was.
  clock_.Pass(-absl::Hours(1));
  expect_refusal();
  Follow();
  EXPECT_EQ(Age(), absl::ZeroDuration());
}

}  // namespace
}  // namespace dm::catalogue
