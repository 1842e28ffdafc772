// What a process says of TLS files before it starts, and where it may speak plain text.
#include "common/process/address.h"
#include "common/process/staged_file.h"
#include "common/process/tls_choice.h"
#include "common/process/tls_material.h"
#include "tests/support/certificates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace dm::process {
namespace {

namespace fs = std::filesystem;
using testing::CertificateWish;
using ::testing::HasSubstr;
using testing::IssuedCertificate;
using ::testing::Not;
using testing::TestAuthority;

std::string Read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class TlsMaterialTest : public ::testing::Test {
 protected:
  TlsMaterialTest() {
    char name[] = "/tmp/dm-tls-XXXXXX";
    folder_ = mkdtemp(name);
    files_ = {folder_ / "own.pem", folder_ / "key.pem", folder_ / "authority.pem"};
    own_ = authority_.IssueTo("booking");
  }
  ~TlsMaterialTest() override { fs::remove_all(folder_); }

  absl::StatusOr<TlsMaterial> Material(const IssuedCertificate& own, const std::string& authority) {
    std::ofstream(files_.certificate) << own.certificate;
    std::ofstream(files_.key) << own.key;
    std::ofstream(files_.authority) << authority;
    return ReadTlsMaterial(files_, "booking", absl::Now());
  }

  const TestAuthority authority_;
  fs::path folder_;
  TlsFiles files_;
  IssuedCertificate own_;
};

TEST_F(TlsMaterialTest, IsReadWithItsEnds) {
  CertificateWish wish = {.dns = {"booking.example", "booking"}};
  wish.valid_until = absl::Hours(3);
  const TestAuthority other;
  const auto material = Material(authority_.Issue(wish), authority_.pem() + other.pem());
  ASSERT_TRUE(material.ok()) << material.status();
  EXPECT_NEAR(absl::ToDoubleHours(material->certificate_expiry - absl::Now()), 3, 0.01);
  EXPECT_NEAR(absl::ToDoubleHours(material->authority_expiry - absl::Now()), 24, 0.01);
}

TEST_F(TlsMaterialTest, WhatIsWrongIsSaidWithoutTheContent) {
  CertificateWish expired = {.dns = {"booking"}};
  expired.valid_until = -absl::Seconds(1);
  CertificateWish early = {.dns = {"booking"}};
  early.valid_from = absl::Minutes(5);
  CertificateWish of_servers = {.dns = {"booking"}};
  of_servers.usages = "serverAuth";
  CertificateWish by_subject;
  by_subject.common_name = "booking";
  const IssuedCertificate mixed = {own_.certificate, authority_.IssueTo("booking").key};
  const std::string broken = own_.certificate.substr(0, own_.certificate.size() / 2);
  const struct {
    IssuedCertificate own;
    std::string authority;
    const char* complaint;
  } kCases[] = {
      {mixed, authority_.pem(), "key.pem is not the key of the certificate"},
      {{own_.certificate, "text"}, authority_.pem(), "key.pem holds no private key"},
      {{"", own_.key}, authority_.pem(), "own.pem holds no certificate"},
      {{broken, own_.key}, authority_.pem(), "own.pem holds no certificate"},
      {own_, "", "authority.pem holds no certificate"},
      {own_, authority_.pem() + broken, "authority.pem holds no certificate, or a broken one"},
      {authority_.Issue(expired), authority_.pem(), "own.pem has expired"},
      {authority_.Issue(early), authority_.pem(), "own.pem is not valid yet"},
      {authority_.IssueTo("gateway"), authority_.pem(), "does not have 'booking' as a DNS name"},
      {authority_.IssueTo("*"), authority_.pem(), "does not have 'booking' as a DNS name"},
      {authority_.Issue(by_subject), authority_.pem(), "does not have 'booking' as a DNS name"},
      {authority_.Issue(of_servers), authority_.pem(), "not for both TLS servers and TLS clients"},
  };
  for (const auto& test : kCases) {
    const auto material = Material(test.own, test.authority);
    ASSERT_EQ(material.status().code(), absl::StatusCode::kFailedPrecondition) << test.complaint;
    EXPECT_THAT(material.status().message(), HasSubstr(test.complaint));
    EXPECT_THAT(material.status().message(), Not(HasSubstr("BEGIN")));
  }
}

TEST_F(TlsMaterialTest, AMissingFileIsNamed) {
  ASSERT_TRUE(Material(own_, authority_.pem()).ok());
  fs::remove(files_.key);
  const auto material = ReadTlsMaterial(files_, "booking", absl::Now());
  EXPECT_EQ(material.status().message(), files_.key + " cannot be read");
}

TEST(TlsChoiceTest, PlainTextStaysOnTheMachine) {
  const TlsFiles none;
  const TlsFiles all = {"c", "k", "a"};
  const struct {
    TlsFiles files;
    bool listen_plain;
    const char* listen;
    const char* complaint;
  } kCases[] = {
      {none, false, "127.0.0.1:9000", ""},
      {none, false, "[::1]:9000", ""},
      {none, false, "localhost:9000", ""},
      {none, false, "unix:/run/dm/booking.sock", ""},
      {none, false, "0.0.0.0:9000", "would be served in plain text"},
      {none, false, "[::]:9000", "would be served in plain text"},
      {none, false, "10.0.0.7:9000", "would be served in plain text"},
      {none, false, "booking:9000", "would be served in plain text"},
      {none, false, "127.0.0.1.example:9000", "would be served in plain text"},
      {all, false, "0.0.0.0:9000", ""},
      {all, true, "127.0.0.1:9000", ""},
      {all, true, "0.0.0.0:9000", "--listen-plain is for the loopback"},
      {{"c", "", ""}, false, "127.0.0.1:9000", "together or not at all"},
      {{"", "k", "a"}, false, "0.0.0.0:9000", "together or not at all"},
  };
  for (const auto& test : kCases) {
    const absl::Status status = CheckTlsChoice(test.files, test.listen_plain, test.listen);
    EXPECT_EQ(status.ok(), std::string(test.complaint).empty()) << test.listen << status;
    EXPECT_THAT(status.message(), HasSubstr(test.complaint)) << test.listen;
  }
}

TEST(AddressTest, KnowsWhatIsLocal) {
  for (const char* local :
       {"127.0.0.1:1", "127.9.8.7:1", "[::1]:1", "[::ffff:127.0.0.1]:1", "localhost:1",
        "booking.localhost:1", "dns:///localhost:1", "dns:///127.0.0.1:1", "unix:relative.sock",
        "ipv4:127.0.0.1:1,127.0.0.2:1", "ipv6:[::1]:1"}) {
    EXPECT_TRUE(IsLocal(local)) << local;
  }
  for (const char* remote :
       {"0.0.0.0:1", "[::]:1", "128.0.0.1:1", "10.0.0.1:1", "booking:1", "dns:///booking:1",
        "ipv4:127.0.0.1:1,10.0.0.1:1", "localhost.example:1", "[fe80::1]:1", "", "localhost"}) {
    EXPECT_FALSE(IsLocal(remote)) << remote;
  }
}

TEST(StagedFileTest, IsReplacedAsAWhole) {
  StagedFile file;
  ASSERT_TRUE(file.Put("the first text, which is long", 1));
  const std::string path = file.path();
  EXPECT_EQ(Read(path), "the first text, which is long");
  const auto first = fs::last_write_time(path);
  std::ifstream reader(path);
  ASSERT_TRUE(file.Put("another", 2));
  EXPECT_EQ(file.path(), path);
  EXPECT_EQ(Read(path), "another");
  EXPECT_NE(fs::last_write_time(path), first);
  // Who had begun reads what it began.
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(reader), {}),
            "the first text, which is long");
}

}  // namespace
}  // namespace dm::process
