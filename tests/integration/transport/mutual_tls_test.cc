// Whom a service believes, and what happens while certificates and authorities change.
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/process/channels.h"
#include "common/process/grpc_log.h"
#include "common/process/tls_identity.h"
#include "common/telemetry/metrics.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/integration/transport/link_server.h"
#include "tests/support/certificates.h"

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

namespace dm::process {
namespace {

namespace fs = std::filesystem;
using grpc::StatusCode;
using testing::CertificateWish;
using testing::IssuedCertificate;
using testing::TestAuthority;

std::string ReasonOf(const grpc::Status& status) {
  google::rpc::Status details;
  details.ParseFromString(status.error_details());
  google::rpc::ErrorInfo info;
  for (const auto& any : details.details()) {
    if (any.UnpackTo(&info)) return info.reason();
  }
  return "";
}

// The credentials of a peer that need not be any good.
std::shared_ptr<grpc::ChannelCredentials> PeerWith(const IssuedCertificate& own,
                                                   const std::string& believed) {
  return grpc::SslCredentials({believed, own.key, own.certificate});
}

std::shared_ptr<grpc::ServerCredentials> ServerWith(const IssuedCertificate& own,
                                                    const std::string& believed) {
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = believed;
  options.pem_key_cert_pairs = {{own.key, own.certificate}};
  return grpc::SslServerCredentials(options);
}

void WaitUntil(const char* what, const std::function<bool()>& holds) {
  const absl::Time deadline = absl::Now() + absl::Seconds(30);
  while (!holds()) {
    ASSERT_LT(absl::Now(), deadline) << "waited in vain until " << what;
    absl::SleepFor(absl::Milliseconds(10));
  }
}

// The files of one process, which are replaced all at once, as Kubernetes does it: by a link that
// leads to another folder.
class Files {
 public:
  Files() {
    char name[] = "/tmp/dm-tls-XXXXXX";
    folder_ = mkdtemp(name);
  }
  ~Files() { fs::remove_all(folder_); }

  void Put(const IssuedCertificate& own, const std::string& authorities) {
    const std::string version = absl::StrCat("version", ++version_);
    fs::create_directory(folder_ / version);
    std::ofstream(folder_ / version / "tls.crt") << own.certificate;
    std::ofstream(folder_ / version / "tls.key") << own.key;
    std::ofstream(folder_ / version / "ca.crt") << authorities;
    fs::create_symlink(version, folder_ / "fresh");
    fs::rename(folder_ / "fresh", folder_ / "current");
  }

  TlsFiles files() const {
    const fs::path current = folder_ / "current";
    return {current / "tls.crt", current / "tls.key", current / "ca.crt"};
  }

  std::unique_ptr<TlsIdentity> Follow(const std::string& process) const {
    auto identity = TlsIdentity::Follow(
        {.files = files(), .name = process, .refresh = absl::Milliseconds(50)}, &Clock::System());
    EXPECT_TRUE(identity.ok()) << identity.status();
    return *std::move(identity);
  }

 private:
  fs::path folder_;
  int version_ = 0;
};

class MutualTlsTest : public ::testing::Test {
 protected:
  // Each refusal is one.
  static void SetUpTestSuite() { RouteGrpcLog(); }

  MutualTlsTest() {
    files_.Put(authority_.IssueTo("notification"), authority_.pem());
    identity_ = files_.Follow("notification");
    server_ = std::make_unique<LinkServer>(
        GrpcServer::Options{.address = "127.0.0.1:0", .credentials = identity_->ForServer()});
  }

  std::shared_ptr<grpc::Channel> ChannelOf(const IssuedCertificate& own) const {
    return NewChannel(server_->address(), PeerWith(own, authority_.pem()));
  }

  const TestAuthority authority_;
  const TestAuthority stranger_;
  Files files_;
  std::unique_ptr<TlsIdentity> identity_;
  std::unique_ptr<LinkServer> server_;
};

// Whose certificate it is decides what it may call.
TEST_F(MutualTlsTest, AnAuthorisedPeerIsKnownByItsName) {
  const struct {
    const char* what;
    CertificateWish wish;
    StatusCode code;
  } kCases[] = {
      {"the one caller", {.dns = {"booking"}}, StatusCode::OK},
      {"with the names it is found by",
       {.dns = {"booking.destination-metier.svc.cluster.local", "booking"}},
       StatusCode::OK},
      {"a service that does not call this", {.dns = {"ambassador"}}, StatusCode::PERMISSION_DENIED},
      {"the gateway", {.dns = {"gateway"}}, StatusCode::PERMISSION_DENIED},
      {"what stands before the gateway", {.dns = {"edge"}}, StatusCode::PERMISSION_DENIED},
      {"itself", {.dns = {"notification"}}, StatusCode::PERMISSION_DENIED},
      {"two of them at once", {.dns = {"booking", "gateway"}}, StatusCode::PERMISSION_DENIED},
      {"none of them", {.dns = {"prometheus"}}, StatusCode::PERMISSION_DENIED},
      {"one that begins like it", {.dns = {"booking.evil.example"}}, StatusCode::PERMISSION_DENIED},
      {"all at once", {.dns = {"*"}}, StatusCode::PERMISSION_DENIED},
      {"a name that is none of a host",
       {.uris = {"spiffe://destinationmetier/booking"}},
       StatusCode::PERMISSION_DENIED},
      {"a subject without a name", {.common_name = "booking"}, StatusCode::PERMISSION_DENIED},
  };
  int answered = 0;
  for (const auto& test : kCases) {
    const grpc::Status status = SendLink(ChannelOf(authority_.Issue(test.wish)));
    EXPECT_EQ(status.error_code(), test.code) << test.what << ": " << status.error_message();
    if (test.code == StatusCode::OK) {
      ++answered;
    } else {
      EXPECT_EQ(ReasonOf(status), "PEER_NOT_ALLOWED") << test.what;
    }
  }
  EXPECT_EQ(server_->answered(), answered);
}

// Who is no peer at all does not get through the handshake.
TEST_F(MutualTlsTest, AStrangerIsRefused) {
  CertificateWish expired = {.dns = {"booking"}};
  expired.valid_from = -absl::Hours(2);
  expired.valid_until = -absl::Seconds(2);
  CertificateWish early = {.dns = {"booking"}};
  early.valid_from = absl::Hours(1);
  early.valid_until = absl::Hours(2);
  CertificateWish of_servers = {.dns = {"booking"}};
  of_servers.usages = "serverAuth";
  const std::string& believed = authority_.pem();
  const IssuedCertificate good = authority_.IssueTo("booking");
  const struct {
    const char* what;
    std::shared_ptr<grpc::ChannelCredentials> credentials;
  } kCases[] = {
      {"another authority", PeerWith(stranger_.IssueTo("booking"), believed)},
      {"expired", PeerWith(authority_.Issue(expired), believed)},
      {"not yet valid", PeerWith(authority_.Issue(early), believed)},
      {"for servers only", PeerWith(authority_.Issue(of_servers), believed)},
      {"no certificate", grpc::SslCredentials({believed, "", ""})},
      {"plain text", grpc::InsecureChannelCredentials()},
  };
  for (const auto& test : kCases) {
    const grpc::Status status = SendLink(NewChannel(server_->address(), test.credentials));
    EXPECT_EQ(status.error_code(), StatusCode::UNAVAILABLE)
        << test.what << ": " << status.error_message();
  }
  EXPECT_EQ(server_->answered(), 0);
  // And all that kept nobody else out.
  EXPECT_TRUE(SendLink(ChannelOf(good)).ok());
}

// The other way round: whom a service's channels believe.
TEST_F(MutualTlsTest, AServerMustBeTheOneThatWasMeant) {
  Files own;
  own.Put(authority_.IssueTo("booking"), authority_.pem());
  const auto booking = own.Follow("booking");
  Channels channels;
  channels.Secure(booking->ForChannels());
  EXPECT_TRUE(SendLink(channels.To("notification", server_->address())).ok());
  EXPECT_EQ(SendLink(channels.To("catalogue", server_->address())).error_code(),
            StatusCode::UNAVAILABLE);
  EXPECT_EQ(server_->answered(), 1);

  Files of_stranger;
  of_stranger.Put(stranger_.IssueTo("notification"), authority_.pem());
  const auto false_identity = of_stranger.Follow("notification");
  LinkServer false_server({.address = "127.0.0.1:0", .credentials = false_identity->ForServer()});
  EXPECT_EQ(SendLink(channels.To("notification", false_server.address())).error_code(),
            StatusCode::UNAVAILABLE);
  EXPECT_EQ(false_server.answered(), 0);
}

TEST_F(MutualTlsTest, EveryPeerMayAskForHealth) {
  const auto health_of = [this](const IssuedCertificate& own) {
    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(20)));
    grpc::GenericStub stub(ChannelOf(own));
    grpc::ByteBuffer answer;
    std::atomic<int> code = -1;
    absl::Notification done;
    const grpc::Slice nothing;
    const grpc::ByteBuffer request(&nothing, 1);
    stub.UnaryCall(&context, "/grpc.health.v1.Health/Check", {}, &request, &answer,
                   [&](const grpc::Status& status) {
                     code = status.error_code();
                     done.Notify();
                   });
    done.WaitForNotification();
    return code.load();
  };
  EXPECT_EQ(health_of(authority_.IssueTo("ambassador")), StatusCode::OK);
  EXPECT_EQ(health_of(stranger_.IssueTo("ambassador")), StatusCode::UNAVAILABLE);
}

// Calls on new connections, again and again, and how many failed.
class Flow {
 public:
  explicit Flow(std::function<grpc::Status()> call)
      : thread_([this, call = std::move(call)] {
          while (!stopping_) {
            const grpc::Status status = call();
            ++made_;
            if (status.ok()) continue;
            ++failed_;
            ADD_FAILURE() << "call " << made_ << ": " << status.error_message();
          }
        }) {}
  ~Flow() {
    stopping_ = true;
    thread_.join();
  }
  int made() const { return made_; }
  int failed() const { return failed_; }

 private:
  std::atomic<bool> stopping_ = false;
  std::atomic<int> made_ = 0;
  std::atomic<int> failed_ = 0;
  std::thread thread_;
};

// A new authority takes over from the old one without a failed call and without a restart: first
// both are believed, then certificates of the new one are shown, then the old one is forgotten.
TEST_F(MutualTlsTest, AnAuthorityIsReplacedWhileCallsFlow) {
  const TestAuthority& successor = stranger_;
  const std::string both = authority_.pem() + successor.pem();
  Files own;
  own.Put(authority_.IssueTo("booking"), authority_.pem());
  const auto booking = own.Follow("booking");
  const auto kept = NewChannel(server_->address(), booking->ForChannels());
  Flow flow([&] { return SendLink(NewChannel(server_->address(), booking->ForChannels())); });
  Flow steady([&] { return SendLink(kept); });

  const auto takes = [&](const IssuedCertificate& peer, const std::string& believed) {
    return SendLink(NewChannel(server_->address(), PeerWith(peer, believed))).ok();
  };
  EXPECT_FALSE(takes(successor.IssueTo("booking"), both));
  files_.Put(authority_.IssueTo("notification"), both);
  own.Put(authority_.IssueTo("booking"), both);
  WaitUntil("the server believes the successor",
            [&] { return takes(successor.IssueTo("booking"), both); });
  // What the channels believe and show is seen by whom they talk to.
  LinkServer probe({.address = "127.0.0.1:0",
                    .credentials = ServerWith(successor.IssueTo("notification"), both)});
  WaitUntil("the channels believe the successor",
            [&] { return SendLink(NewChannel(probe.address(), booking->ForChannels())).ok(); });

  files_.Put(successor.IssueTo("notification"), both);
  own.Put(successor.IssueTo("booking"), both);
  WaitUntil("the server shows the successor's certificate",
            [&] { return takes(authority_.IssueTo("booking"), successor.pem()); });
  LinkServer strict(
      {.address = "127.0.0.1:0",
       .credentials = ServerWith(successor.IssueTo("notification"), successor.pem())});
  WaitUntil("the channels show the successor's certificate",
            [&] { return SendLink(NewChannel(strict.address(), booking->ForChannels())).ok(); });

  files_.Put(successor.IssueTo("notification"), successor.pem());
  WaitUntil("the server has forgotten the old authority",
            [&] { return !takes(authority_.IssueTo("booking"), successor.pem()); });
  const int before = flow.made();
  WaitUntil("calls have gone on", [&] { return flow.made() > before + 20; });
  EXPECT_EQ(flow.failed() + steady.failed(), 0);
}

// Files that do not fit together are not taken: the last good ones go on.
TEST_F(MutualTlsTest, WrongFilesChangeNothing) {
  auto& failures = telemetry::CounterOf("dm_tls_reload_failures_total",
                                        "Times that changed TLS files were not taken");
  const IssuedCertificate booking = authority_.IssueTo("booking");
  IssuedCertificate mixed = authority_.IssueTo("notification");
  mixed.key = authority_.IssueTo("notification").key;
  CertificateWish expired = {.dns = {"notification"}};
  expired.valid_until = -absl::Seconds(2);
  // Each is wrong in something else, since the same is told once.
  const IssuedCertificate kWrong[] = {
      mixed, authority_.Issue(expired), authority_.IssueTo("booking"), {"text", "text"}};
  for (const IssuedCertificate& wrong : kWrong) {
    const double before = failures.Value();
    files_.Put(wrong, authority_.pem());
    WaitUntil("it was refused", [&] { return failures.Value() > before; });
    EXPECT_TRUE(SendLink(ChannelOf(booking)).ok());
  }
  // Good ones are taken after that as before.
  files_.Put(authority_.IssueTo("notification"), stranger_.pem());
  const auto of_stranger = PeerWith(stranger_.IssueTo("booking"), authority_.pem());
  WaitUntil("the others are believed",
            [&] { return SendLink(NewChannel(server_->address(), of_stranger)).ok(); });
}

}  // namespace
}  // namespace dm::process
