#include "common/rpc/file_upload.h"

#include "common/errors/error.h"
#include "tests/support/upload_call.h"

#include <gtest/gtest.h>

namespace dm::rpc {
namespace {

namespace type = destinationmetier::type::v1;

absl::StatusOr<Upload> Receive(const std::string& file, std::string content,
                               bool then_silent = false) {
  std::vector<type::FileImportRequest> messages(2);
  messages[0].mutable_start()->set_kind("communes");
  messages[1].mutable_chunk()->set_file(file);
  messages[1].mutable_chunk()->set_content(std::move(content));
  testing::UploadReader reader(std::move(messages), then_silent);
  return ReceiveUpload(reader, {"communes"}, /*mebibytes=*/1);
}

TEST(ReceiveUploadTest, TakesPlainNamesOfTablesAlone) {
  for (const char* const name : {"a.csv", "A b-é.CSV", "version.txt"}) {
    EXPECT_TRUE(Receive(name, "x").ok()) << name;
  }
  for (const char* const name :
       {"../a.csv", "a\\b.csv", ".csv", "a", "a.exe", "a.csv.zip", "a\n.csv", ""}) {
    EXPECT_EQ(ErrorReasonOf(Receive(name, "x").status()), "INVALID_FIELDS") << name;
  }
}

TEST(ReceiveUploadTest, TakesNoMoreThanTheServiceCanHold) {
  constexpr size_t kMebibyte = 1 << 20;
  EXPECT_TRUE(Receive("a.csv", std::string(kMebibyte, 'x')).ok());
  EXPECT_EQ(ErrorReasonOf(Receive("a.csv", std::string(kMebibyte + 1, 'x')).status()), "TOO_LARGE");
}

TEST(ReceiveUploadTest, HoldsOneAtATime) {
  {
    const auto first = Receive("a.csv", "x");
    ASSERT_TRUE(first.ok());
    EXPECT_EQ(ErrorReasonOf(Receive("b.csv", "x").status()), "OVERLOADED");
  }
  EXPECT_TRUE(Receive("b.csv", "x").ok());
}

TEST(ReceiveUploadTest, WhoSaysNoMoreLosesTheirTurn) {
  EXPECT_EQ(ErrorReasonOf(Receive("a.csv", "x", /*then_silent=*/true).status()),
            "DEADLINE_EXCEEDED");
  EXPECT_TRUE(Receive("b.csv", "x").ok());
}

}  // namespace
}  // namespace dm::rpc
