#include "services/gateway/limits/client_address.h"

#include <gtest/gtest.h>

namespace dm::gateway {
namespace {

std::string Client(const char* peer, const char* forwarded_for, const char* proxies) {
  return ClientAddress(peer, forwarded_for, TrustedProxies::Parse(proxies).value());
}

std::string Direct(const char* address) { return Client(address, "", ""); }

TEST(ClientAddress, IsThatOfTheConnection) {
  EXPECT_EQ(Direct("192.0.2.7"), Direct("ipv4:192.0.2.7:55555"));
  EXPECT_EQ(Direct("192.0.2.7"), Direct("::ffff:192.0.2.7"));
  EXPECT_NE(Direct("192.0.2.7"), Direct("192.0.2.8"));
}

TEST(ClientAddress, IsTheNetworkOfAnIpv6Connection) {
  EXPECT_EQ(Direct("2001:db8:1:2::1"), Direct("2001:db8:1:2:ffff::9"));
  EXPECT_EQ(Direct("2001:db8:1:2::1"), Direct("ipv6:%5B2001:db8:1:2::1%5D:443"));
  EXPECT_NE(Direct("2001:db8:1:2::1"), Direct("2001:db8:1:3::1"));
}

TEST(ClientAddress, BelievesNobodyByDefault) {
  EXPECT_EQ(Client("192.0.2.7", "198.51.100.1", ""), Direct("192.0.2.7"));
}

TEST(ClientAddress, IsWhatTheTrustedProxySaw) {
  EXPECT_EQ(Client("10.1.2.3", "198.51.100.1", "10.0.0.0/8"), Direct("198.51.100.1"));
  EXPECT_EQ(Client("ipv4:10.1.2.3:99", "198.51.100.1:4711", "10.0.0.0/8"), Direct("198.51.100.1"));
  EXPECT_EQ(Client("10.1.2.3", "198.51.100.1, 10.9.9.9", "10.0.0.0/8"), Direct("198.51.100.1"));
  EXPECT_EQ(Client("fd00::1", "2001:db8::1", "fd00::/8"), Direct("2001:db8::1"));
}

TEST(ClientAddress, IsNotWhatTheClientWroteItself) {
  EXPECT_EQ(Client("10.1.2.3", "203.0.113.99, 198.51.100.1", "10.0.0.0/8"), Direct("198.51.100.1"));
  EXPECT_EQ(Client("192.0.2.7", "203.0.113.99", "10.0.0.0/8"), Direct("192.0.2.7"));
  EXPECT_EQ(Client("10.1.2.3", "203.0.113.99, nonsense", "10.0.0.0/8"), Direct("10.1.2.3"));
}

TEST(ClientAddress, IsNeverEmpty) {
  for (const char* peer : {"", "unix:/tmp/x", "nonsense", ",,"}) EXPECT_FALSE(Direct(peer).empty());
}

TEST(TrustedProxies, AreNetworks) {
  for (const char* good : {"", "10.0.0.0/8", "192.0.2.7", "::1", "fd00::/8, 10.0.0.0/8"}) {
    EXPECT_TRUE(TrustedProxies::Parse(good).ok()) << good;
  }
  for (const char* bad : {"10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "proxy.example", "::1/129",
                          "10.0.0.0/8/8", "10.0.0.0/"}) {
    EXPECT_FALSE(TrustedProxies::Parse(bad).ok()) << bad;
  }
}

TEST(TrustedProxies, ContainTheirNetworkAlone) {
  const auto proxies = TrustedProxies::Parse("10.0.0.0/9,fd00:1::/33").value();
  EXPECT_TRUE(proxies.Contain("10.127.0.1"));
  EXPECT_FALSE(proxies.Contain("10.128.0.1"));
  EXPECT_TRUE(proxies.Contain("fd00:1:7fff::1"));
  EXPECT_FALSE(proxies.Contain("fd00:1:8000::1"));
}

}  // namespace
}  // namespace dm::gateway
