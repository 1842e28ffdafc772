// The whole suite with mutual TLS: that it works, whom it refuses, that certificates and
// authorities change under way, and that its gRPC ports survive a lack of descriptors.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/text/uuid.h"
#include "destinationmetier/booking/v1/booking_service.grpc.pb.h"
#include "destinationmetier/catalogue/v1/catalogue_service.grpc.pb.h"
#include "destinationmetier/event/v1/event_feed_service.grpc.pb.h"
#include "destinationmetier/notification/v1/link_service.grpc.pb.h"
#include "tests/support/free_address.h"
#include "tests/support/health_probe.h"
#include "tests/support/suite.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <map>
#include <thread>

namespace dm {
namespace {

namespace booking = destinationmetier::booking::v1;
namespace catalogue = destinationmetier::catalogue::v1;
namespace event = destinationmetier::event::v1;
namespace notification = destinationmetier::notification::v1;
using grpc::StatusCode;
using nlohmann::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::HttpAnswer;
using testing::Suite;

const char* const kServices[] = {"catalogue", "ambassador", "booking", "notification", "gateway"};

// The suite with mutual TLS and the demonstration, for all tests of this program. What it takes to
// start is a part of what is tested: the gateway is ready once it has reached all the others, and
// the demonstration is there once the feeds have brought it everywhere.
class MutualTlsSuiteTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    suite_ = new Suite({.booking_flags = {}, .notification_flags = {}, .mutual_tls = true});
    suite_->LoadDemonstration();
    suite_->RegisterPupils({"eleve-tls"});
  }
  static void TearDownTestSuite() {
    delete suite_;
    suite_ = nullptr;
  }

  static Suite* suite_;
};

Suite* MutualTlsSuiteTest::suite_ = nullptr;

template <typename Stub, typename Request, typename Response>
StatusCode CodeOf(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                  std::unique_ptr<Stub> stub, absl::Duration patience = absl::Seconds(20)) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + patience));
  Response response;
  return ((*stub).*method)(&context, Request(), &response).error_code();
}

StatusCode ListSectors(const std::shared_ptr<grpc::Channel>& channel,
                       absl::Duration patience = absl::Seconds(20)) {
  return CodeOf(&catalogue::CatalogueService::Stub::ListSectors,
                catalogue::CatalogueService::NewStub(channel), patience);
}

StatusCode ListBookings(const std::shared_ptr<grpc::Channel>& channel) {
  return CodeOf(&booking::BookingService::Stub::ListBookings,
                booking::BookingService::NewStub(channel));
}

StatusCode ReadEvents(const std::shared_ptr<grpc::Channel>& channel) {
  return CodeOf(&event::EventFeedService::Stub::ReadEvents,
                event::EventFeedService::NewStub(channel));
}

StatusCode SendLink(const std::shared_ptr<grpc::Channel>& channel) {
  return CodeOf(&notification::LinkService::Stub::SendLink,
                notification::LinkService::NewStub(channel));
}

TEST_F(MutualTlsSuiteTest, ABookingGoesThroughAllServices) {
  const HttpAnswer ambassadors = suite_->Get("/v1/ambassadors:search?departments=61&query=Lemoine");
  ASSERT_EQ(ambassadors.code, 200) << ambassadors.body;
  ASSERT_FALSE(ambassadors.json["ambassadors"].empty()) << ambassadors.body;
  const std::string ambassador = ambassadors.json["ambassadors"][0]["name"];
  const HttpAnswer sessions = suite_->Get("/v1/" + ambassador + "/sessions");
  ASSERT_EQ(sessions.code, 200) << sessions.body;
  ASSERT_FALSE(sessions.json["sessions"].empty()) << sessions.body;
  const std::string pupil = suite_->PupilToken("eleve-tls");
  const HttpAnswer booked = suite_->Post(
      "/v1/bookings",
      {{"session", sessions.json["sessions"][0]["name"]}, {"requestId", NewUuid(absl::Now())}},
      pupil);
  ASSERT_EQ(booked.code, 200) << booked.body;
  const std::string name = booked.json["name"];
  EXPECT_EQ(suite_->Get("/v1/" + name, pupil).json["name"], name);
  Suite::WaitUntil("notification knows of it and has sent mail", [&] {
    return suite_->Count("SELECT count(*) FROM notification.messages WHERE booking = '" + name +
                         "' AND state = 'sent'") > 0;
  });
}

// What may be called is called for a person whose token is missing: UNAUTHENTICATED is from behind
// the door that this is about.
TEST_F(MutualTlsSuiteTest, EachMayCallWhatItCallsAndNothingElse) {
  const struct {
    const char* who;
    const char* where;
    StatusCode (*call)(const std::shared_ptr<grpc::Channel>&);
    StatusCode code;
  } kCases[] = {
      {"edge", "gateway", ListBookings, StatusCode::UNAUTHENTICATED},
      {"edge", "booking", ListBookings, StatusCode::PERMISSION_DENIED},
      {"booking", "gateway", ListBookings, StatusCode::PERMISSION_DENIED},
      {"gateway", "gateway", ListBookings, StatusCode::PERMISSION_DENIED},
      {"gateway", "booking", ListBookings, StatusCode::UNAUTHENTICATED},
      {"notification", "booking", ListBookings, StatusCode::PERMISSION_DENIED},
      {"ambassador", "booking", ListBookings, StatusCode::PERMISSION_DENIED},
      {"notification", "booking", ReadEvents, StatusCode::OK},
      {"gateway", "booking", ReadEvents, StatusCode::OK},
      {"catalogue", "booking", ReadEvents, StatusCode::PERMISSION_DENIED},
      {"edge", "booking", ReadEvents, StatusCode::PERMISSION_DENIED},
      {"edge", "gateway", ReadEvents, StatusCode::UNIMPLEMENTED},
      {"booking", "notification", SendLink, StatusCode::INVALID_ARGUMENT},
      {"catalogue", "notification", SendLink, StatusCode::PERMISSION_DENIED},
      {"gateway", "notification", SendLink, StatusCode::PERMISSION_DENIED},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(test.call(suite_->NewChannelAs(test.who, test.where)), test.code)
        << test.who << " calls " << test.where;
  }
  for (const char* service : kServices) {
    const auto plain =
        grpc::CreateChannel(suite_->grpc_address(service), grpc::InsecureChannelCredentials());
    EXPECT_EQ(ListSectors(plain), StatusCode::UNAVAILABLE) << service;
  }
}

size_t TimesTaken(const std::string& log) {
  return std::vector<std::string>(absl::StrSplit(log, "\"event\":\"tls_files_in_use\"")).size() - 1;
}

// As an operator replaces an authority, with a service that is started again after each step, so
// that there are handshakes between what has changed and what has not.
TEST_F(MutualTlsSuiteTest, AnAuthorityIsReplacedUnderWay) {
  const std::string pupil = suite_->PupilToken("eleve-tls");
  std::atomic<bool> stop = false;
  std::atomic<int> made = 0;
  // Of the thread, until it has ended.
  std::vector<std::string> failures;
  std::thread callers([&] {
    while (!stop) {
      // Not from a memory of answers: it asks booking.
      const HttpAnswer answer = suite_->Get("/v1/bookings", pupil);
      if (answer.code != 200) failures.push_back(answer.body);
      ++made;
    }
  });
  const auto old_edge = suite_->NewChannel();
  EXPECT_EQ(ListSectors(old_edge), StatusCode::OK);
  for (const char* step : {"--succeed", "", "--forget"}) {
    std::map<std::string, size_t> before;
    for (const char* service : kServices) before[service] = TimesTaken(suite_->LogOf(service));
    suite_->MakeCertificates(step);
    for (const char* service : kServices) {
      Suite::WaitUntil(absl::StrCat(service, " has taken the files"),
                       [&] { return TimesTaken(suite_->LogOf(service)) > before[service]; });
    }
    EXPECT_EQ(ListSectors(suite_->NewChannel()), StatusCode::OK) << step;
    suite_->process("notification").Signal(SIGTERM);
    EXPECT_EQ(suite_->process("notification").Wait(absl::Seconds(20)), 0);
    suite_->Restart("notification");
    Suite::WaitUntil("the gateway has found it again", [&] {
      return suite_->Get("/v1/people/eleve-tls/contact", pupil).code == 200;
    });
  }
  stop = true;
  callers.join();
  EXPECT_GT(made, 20);
  EXPECT_THAT(failures, ::testing::IsEmpty()) << "of " << made;
}

// Connections that say nothing, as many as one asks for.
class Storm {
 public:
  Storm(const std::string& address, int count) {
    const std::vector<std::string> parts = absl::StrSplit(address, ':');
    sockaddr_in server = {};
    server.sin_family = AF_INET;
    server.sin_port = htons(static_cast<uint16_t>(std::stoi(parts[1])));
    inet_pton(AF_INET, parts[0].c_str(), &server.sin_addr);
    for (int i = 0; i < count; ++i) {
      sockets_.push_back(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      EXPECT_EQ(connect(sockets_.back(), reinterpret_cast<sockaddr*>(&server), sizeof(server)), 0);
    }
  }
  ~Storm() {
    for (const int one : sockets_) close(one);
  }

 private:
  std::vector<int> sockets_;
};

// The next that the process would be given.
int NextDescriptor(pid_t process) {
  int next = 0;
  while (std::filesystem::exists(
      std::filesystem::symlink_status(absl::StrCat("/proc/", process, "/fd/", next)))) {
    ++next;
  }
  return next;
}

TEST_F(MutualTlsSuiteTest, ServesAgainAfterALackOfDescriptors) {
  testing::ChildProcess& process = suite_->process("catalogue");
  rlimit limit = {};
  ASSERT_EQ(prlimit(process.pid(), RLIMIT_NOFILE, nullptr, &limit), 0);
  const rlim_t usual = limit.rlim_cur;
  // Some are left, so that a few of the storm get in and have the others wait for them.
  limit.rlim_cur = static_cast<rlim_t>(NextDescriptor(process.pid())) + 24;
  ASSERT_EQ(prlimit(process.pid(), RLIMIT_NOFILE, &limit, nullptr), 0);
  const std::string probed = suite_->health_address("catalogue");
  absl::Duration longest;
  for (int round = 0; round < 5; ++round) {
    {
      const Storm storm(suite_->grpc_address("catalogue"), 200);
      const auto another = suite_->NewChannelAs("gateway", "catalogue");
      EXPECT_NE(ListSectors(another, absl::Seconds(1)), StatusCode::OK);
      EXPECT_EQ(HealthOf(probed, "liveness"), Health::kServing) << "full is not dead";
      const Storm at_probes(probed, 200);
    }
    const absl::Time release = absl::Now();
    Suite::WaitUntil("it serves again", [&] {
      return ListSectors(suite_->NewChannelAs("gateway", "catalogue"), absl::Seconds(5)) ==
             StatusCode::OK;
    });
    Suite::WaitUntil("probes are answered again",
                     [&] { return HealthOf(probed, "liveness") == Health::kServing; });
    longest = std::max(longest, absl::Now() - release);
  }
  std::printf("serving again after a lack of descriptors: %.0f ms at most, in 5 rounds\n",
              absl::ToDoubleMilliseconds(longest));
  EXPECT_LE(longest, absl::Seconds(1));
  limit.rlim_cur = usual;
  ASSERT_EQ(prlimit(process.pid(), RLIMIT_NOFILE, &limit, nullptr), 0);
  const std::string metrics =
      testing::Fetch({.url = suite_->AdminUrl("catalogue") + "/metrics"}).body;
  for (const char* port : {"grpc", "health"}) {
    EXPECT_THAT(metrics, ContainsRegex(absl::StrCat(
                             "dm_grpc_connections_refused_total\\{cause=\"descriptors\",port=\"",
                             port, "\"\\} [1-9]")));
  }
}

TEST(PlainTextTest, DoesNotLeaveTheMachine) {
  const std::string key_file = "/tmp/dm-page-token-key-" + NewUuid(absl::Now());
  const std::vector<std::string> arguments = {
      "--admin-listen=" + testing::FreeAddress(), "--page-token-key-file=" + key_file,
      "--jwks-file=" + key_file, "--database=host=127.0.0.1 port=1",
      "--booking-address=127.0.0.1:1"};
  const struct {
    std::vector<std::string> more;
    const char* complaint;
  } kCases[] = {
      {{"--listen=0.0.0.0:0"}, "0.0.0.0:0 is not on the loopback"},
      {{"--listen=127.0.0.1:0", "--tls-key-file=key"}, "together or not at all"},
      {{"--listen=0.0.0.0:0", "--tls-key-file=k", "--tls-certificate-file=/nowhere/c",
        "--tls-authority-file=a"},
       "/nowhere/c cannot be read"},
  };
  for (const auto& test : kCases) {
    std::vector<std::string> all = arguments;
    all.insert(all.end(), test.more.begin(), test.more.end());
    const testing::Finished run =
        testing::RunProgram(Suite::Program("dm-catalogue"), all, absl::Seconds(20));
    EXPECT_EQ(run.exit_code, 1) << run.output;
    EXPECT_THAT(run.output, HasSubstr(test.complaint));
  }
}

}  // namespace
}  // namespace dm
