#include "common/telemetry/log.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/telemetry/trace_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <thread>
#include <vector>

namespace dm::telemetry {
namespace {

using nlohmann::json;
using ::testing::SizeIs;

constexpr char kTraceparent[] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";

// The lines that `write` leads to.
template <typename Write>
std::vector<std::string> LinesOf(const Write& write) {
  ::testing::internal::CaptureStderr();
  write();
  const std::string output = ::testing::internal::GetCapturedStderr();
  std::vector<std::string> lines = absl::StrSplit(output, '\n');
  EXPECT_EQ(lines.back(), "") << "a line without its end";
  lines.pop_back();
  return lines;
}

// Row S23: whatever a name holds.
TEST(LogTest, WhatAFieldHoldsStaysOneLineOfValidJson) {
  const std::string hostile[] = {
      "Zoé\r\nBcc: all@x.example",
      "x\n{\"severity\":\"ERROR\",\"event\":\"forged\"}",
      "\",\"event\":\"forged\",\"x\":\"",
      "\\\",\"event\":\"forged\"",
      "\x1b[2J\x1b[31mred\x1b[0m\x1b]0;title\x07",
      "\xc2\x9b"
      "31mC1",
      "\x7f\b\t\v\f\r",
      std::string("nul\0byte", 8),
      "line\xe2\x80\xa8separator\xe2\x80\xa9paragraph\xc2\x85next",
      "right\xe2\x80\xaeto\xe2\x81\xa6left",
      "\xff\xfe broken \xc3",
      "overlong \xc0\x8a and \xe0\x80\x8a and a surrogate \xed\xa0\x80",
      "\xf4\x90\x80\x80 is too large",
      "\xef\xbb\xbf",
      "Éloïse 😀 O'Brien",
  };
  for (const std::string& name : hostile) {
    const std::vector<std::string> lines = LinesOf([&] {
      Log(Severity::kError, "named", {{"name", name}, {name, "value"}});
    });
    ASSERT_THAT(lines, SizeIs(1)) << name;
    for (const char c : lines[0]) {
      EXPECT_GE(static_cast<unsigned char>(c), 0x20) << name;
      EXPECT_NE(c, '\x7f') << name;
    }
    for (const char* treacherous : {"\xc2\x9b", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9",
                                    "\xe2\x80\xae", "\xe2\x81\xa6", "\xef\xbb\xbf"}) {
      EXPECT_FALSE(absl::StrContains(lines[0], treacherous)) << name;
    }
    const json line = json::parse(lines[0], nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(line.is_object()) << lines[0];
    EXPECT_EQ(line["event"], "named");
    EXPECT_EQ(line["severity"], "ERROR");
    ASSERT_TRUE(line["name"].is_string());
  }
}

TEST(LogTest, WhatIsNoDangerIsReadBackAsItWas) {
  const std::string text = "Éloïse 😀 \"O'Brien\" \\ C:\\temp\n\ttwo\x1b lines";
  const auto lines = LinesOf([&] { Log(Severity::kWarning, "read_back", {{"text", text}}); });
  ASSERT_THAT(lines, SizeIs(1));
  EXPECT_EQ(json::parse(lines[0])["text"], text);
}

TEST(LogTest, LinesTellTheTraceThatTheirThreadWorksFor) {
  const auto lines = LinesOf([] {
    Log(Severity::kInfo, "before");
    {
      const TraceScope scope(kTraceparent);
      Log(Severity::kInfo, "within");
      Log(Severity::kInfo, "told", {{"trace", "its own"}});
      std::thread([] { Log(Severity::kInfo, "elsewhere"); }).join();
    }
    Log(Severity::kInfo, "after");
  });
  ASSERT_THAT(lines, SizeIs(5));
  EXPECT_FALSE(json::parse(lines[0]).contains("trace"));
  EXPECT_EQ(json::parse(lines[1])["trace"], kTrace);
  EXPECT_EQ(json::parse(lines[2])["trace"], "its own");
  EXPECT_FALSE(json::parse(lines[3]).contains("trace"));
  EXPECT_FALSE(json::parse(lines[4]).contains("trace"));
}

TEST(LogTest, LinesOfManyThreadsDoNotMix) {
  const auto lines = LinesOf([] {
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; ++thread) {
      threads.emplace_back([thread] {
        const std::string text(500, static_cast<char>('a' + thread));
        for (int i = 0; i < 50; ++i) Log(Severity::kInfo, "many", {{"text", text}, {"n", i}});
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  ASSERT_THAT(lines, SizeIs(400));
  for (const std::string& text : lines) {
    const json line = json::parse(text, nullptr, /*allow_exceptions=*/false);
    ASSERT_TRUE(line.is_object()) << text;
    EXPECT_TRUE(line["n"].is_number());
  }
}

}  // namespace
}  // namespace dm::telemetry
