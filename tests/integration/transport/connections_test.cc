// The gRPC port under more connections than it takes, and without descriptors.
#include "absl/time/clock.h"
#include "common/process/address.h"
#include "common/process/connection_acceptor.h"
#include "common/process/connection_census.h"
#include "tests/integration/transport/descriptor_limit.h"
#include "tests/integration/transport/link_server.h"
#include "tests/integration/transport/raw_connection.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <vector>

namespace dm::process {
namespace {

using Verdict = ConnectionCensus::Verdict;

std::shared_ptr<grpc::Channel> PlainChannel(const std::string& address) {
  return NewChannel(address, grpc::InsecureChannelCredentials());
}

GrpcServer::Options Limited(int total, int of_one_host) {
  return {.address = "127.0.0.1:0", .connections = {.total = total, .of_one_host = of_one_host}};
}

TEST(ConnectionLimitTest, OneMoreIsClosedAtOnceUntilOneEnds) {
  LinkServer server(Limited(3, 3), /*told_apart=*/false);
  std::vector<RawConnection> open(3);
  for (RawConnection& connection : open) {
    ASSERT_TRUE(connection.Connect(server.port()));
    ASSERT_FALSE(connection.IsRefused());
  }
  EXPECT_FALSE(IsTaken(server.port(), "127.0.0.1"));
  EXPECT_FALSE(IsTaken(server.port(), "127.0.0.2"));
  open.pop_back();
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (!SendLink(PlainChannel(server.address())).ok()) {
    ASSERT_LT(absl::Now(), deadline) << "the place of who went is not given away";
    absl::SleepFor(absl::Milliseconds(10));
  }
}

TEST(ConnectionLimitTest, OneHostDoesNotTakeThePlacesOfAll) {
  LinkServer server(Limited(100, 2), /*told_apart=*/false);
  std::vector<RawConnection> open(2);
  for (RawConnection& connection : open) {
    ASSERT_TRUE(connection.Connect(server.port(), "127.0.0.2"));
    ASSERT_FALSE(connection.IsRefused());
  }
  EXPECT_FALSE(IsTaken(server.port(), "127.0.0.2"));
  EXPECT_TRUE(SendLink(PlainChannel(server.address())).ok());
}

constexpr size_t kStorm = 50;

// The acceptor alone, since gRPC may take a descriptor at any time: accept itself fails.
TEST(DescriptorTest, WhoComesWhenThereIsNoneIsRefused) {
  auto acceptor = ConnectionAcceptor::Open("127.0.0.1:0", {});
  ASSERT_TRUE(acceptor.ok()) << acceptor.status();
  std::atomic<int> welcome = 0;
  (*acceptor)->Start([&welcome](int, int connection) {
    ++welcome;
    close(connection);
  });
  std::vector<RawConnection> storm(kStorm);
  RawConnection late;
  {
    const DescriptorLimit none(NextDescriptor());
    for (RawConnection& connection : storm) ASSERT_TRUE(connection.Connect((*acceptor)->port()));
    for (RawConnection& connection : storm) EXPECT_TRUE(connection.IsRefused());
    EXPECT_EQ(welcome, 0);
  }
  ASSERT_TRUE(late.Connect((*acceptor)->port()));
  EXPECT_TRUE(late.IsRefused()) << "by the handler";
  EXPECT_EQ(welcome, 1);
}

TEST(DescriptorTest, TheLastOnesAreKeptForTheProcess) {
  LinkServer server(Limited(4096, 4096), /*told_apart=*/false);
  // Kept, so that no descriptor of it comes free meanwhile.
  const auto channel = PlainChannel(server.address());
  ASSERT_TRUE(SendLink(channel).ok());
  std::vector<RawConnection> storm(kStorm);
  absl::Time release;
  {
    const DescriptorLimit few(NextDescriptor() + 2);
    for (RawConnection& connection : storm) ASSERT_TRUE(connection.Connect(server.port()));
    for (RawConnection& connection : storm) EXPECT_TRUE(connection.IsRefused());
    EXPECT_TRUE(SendLink(channel).ok());
    const int own = open("/dev/null", O_RDONLY | O_CLOEXEC);
    EXPECT_GE(own, 0);
    close(own);
    release = absl::Now();
  }
  EXPECT_TRUE(SendLink(PlainChannel(server.address())).ok());
  EXPECT_LT(absl::Now() - release, absl::Seconds(1));
}

TEST(ListenTest, ServesOnASocketInTheFileSystemAndOnIpV6) {
  char folder[] = "/tmp/dm-socket-XXXXXX";
  ASSERT_NE(mkdtemp(folder), nullptr);
  const std::string path = std::string(folder) + "/grpc.sock";
  const std::string address = "unix:" + path;
  for (int life = 0; life < 2; ++life) {
    // The second time, what the first left is in the way.
    LinkServer server({.address = address, .connections = {.total = 100, .of_one_host = 1}},
                      /*told_apart=*/false);
    ASSERT_TRUE(server.started().ok()) << server.started();
    EXPECT_TRUE(SendLink(PlainChannel(address)).ok());
    EXPECT_TRUE(SendLink(PlainChannel(address)).ok());
  }
  unlink(path.c_str());
  rmdir(folder);

  LinkServer server({.address = "localhost:0"}, /*told_apart=*/false);
  ASSERT_TRUE(server.started().ok()) << server.started();
  EXPECT_TRUE(SendLink(PlainChannel(server.address())).ok());
  const int has_v6 = access("/proc/net/if_inet6", R_OK);
  if (has_v6 != 0) return;
  LinkServer v6({.address = "[::]:0"}, /*told_apart=*/false);
  if (!v6.started().ok()) GTEST_SKIP() << "no IPv6 here: " << v6.started();
  EXPECT_TRUE(SendLink(PlainChannel(v6.address())).ok()) << "IPv4 on the wildcard of IPv6";
  EXPECT_TRUE(SendLink(PlainChannel(absl::StrCat("[::1]:", v6.port()))).ok());
}

TEST(ListenTest, APortThatIsTakenIsSaid) {
  LinkServer first({.address = "127.0.0.1:0"}, /*told_apart=*/false);
  const auto second = Listen(first.address());
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable) << second.status();
  EXPECT_EQ(Listen("nonsense").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Listen("unix:").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ConnectionCensusTest, KnowsAClosedConnectionByItsDescriptor) {
  std::map<int, uint64_t> sockets;
  ConnectionCensus census({.total = 3, .of_one_host = 2},
                          [&](int descriptor) { return sockets[descriptor]; });
  absl::Time now = absl::UnixEpoch();
  const auto admit = [&](int descriptor, uint64_t cookie, const char* host) {
    sockets[descriptor] = cookie;
    return census.Admit(descriptor, host, now);
  };
  EXPECT_EQ(admit(5, 50, "a"), Verdict::kAdmitted);
  EXPECT_EQ(admit(6, 60, "a"), Verdict::kAdmitted);
  EXPECT_EQ(admit(7, 70, "a"), Verdict::kTooManyOfOneHost);
  EXPECT_EQ(admit(7, 71, "b"), Verdict::kAdmitted);
  EXPECT_EQ(admit(8, 80, "b"), Verdict::kTooMany);
  EXPECT_EQ(census.open(), 3);
  // 6 was closed and is that of another file now, 5 is that of a new connection.
  sockets[6] = 0;
  EXPECT_EQ(admit(5, 51, "b"), Verdict::kAdmitted);
  EXPECT_EQ(census.open(), 3);
  now += absl::Seconds(1);
  EXPECT_EQ(admit(9, 90, "a"), Verdict::kAdmitted);
  EXPECT_EQ(census.open(), 3);
  sockets.clear();
  census.Recount();
  EXPECT_EQ(census.open(), 0);
}

TEST(ConnectionCensusTest, CountsNoMoreOftenThanNeeded) {
  int looks = 0;
  ConnectionCensus census({.total = 1, .of_one_host = 1}, [&](int) -> uint64_t {
    ++looks;
    return 1;
  });
  absl::Time now = absl::UnixEpoch();
  EXPECT_EQ(census.Admit(5, "a", now), Verdict::kAdmitted);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(census.Admit(6, "a", now), Verdict::kTooMany);
    now += absl::Microseconds(20);
  }
  EXPECT_LE(looks, 3);
}

TEST(ConnectionCensusTest, HostsWithoutANumberHaveNoLimitOfTheirOwn) {
  uint64_t cookie = 0;
  ConnectionCensus census({.total = 10, .of_one_host = 1}, [&](int) { return ++cookie; });
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(census.Admit(i, "", absl::UnixEpoch()), Verdict::kAdmitted);
  }
}

TEST(ConnectionCensusTest, TellsHostsApart) {
  const auto host_of = [](int family, const char* text) {
    sockaddr_storage address = {};
    address.ss_family = static_cast<sa_family_t>(family);
    void* const number =
        family == AF_INET ? static_cast<void*>(&reinterpret_cast<sockaddr_in*>(&address)->sin_addr)
                          : &reinterpret_cast<sockaddr_in6*>(&address)->sin6_addr;
    EXPECT_EQ(inet_pton(family, text, number), 1);
    return HostOf(address);
  };
  EXPECT_EQ(host_of(AF_INET, "192.0.2.1"), host_of(AF_INET6, "::ffff:192.0.2.1"));
  EXPECT_NE(host_of(AF_INET, "192.0.2.1"), host_of(AF_INET, "192.0.2.2"));
  EXPECT_EQ(host_of(AF_INET6, "2001:db8:1:2::1"), host_of(AF_INET6, "2001:db8:1:2:ffff::9"));
  EXPECT_NE(host_of(AF_INET6, "2001:db8:1:2::1"), host_of(AF_INET6, "2001:db8:1:3::1"));
  sockaddr_storage in_file_system = {};
  in_file_system.ss_family = AF_UNIX;
  EXPECT_EQ(HostOf(in_file_system), "");
}

}  // namespace
}  // namespace dm::process
