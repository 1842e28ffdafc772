#include "common/config/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::config {
namespace {

using testing::HasSubstr;

const std::vector<Option>& Options() {
  static const auto* const options = new std::vector<Option>{
      {.name = "listen", .type = Type::kAddress, .help = "Where."},
      {.name = "pool-size",
       .type = Type::kInteger,
       .help = "Size.",
       .default_value = "4",
       .min = 1,
       .max = 10},
      {.name = "drain-time", .type = Type::kDuration, .help = "Time.", .default_value = "10s"},
      {.name = "migrate", .type = Type::kSwitch, .help = "Migrate.", .default_value = "false"}};
  return *options;
}

TEST(OptionsTest, FlagsWinOverTheEnvironmentAndBothOverDefaults) {
  const auto values = Read(Options(), {"--listen=127.0.0.1:1", "--pool-size", "7"},
                           {{"DM_POOL_SIZE", "5"}, {"DM_DRAIN_TIME", "2s"}, {"HOME", "/root"}});
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_EQ(values->Text("listen"), "127.0.0.1:1");
  EXPECT_EQ(values->Integer("pool-size"), 7);
  EXPECT_EQ(values->Duration("drain-time"), absl::Seconds(2));
  EXPECT_FALSE(values->Switch("migrate"));
}

TEST(OptionsTest, ASwitchNeedsNoValue) {
  const auto values = Read(Options(), {"--migrate", "--listen", "[::1]:9"}, {});
  ASSERT_TRUE(values.ok()) << values.status();
  EXPECT_TRUE(values->Switch("migrate"));
  EXPECT_EQ(values->Text("listen"), "[::1]:9");
}

TEST(OptionsTest, EveryMistakeIsNamedAtOnce) {
  const auto values =
      Read(Options(),
           {"--pool-size=11", "--drain-time=soon", "--colour=red", "stray", "--migrate=perhaps"},
           {{"DM_COLOUR", "red"}});
  ASSERT_FALSE(values.ok());
  const std::string message(values.status().message());
  for (const char* part :
       {"--pool-size must be a whole number from 1 to 10", "--drain-time must be a duration",
        "unknown option --colour", "unexpected argument 'stray'", "--migrate must be true or false",
        "unknown environment variable DM_COLOUR", "--listen (or DM_LISTEN) is required"}) {
    EXPECT_THAT(message, HasSubstr(part));
  }
}

TEST(OptionsTest, AddressesThatCannotBeAreRefused) {
  for (const char* address :
       {"", "localhost", "localhost:", ":80", "localhost:70000", "a:b", "dns:///"}) {
    EXPECT_FALSE(Read(Options(), {std::string("--listen=") + address}, {}).ok()) << address;
  }
  for (const char* address : {"localhost:0", "dns:///booking:9000", "unix:/tmp/socket"}) {
    EXPECT_TRUE(Read(Options(), {std::string("--listen=") + address}, {}).ok()) << address;
  }
}

TEST(OptionsTest, ASecretThatCannotBeReadNamesItsFile) {
  const auto secret = ReadSecret("/nowhere/secret");
  EXPECT_EQ(secret.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(secret.status().message()), HasSubstr("/nowhere/secret"));
}

}  // namespace
}  // namespace dm::config
