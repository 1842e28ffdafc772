#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "services/gateway/cli/command_line.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/session.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace {

namespace cli = dm::gateway::cli;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The token of the file, else of the environment; false when the file cannot be read.
bool ReadToken(const cli::CommandLine& line, std::string* token) {
  if (!line.Has("token-file")) {
    *token = Environment("DM_TOKEN");
  } else {
    std::ifstream file(line.Value("token-file"));
    if (!file) return false;
    token->assign(std::istreambuf_iterator<char>(file), {});
  }
  absl::StripAsciiWhitespace(token);
  // What cannot be a token must not become a header.
  for (const char c : *token) {
    if (c <= 0x20 || c >= 0x7F) return false;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const auto line = cli::CommandLine::Parse(std::vector<std::string>(argv + 1, argv + argc));
  if (!line.ok()) {
    std::cerr << "dm : " << line.status().message() << " (dm --help)\n";
    return cli::kUsage;
  }
  if (line->Has("help") || line->command == "help") {
    std::cout << cli::HelpText();
    return cli::kDone;
  }
  if (line->command.empty()) {
    std::cerr << cli::HelpText();
    return cli::kUsage;
  }
  cli::Session::Options options{.address = line->Value("address"),
                                .token = "",
                                .json = line->Has("json"),
                                .interactive = isatty(STDERR_FILENO) != 0};
  if (options.address.empty()) options.address = Environment("DM_ADDRESS");
  if (options.address.empty()) options.address = "127.0.0.1:9090";
  if (!ReadToken(*line, &options.token)) {
    std::cerr << "dm : le jeton ne peut pas être lu\n";
    return cli::kUsage;
  }
  cli::Session session(options, &std::cout, &std::cerr);
  return cli::Run(*line, session);
}
