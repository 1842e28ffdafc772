#include "services/notification/domain/webhook.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

namespace dm::notification {
namespace {

std::string BytesOf(const std::string& address) {
  unsigned char bytes[16];
  const bool v4 = inet_pton(AF_INET, address.c_str(), bytes) == 1;
  EXPECT_TRUE(v4 || inet_pton(AF_INET6, address.c_str(), bytes) == 1) << address;
  return {reinterpret_cast<char*>(bytes), v4 ? 4u : 16u};
}

TEST(WebhookTest, AddressesOfThisMachineAndOfPrivateNetworksAreNotPublic) {
  for (const char* inside :
       {"0.0.0.0",      "10.1.2.3",         "100.64.0.1",      "100.127.255.255", "127.0.0.1",
        "127.8.8.8",    "169.254.169.254",  "172.16.0.1",      "172.31.255.255",  "192.0.0.8",
        "192.0.2.1",    "192.88.99.1",      "192.168.1.1",     "198.18.0.1",      "198.19.255.255",
        "198.51.100.1", "203.0.113.1",      "224.0.0.1",       "255.255.255.255", "::",
        "::1",          "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",     "64:ff9b::7f00:1",
        "64:ff9b:1::1", "100::1",           "2001::1",         "2001:db8::1",     "2002:7f00:1::",
        "3fff::1",      "5f00::1",          "fc00::1",         "fd12:3456::1",    "fe80::1",
        "fec0::1",      "ff02::1"}) {
    EXPECT_FALSE(IsPublicAddress(BytesOf(inside))) << inside;
  }
  for (const char* outside :
       {"1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "128.0.0.1",
        "172.15.0.1", "172.32.0.1", "192.167.1.1", "193.0.0.1", "223.255.255.255", "2a01:e0a::1",
        "2606:4700::1111", "2001:4860:4860::8888", "::ffff:1.1.1.1"}) {
    EXPECT_TRUE(IsPublicAddress(BytesOf(outside))) << outside;
  }
  EXPECT_FALSE(IsPublicAddress(""));
}

TEST(WebhookTest, AUrlThatLeadsInsideIsRefused) {
  for (const char* good :
       {"https://partenaire.normandie.fr/hooks", "https://partenaire.fr:8443/a?b=c",
        "https://1.1.1.1/", "https://[2606:4700::1111]/x", "https://xn--caf-dma.fr/"}) {
    EXPECT_EQ(WebhookUrlFault(good, false), "") << good;
  }
  for (const char* bad : {"",
                          "partenaire.fr",
                          "/hooks",
                          "http://partenaire.fr/",
                          "ftp://partenaire.fr/",
                          "file:///etc/passwd",
                          "gopher://partenaire.fr/",
                          "https://user@partenaire.fr/",
                          "https://user:word@partenaire.fr/",
                          "https://partenaire.fr/#part",
                          "https://localhost/",
                          "https://LOCALHOST/",
                          "https://localhost./",
                          "https://a.localhost/",
                          "https://router/",
                          "https://db.internal/",
                          "https://nas.local/",
                          "https://127.0.0.1/",
                          "https://127.1/",
                          "https://2130706433/",
                          "https://0x7f000001/",
                          "https://0177.0.0.1/",
                          "https://0/",
                          "https://10.0.0.1/",
                          "https://192.168.0.1:443/",
                          "https://169.254.169.254/latest/",
                          "https://[::1]/",
                          "https://[::ffff:127.0.0.1]/",
                          "https://[fe80::1]/",
                          "https://[fd00::1]/",
                          "https://partenaire.fr/\r\nHost: x",
                          "https://partenaire.fr/ ",
                          "https://caf\xC3\xA9.fr/",
                          "https://",
                          "https:///x"}) {
    EXPECT_NE(WebhookUrlFault(bad, false), "") << bad;
  }
  EXPECT_NE(WebhookUrlFault("https://a.fr/" + std::string(500, 'x'), false), "");
}

TEST(WebhookTest, OnOneMachineAWebhookMayLeadAnywhere) {
  for (const char* good : {"http://127.0.0.1:8000/", "http://localhost/x", "https://[::1]/"}) {
    EXPECT_EQ(WebhookUrlFault(good, true), "") << good;
  }
  for (const char* bad : {"file:///etc/passwd", "http://user@127.0.0.1/", "nonsense"}) {
    EXPECT_NE(WebhookUrlFault(bad, true), "") << bad;
  }
}

// The example of the specification's reference implementations.
TEST(WebhookTest, SignsAsStandardWebhooksDoes) {
  Webhook webhook;
  webhook.secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const absl::Time at = absl::FromUnixSeconds(1614265330);
  const std::string expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  const auto sign = [&](absl::Time now) {
    return WebhookSignature(webhook, "msg_p5jXN8AQM9LWM0D4loKWxJek", now,
                            R"({"test": 2432232314})");
  };
  EXPECT_EQ(sign(at), expected);
  webhook.previous_secret = webhook.secret;
  webhook.secret = NewWebhookSecret();
  webhook.previous_secret_until = at + absl::Seconds(1);
  EXPECT_NE(sign(at).find(" " + expected), std::string::npos) << sign(at);
  webhook.previous_secret_until = at;
  EXPECT_EQ(sign(at).find(' '), std::string::npos);
}

TEST(WebhookTest, SecretsDifferAndHave32Bytes) {
  EXPECT_NE(NewWebhookSecret(), NewWebhookSecret());
  EXPECT_EQ(NewWebhookSecret().size(), std::string("whsec_").size() + 44);
}

TEST(WebhookTest, WaitsEverLongerAndAsLongAsItIsAskedTo) {
  EXPECT_EQ(WebhookRetryDelay(1, std::nullopt, 0), absl::Seconds(5));
  EXPECT_EQ(WebhookRetryDelay(2, std::nullopt, 0), absl::Seconds(10));
  EXPECT_EQ(WebhookRetryDelay(1, std::nullopt, 1), absl::Seconds(5) * 0.75);
  EXPECT_EQ(WebhookRetryDelay(10, std::nullopt, 0), absl::Seconds(2560));
  EXPECT_EQ(WebhookRetryDelay(11, std::nullopt, 0), absl::Hours(1));
  EXPECT_EQ(WebhookRetryDelay(1'000'000, std::nullopt, 0), absl::Hours(1));
  EXPECT_EQ(WebhookRetryDelay(1, absl::Minutes(2), 0), absl::Minutes(2));
  EXPECT_EQ(WebhookRetryDelay(1, absl::Hours(48), 0), absl::Hours(1));
  EXPECT_EQ(WebhookRetryDelay(4, absl::Seconds(1), 0), absl::Seconds(40));
}

}  // namespace
}  // namespace dm::notification
