#pragma once

#include "services/gateway/cli/commands.h"
#include "tests/integration/cli/fake_services.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace dm::gateway {

// A folder of its own, services, and the command line before them.
class CliFixture : public testing::Test {
 protected:
  CliFixture() {
    std::string folder = testing::TempDir() + "/dm-cli.XXXXXX";
    folder_ = mkdtemp(folder.data());
  }
  ~CliFixture() override { std::filesystem::remove_all(folder_); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  void Write(const std::string& name, const std::string& content) const {
    std::ofstream(Path(name), std::ios::binary) << content;
  }
  std::string ContentOf(const std::string& name) const {
    std::ifstream file(Path(name), std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<std::string> Files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  int Run(const std::vector<std::string>& arguments, std::ostream* out = nullptr) {
    out_.str("");
    err_.str("");
    const auto line = cli::CommandLine::Parse(arguments);
    EXPECT_TRUE(line.ok()) << line.status();
    if (!line.ok()) return cli::kUsage;
    cli::Session session({.address = services_.address(),
                          .token = "good",
                          .read_token = [this] { return next_token_; },
                          .json = line->Has("json"),
                          .interruption = &interruption_,
                          .silence = silence_,
                          .first_retry = absl::Milliseconds(20)},
                         out == nullptr ? &out_ : out, &err_);
    return cli::Run(*line, session);
  }

  FakeServices services_;
  Script& script_ = services_.script();
  cli::Interruption interruption_;
  // What is found where the token was read.
  std::string next_token_ = "good";
  absl::Duration silence_ = absl::Seconds(45);
  std::ostringstream out_;
  std::ostringstream err_;

 private:
  std::filesystem::path folder_;
};

}  // namespace dm::gateway
