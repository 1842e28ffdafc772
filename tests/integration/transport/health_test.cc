// The port of probes, with and without descriptors, and what no port tells but for developers.
#include "absl/time/clock.h"
#include "common/process/health_server.h"
#include "common/telemetry/metrics.h"
#include "tests/integration/transport/descriptor_limit.h"
#include "tests/integration/transport/link_server.h"
#include "tests/integration/transport/raw_connection.h"
#include "tests/support/health_probe.h"

#include <gtest/gtest.h>

#include <vector>

namespace dm::process {
namespace {

constexpr int kOfOneHost = 16;

class HealthPortTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto health = HealthServer::Start("127.0.0.1:0");
    ASSERT_TRUE(health.ok()) << health.status();
    health_ = *std::move(health);
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", health_->port()); }
  Health Alive() const { return HealthOf(address(), HealthServer::kLiveness); }

  std::unique_ptr<HealthServer> health_;
};

TEST_F(HealthPortTest, TellsLivenessFromReadiness) {
  EXPECT_EQ(Alive(), Health::kServing);
  for (const bool ready : {false, true, false}) {
    health_->SetReady(ready);
    for (const char* name : {HealthServer::kReadiness, ""}) {
      EXPECT_EQ(HealthOf(address(), name), ready ? Health::kServing : Health::kNotServing) << name;
    }
  }
  EXPECT_EQ(HealthOf(address(), "booking"), Health::kUnknownName);
  EXPECT_EQ(Alive(), Health::kServing);
}

TEST_F(HealthPortTest, AnswersAgainAfterALackOfDescriptors) {
  std::vector<RawConnection> storm(50);
  {
    const DescriptorLimit none(NextDescriptor());
    for (RawConnection& connection : storm) ASSERT_TRUE(connection.Connect(health_->port()));
    for (RawConnection& connection : storm) EXPECT_TRUE(connection.IsRefused());
  }
  const absl::Time release = absl::Now();
  EXPECT_EQ(Alive(), Health::kServing);
  EXPECT_LT(absl::Now() - release, absl::Seconds(1));
}

TEST_F(HealthPortTest, AnswersWhenOnlyWhatIsKeptForTheProcessIsLeft) {
  LinkServer calls({.address = "127.0.0.1:0"}, /*told_apart=*/false);
  std::vector<RawConnection> storm(50);
  // Both ends of a probe are here, and some is left even then.
  const DescriptorLimit few(NextDescriptor() + 6);
  for (RawConnection& connection : storm) ASSERT_TRUE(connection.Connect(calls.port()));
  for (RawConnection& connection : storm) EXPECT_TRUE(connection.IsRefused());
  EXPECT_EQ(Alive(), Health::kServing);
}

TEST_F(HealthPortTest, OneHostDoesNotTakeThePlacesOfAll) {
  std::vector<RawConnection> open(kOfOneHost);
  for (RawConnection& connection : open) {
    ASSERT_TRUE(connection.Connect(health_->port(), "127.0.0.2"));
    ASSERT_FALSE(connection.IsRefused());
  }
  EXPECT_FALSE(IsTaken(health_->port(), "127.0.0.2"));
  EXPECT_EQ(Alive(), Health::kServing);
  const auto connections_of = [](const char* port) {
    return telemetry::GaugeOf("dm_grpc_connections", "", {{"port", port}}).Value();
  };
  EXPECT_GE(connections_of("health"), kOfOneHost);
  EXPECT_LT(connections_of("grpc"), kOfOneHost);
}

TEST_F(HealthPortTest, CutsOffWhoSaysNothing) {
  RawConnection silent;
  ASSERT_TRUE(silent.Connect(health_->port()));
  ASSERT_FALSE(silent.IsRefused());
  EXPECT_TRUE(silent.EndsWithin(absl::Seconds(10)));
}

// The code that a stranger's question gets.
grpc::StatusCode AskWhatMethodsThereAre(const std::string& address) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
  const grpc::Slice nothing;
  grpc::ByteBuffer answer;
  const grpc::internal::RpcMethod method(
      "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
      grpc::internal::RpcMethod::NORMAL_RPC);
  return grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
             NewChannel(address, grpc::InsecureChannelCredentials()).get(), method, &context,
             grpc::ByteBuffer(&nothing, 1), &answer)
      .error_code();
}

TEST_F(HealthPortTest, MethodsAreToldOnlyByTheServerThatWasToldTo) {
  LinkServer telling({.address = "127.0.0.1:0", .reflection = true}, /*told_apart=*/false);
  LinkServer other({.address = "127.0.0.1:0"}, /*told_apart=*/false);
  auto later = HealthServer::Start("127.0.0.1:0");
  ASSERT_TRUE(later.ok()) << later.status();
  EXPECT_EQ(AskWhatMethodsThereAre(telling.address()), grpc::StatusCode::OK);
  for (const int port : {other.port(), health_->port(), (*later)->port()}) {
    EXPECT_EQ(AskWhatMethodsThereAre(absl::StrCat("127.0.0.1:", port)),
              grpc::StatusCode::UNIMPLEMENTED);
  }
}

}  // namespace
}  // namespace dm::process
