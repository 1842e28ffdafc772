// Two processes of the booking service on one PostgreSQL, all of which die again and again while
// many people book: what was acknowledged is there, once, and everything agrees to the last seat.
//
// DM_MODEL_SEED repeats a run's choices, DM_MODEL_ROUNDS makes it longer.
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/model/checks.h"
#include "tests/model/clients.h"
#include "tests/model/feed_reader.h"
#include "tests/model/process/booking_process.h"
#include "tests/model/process/grpc_front.h"
#include "tests/model/requests.h"
#include "tests/model/stage.h"
#include "tests/support/suite.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>
#include <thread>

namespace dm::model {
namespace {

using database::Statement;
using testing::Suite;

constexpr int kClients = 64;
constexpr int kPeople = 200;
constexpr int kSessions = 24;

constexpr Statement kCountDue{"crash_count_due", R"sql(
  SELECT (SELECT count(*) FROM bookings WHERE review_time <= dm_time($1))
       + (SELECT count(*) FROM sessions WHERE review_time <= dm_time($1))
)sql"};

uint32_t NumberFrom(const char* variable, uint32_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<uint32_t>(std::atoll(text));
}

class CrashTest : public ::testing::Test {
 protected:
  CrashTest() {
    std::vector<std::string> flags = Suite::LenientBooking().booking_flags;
    // Short enough for much to run out while all goes on.
    flags.insert(flags.end(), {"--offer-time=2s", "--host-answer-time=5s"});
    for (int i = 0; i < 2; ++i) {
      processes_.push_back(std::make_unique<BookingProcess>(
          stage_.database().ServiceFlags("booking"), signer_, flags));
      processes_.back()->Start();
      fronts_.push_back(std::make_unique<GrpcFront>(processes_.back()->address(), &signer_));
    }
    for (int i = 0; i < kPeople; ++i) people_.push_back(absl::StrCat("people/p", i));
    stage_.Know(people_);
    std::vector<std::string> sessions;
    for (int i = 0; i < kSessions; ++i) {
      sessions.push_back(stage_
                             .AddSession(1 + i % 20, absl::Hours(48 + 3 * i), absl::Hours(4),
                                         i % 4 == 0 ? kOtherSiret : kSiret, i % 3 == 0)
                             .id);
    }
    knowledge_.SetSessions(std::move(sessions));
    WaitUntilAllAreReady();
  }

  ~CrashTest() override {
    if (!HasFailure()) return;
    for (const auto& process : processes_) {
      const std::string log = process->Log();
      std::cerr << "---\n" << log.substr(log.size() < 3000 ? 0 : log.size() - 3000) << "\n";
    }
  }

  void WaitUntilAllAreReady() {
    for (const auto& process : processes_) {
      Suite::WaitUntil("the service is ready", [&] { return process->IsReady(); });
    }
  }

  std::vector<Front*> Fronts() const {
    std::vector<Front*> fronts;
    for (const auto& front : fronts_) fronts.push_back(front.get());
    return fronts;
  }

  // One of the three dies and is started again; what it was.
  const char* Strike() {
    const auto which = static_cast<size_t>(random_() % 3);
    if (which == 2) {
      testing::PostgresCluster::Get().StopImmediate();
      testing::PostgresCluster::Get().Start();
      return "PostgreSQL";
    }
    processes_[which]->Kill();
    processes_[which]->Start();
    return "a service";
  }

  // Every request that was acknowledged is sent once more.
  void Replay() {
    std::vector<Ask> asks;
    std::set<std::string> known;
    for (const Invocation& one : recorder_.Take()) {
      if (one.answer.result != Result::kOk || !known.insert(one.ask.request_id).second) continue;
      asks.push_back(one.ask);
    }
    size_t next = 0;
    Clients({.clients = kClients, .persistent = true}, Fronts(), &recorder_)
        .Run(
            [&](size_t) { return next < asks.size() ? std::optional(asks[next++]) : std::nullopt; },
            nullptr);
    std::cout << asks.size() << " acknowledged requests sent once more\n";
  }

  // Until nothing of before that is due any more.
  void WaitUntilDone(absl::Time time) {
    Suite::WaitUntil("all that was due is done", [&] {
      const auto due =
          stage_.pool().Query(absl::Now() + absl::Seconds(10), kCountDue, database::ToMicros(time));
      return due.ok() && (*due)[0][0].as<int>() == 0;
    });
  }

  const uint32_t seed_ = NumberFrom("DM_MODEL_SEED", std::random_device()());
  std::mt19937 random_{seed_};
  const auth::TokenSigner signer_ = auth::TokenSigner::Generate();
  Stage stage_;
  std::vector<std::unique_ptr<BookingProcess>> processes_;
  std::vector<std::unique_ptr<GrpcFront>> fronts_;
  std::vector<std::string> people_;
  Knowledge knowledge_;
  Recorder recorder_{&Clock::System()};
};

TEST_F(CrashTest, NothingAcknowledgedIsLostAndNothingIsThereTwice) {
  const auto rounds = static_cast<int>(NumberFrom("DM_MODEL_ROUNDS", 20));
  std::cout << "DM_MODEL_SEED=" << seed_ << " DM_MODEL_ROUNDS=" << rounds << "\n";
  FeedReader reader(&stage_.pool(), &knowledge_);
  Generators generators(seed_, kClients, people_, &knowledge_);
  Clients clients({.clients = kClients, .persistent = true}, Fronts(), &recorder_);
  std::atomic<bool> stop = false;
  std::thread load([&] {
    clients.Run(
        [&](size_t client) -> std::optional<Ask> {
          if (stop) return std::nullopt;
          return generators.Next(client);
        },
        [&](const Ask& ask, const Answer& answer) { knowledge_.Heard(ask, answer); });
  });
  for (int round = 0; round < rounds; ++round) {
    const int until = clients.answered() + 50 + static_cast<int>(random_() % 400);
    Suite::WaitUntil("people go on booking", [&] { return clients.answered() >= until; });
    const char* struck = Strike();
    std::cout << "round " << round + 1 << ": " << struck << " after " << clients.answered()
              << " answers\n";
  }
  WaitUntilAllAreReady();
  Suite::WaitUntil("it goes on after the last blow",
                   [&, until = clients.answered() + 500] { return clients.answered() >= until; });
  stop = true;
  load.join();
  Replay();

  Evidence evidence;
  evidence.end = absl::Now();
  WaitUntilDone(evidence.end);
  for (const auto& process : processes_) process->Kill();
  evidence.read = reader.Finish();
  evidence.invocations = recorder_.Take();
  stage_.Read(&evidence);
  std::cout << evidence.invocations.size() << " requests, " << evidence.transitions.size()
            << " steps, " << evidence.bookings.size() << " bookings\n";
  const Report report = CheckAll(evidence);
  EXPECT_TRUE(report.empty()) << report.ToText();
}

}  // namespace
}  // namespace dm::model
