// Replicas go and come back while people call.
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/process/channels.h"
#include "common/text/uuid.h"
#include "tests/support/health_probe.h"
#include "tests/support/suite.h"
#include "tests/system/ledger/booking_client.h"
#include "tests/system/lifecycle/callers.h"
#include "tests/system/lifecycle/repeated.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

namespace dm {
namespace {

namespace pb = destinationmetier;
using ::testing::IsEmpty;
using testing::Suite;

constexpr int kCallers = 6;
constexpr int kSessions = 20;

// Connections that others hold to a port of the loopback.
int ConnectionsTo(const std::string& address) {
  const std::vector<std::string> parts = absl::StrSplit(address, ':');
  const std::string local =
      absl::StrCat("0100007F:", absl::Hex(std::stoi(parts[1]), absl::kZeroPad4));
  std::ifstream table("/proc/net/tcp");
  int established = 0;
  for (std::string line; std::getline(table, line);) {
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() > 3 && absl::AsciiStrToUpper(words[1]) == absl::AsciiStrToUpper(local) &&
        words[3] == "01") {
      ++established;
    }
  }
  return established;
}

// Reads, a search and a booking that is asked for again and again, through the gateway's replicas.
class People {
 public:
  explicit People(Suite& suite)
      : channel_(channels_.To("gateway", suite.AddressOf("gateway"))),
        catalogue_(pb::catalogue::v1::CatalogueService::NewStub(channel_)),
        bookings_(channel_) {
    sessions_ = PublishSessions(suite, "relais", std::vector<int>(kSessions, kCallers));
    std::vector<std::string> subjects;
    for (int i = 0; i < kCallers; ++i) subjects.push_back(absl::StrCat("eleve-relais-", i));
    suite.RegisterPupils(subjects);
    for (const std::string& subject : subjects) tokens_.push_back(suite.PupilToken(subject));
    for (int i = 0; i < kCallers * kSessions; ++i) requests_.push_back(NewUuid(absl::Now()));
  }

  grpc::Status Call(int caller, int number) {
    switch (number % 3) {
      case 0: {
        pb::catalogue::v1::SearchOffersRequest request;
        pb::catalogue::v1::SearchOffersResponse response;
        request.set_query("Essai");
        grpc::ClientContext context;
        SetPatience(context);
        return catalogue_->SearchOffers(&context, request, &response);
      }
      case 1: {
        pb::catalogue::v1::ListSectorsResponse response;
        grpc::ClientContext context;
        SetPatience(context);
        return catalogue_->ListSectors(&context, {}, &response);
      }
      default: {
        const int session = number / 3 % kSessions;
        pb::booking::v1::Booking booking;
        return bookings_.Book(
            tokens_[static_cast<size_t>(caller)], sessions_[static_cast<size_t>(session)],
            requests_[static_cast<size_t>(caller * kSessions + session)], &booking, kPatience);
      }
    }
  }

 private:
  static constexpr absl::Duration kPatience = absl::Seconds(20);
  static void SetPatience(grpc::ClientContext& context) {
    context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
  }

  // The service config of the suite's own channels: what it repeats, these people repeat.
  process::Channels channels_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<pb::catalogue::v1::CatalogueService::Stub> catalogue_;
  BookingClient bookings_;
  std::vector<std::string> sessions_;
  std::vector<std::string> tokens_;
  std::vector<std::string> requests_;
};

Suite::Options TwoReplicas() {
  Suite::Options options = Suite::LenientBooking();
  options.replicas = 2;
  return options;
}

TEST(RollingRestartTest, FailsNoCallOfWhoRetriesAsTheServiceConfigSays) {
  Suite suite(TwoReplicas());
  suite.LoadDemonstration();
  People people(suite);
  const std::vector<std::string> replicas = {
      "catalogue", "catalogue#2",  "ambassador",     "ambassador#2", "booking",
      "booking#2", "notification", "notification#2", "gateway",      "gateway#2"};
  Callers callers(kCallers, [&](int caller, int number) { return people.Call(caller, number); });
  const auto wait_for_calls = [&](int more) {
    Suite::WaitUntil("people call", [&, until = callers.answered() + more] {
      return callers.answered() >= until;
    });
  };
  const int restarts = RunsOr(static_cast<int>(replicas.size()));
  Times stops("SIGTERM to exit under load");
  wait_for_calls(100);
  for (int i = 0; i < restarts; ++i) {
    const std::string& replica = replicas[static_cast<size_t>(i) % replicas.size()];
    const int connected = ConnectionsTo(suite.grpc_address(replica));
    const absl::Time asked = absl::Now();
    suite.process(replica).Signal(SIGTERM);
    ASSERT_EQ(suite.process(replica).Wait(absl::Seconds(20)), 0) << replica;
    stops.Add(absl::Now() - asked);
    wait_for_calls(20);
    suite.Restart(replica);
    // The others may go once who calls this one has found it again.
    Suite::WaitUntil(replica + " is connected to",
                     [&] { return ConnectionsTo(suite.grpc_address(replica)) >= connected; });
    wait_for_calls(20);
  }
  callers.Stop();
  std::cout << restarts << " restarts, " << callers.answered() << " calls\n";
  EXPECT_THAT(callers.failures(), IsEmpty());
  stops.Report(absl::Seconds(10));
  EXPECT_EQ(suite.Count("SELECT count(*) FROM booking.bookings b WHERE NOT EXISTS (SELECT 1 FROM "
                        "booking.transitions t WHERE t.booking_id = b.id)"),
            0);
}

TEST(KilledTest, ServesSoonAfterItWasKilled) {
  Suite suite;
  Times times("SIGKILL to SERVING");
  for (int i = RunsOr(5); i > 0; --i) {
    const absl::Time killed = absl::Now();
    suite.process("booking").Signal(SIGKILL);
    ASSERT_EQ(suite.process("booking").Wait(absl::Seconds(20)), 128 + SIGKILL);
    suite.Start("booking");
    Suite::WaitUntil("it serves", [&] {
      return HealthOf(suite.health_address("booking"), "readiness") == Health::kServing;
    });
    times.Add(absl::Now() - killed);
  }
  times.Report(absl::Milliseconds(500));
}

}  // namespace
}  // namespace dm
