#include "services/gateway/cli/output_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace dm::gateway::cli {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() {
    std::string folder = testing::TempDir() + "/dm-output.XXXXXX";
    folder_ = mkdtemp(folder.data());
  }
  ~OutputFileTest() override { fs::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  static std::string ContentOf(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  size_t Files() const {
    return static_cast<size_t>(
        std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_;
};

TEST_F(OutputFileTest, HasItsNameOnlyOnceItIsWhole) {
  std::ofstream(Path("a")) << "before";
  {
    auto file = OutputFile::Create(Path("a"));
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_TRUE(file->Write("half of").ok());
    EXPECT_EQ(ContentOf(Path("a")), "before");
    ASSERT_TRUE(file->Write(" it").ok());
    ASSERT_TRUE(file->Commit().ok());
    EXPECT_EQ(ContentOf(Path("a")), "half of it");
  }
  EXPECT_EQ(ContentOf(Path("a")), "half of it");
  EXPECT_EQ(Files(), 1u);
}

TEST_F(OutputFileTest, LeavesNothingBehindWhenItIsGivenUp) {
  {
    auto file = OutputFile::Create(Path("a"));
    ASSERT_TRUE(file.ok()) << file.status();
    ASSERT_TRUE(file->Write("half").ok());
    const OutputFile moved = *std::move(file);
    EXPECT_EQ(Files(), 1u);
  }
  EXPECT_EQ(Files(), 0u);
}

TEST_F(OutputFileTest, ReplacesWhatALinkLeadsTo) {
  std::ofstream(Path("real")) << "before";
  fs::create_symlink("real", Path("link"));
  ASSERT_TRUE(ReplaceFile(Path("link"), "after").ok());
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(ContentOf(Path("real")), "after");
}

TEST_F(OutputFileTest, ReplacesNothingButFiles) {
  ASSERT_EQ(mkfifo(Path("pipe").c_str(), 0600), 0);
  fs::create_directory(Path("folder"));
  for (const std::string& path : {Path("pipe"), Path("folder"), std::string("/dev/null")}) {
    EXPECT_EQ(OutputFile::Create(path).status().code(), absl::StatusCode::kFailedPrecondition)
        << path;
  }
  EXPECT_EQ(Files(), 2u);
}

TEST_F(OutputFileTest, SaysWhyNothingCanBeWritten) {
  const auto status = OutputFile::Create(Path("nowhere/a")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(status.message().find("nowhere/a"), absl::string_view::npos);
}

}  // namespace
}  // namespace dm::gateway::cli
