#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "services/gateway/cli/command_line.h"
#include "services/gateway/cli/commands.h"
#include "services/gateway/cli/help.h"
#include "services/gateway/cli/session.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace cli = dm::gateway::cli;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool ReadFile(const std::string& path, std::string* content) {
  std::ifstream file(path);
  if (!file) return false;
  // A folder can be opened, and its reading fails.
  std::getline(file, *content, '\0');
  return !file.bad();
}

// The token of the file, else of the environment; false when the file cannot be read.
bool ReadToken(const cli::CommandLine& line, std::string* token) {
  if (!line.Has("token-file")) {
    *token = Environment("DM_TOKEN");
  } else if (!ReadFile(line.Value("token-file"), token)) {
    return false;
  }
  absl::StripAsciiWhitespace(token);
  // What cannot be a token must not become a header.
  return std::all_of(token->begin(), token->end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

// The authorities of the file, if one is named; false when it holds none.
bool ReadAuthorities(const cli::CommandLine& line, std::string* authorities) {
  std::string path = line.Value("authority-file");
  if (path.empty()) path = Environment("DM_AUTHORITY_FILE");
  // Without any gRPC would take those of the system instead of what was asked for.
  return path.empty() ||
         (ReadFile(path, authorities) && absl::StrContains(*authorities, "BEGIN CERTIFICATE"));
}

// Ctrl-C asks the command to end; a second one does not ask. Called before any other thread is
// there, so that all inherit the mask; lives as long as the process.
cli::Interruption* InterruptionBySignals() {
  auto* const interruption = new cli::Interruption;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread([interruption, signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    interruption->Request();
    sigwait(&signals, &signal);
    _exit(cli::kInterrupted);
  }).detach();
  return interruption;
}

int Run(const std::vector<std::string>& arguments) {
  cli::Session::Options options{.interactive = isatty(STDERR_FILENO) != 0,
                                .interruption = InterruptionBySignals()};
  const auto line = cli::CommandLine::Parse(arguments);
  if (!line.ok()) {
    options.json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
    return cli::Session(options, &std::cout, &std::cerr)
        .Misuse(std::string(line.status().message()));
  }
  if (line->command == nullptr) {
    std::cerr << cli::HelpText();
    return cli::kUsage;
  }
  options.json = line->Has("json");
  options.address = line->Value("address");
  if (options.address.empty()) options.address = Environment("DM_ADDRESS");
  if (options.address.empty()) options.address = "127.0.0.1:9090";
  const bool has_token = ReadToken(*line, &options.token);
  const bool has_authorities = ReadAuthorities(*line, &options.authorities);
  options.read_token = [&line] {
    std::string token;
    return ReadToken(*line, &token) ? token : "";
  };
  cli::Session session(options, &std::cout, &std::cerr);
  if (!has_token) return session.Misuse("le jeton ne peut pas être lu");
  if (!has_authorities) return session.Misuse("les autorités ne peuvent pas être lues");
  return cli::Run(*line, session);
}

}  // namespace

int main(int argc, char** argv) { return Run(std::vector<std::string>(argv + 1, argv + argc)); }
