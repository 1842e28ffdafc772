#include "common/config/shown_options.h"

#include "absl/strings/match.h"

#include <gtest/gtest.h>

namespace dm::config {
namespace {

constexpr char kSecret[] = "h7Zq-s3cret";

TEST(ShownOptionsTest, ASecretThatStandsInAnOptionIsNotShown) {
  struct {
    const char* name;
    std::string value;
    const char* still_shown;
  } const cases[] = {
      {"smtp-url", "smtps://bot:h7Zq-s3cret@mail.example:465", "mail.example:465"},
      {"smtp-url", "smtps://h7Zq-s3cret@mail.example", "mail.example"},
      {"jwks-url", "https://u:h7Zq-s3cret@issuer.example/keys?x=1", "issuer.example/keys?x=1"},
      {"jwks-url", "https://issuer.example/keys?token=h7Zq-s3cret&x=1", "x=1"},
      {"jwks-url", "https://issuer.example/keys?api_key=h7Zq-s3cret", "issuer.example"},
      {"database", "host=db password=h7Zq-s3cret user=dm", "user=dm"},
      {"database", "host=db PASSWORD = 'h7Zq-s3cret with \\' quote' user=dm", "user=dm"},
      {"database", "host=db sslpassword=h7Zq-s3cret", "host=db"},
      {"database", "postgresql://dm:h7Zq-s3cret@db/dm?sslmode=require", "db/dm?sslmode=require"},
      {"database", "postgresql://db/dm?password=h7Zq-s3cret", "db/dm"},
      {"some-password", "h7Zq-s3cret", ""},
      {"client-secret", "h7Zq-s3cret", ""},
      {"page-token-key", "h7Zq-s3cret", ""},
      {"access-token", "h7Zq-s3cret", ""},
  };
  for (const auto& c : cases) {
    const std::string shown = ShownValue(c.name, c.value);
    EXPECT_FALSE(absl::StrContains(shown, kSecret)) << c.value << " -> " << shown;
    EXPECT_FALSE(absl::StrContains(shown, "quote")) << shown;
    EXPECT_TRUE(absl::StrContains(shown, c.still_shown)) << c.value << " -> " << shown;
    EXPECT_TRUE(absl::StrContains(shown, "…")) << shown;
  }
}

TEST(ShownOptionsTest, WhatIsNoSecretIsShownAsItIs) {
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
           {"page-token-key-file", "/etc/dm/secrets/page-token-key"},
           {"database-password-file", "/etc/dm/secrets/password"},
           {"database", "host=db user=dm_booking dbname=dm sslmode=verify-full"},
           {"token-issuer", "https://issuer.example"},
           {"token-audience", "destinationmetier"},
           {"mail-from", "Destination Métier <ne-pas-repondre@dm.example>"},
           {"catalogue-address", "dns:///catalogue:9090"},
           {"drain-time", "10s"},
           {"otlp-address", ""}}) {
    EXPECT_EQ(ShownValue(name, value), value);
  }
}

TEST(ShownOptionsTest, EachOptionIsOneLineInTheOrderOfTheirNames) {
  const auto values =
      Read({{.name = "b", .default_value = "1"}, {.name = "a", .default_value = "two\nlines\r"}},
           {}, {});
  ASSERT_TRUE(values.ok());
  EXPECT_EQ(ShownOptions(*values), "a=two\\nlines\\r\nb=1\n");
}

}  // namespace
}  // namespace dm::config
