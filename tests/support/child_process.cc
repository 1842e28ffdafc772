#include "tests/support/child_process.h"

#include "absl/strings/match.h"
#include "absl/time/clock.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

extern char** environ;

namespace dm::testing {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(2);

std::vector<char*> WithoutOurVariables() {
  std::vector<char*> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    if (!absl::StartsWith(*entry, "DM_")) variables.push_back(*entry);
  }
  variables.push_back(nullptr);
  return variables;
}

}  // namespace

ChildProcess::ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
                           const std::string& log) {
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const std::vector<char*> variables = WithoutOurVariables();
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const pid_t parent = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    // Only what is safe after a fork of a process with threads.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    execvpe(argv[0], argv.data(), variables.data());
    _exit(127);
  }
  close(out);
  if (pid_ < 0) {
    std::perror("fork");
    std::abort();
  }
}

ChildProcess::~ChildProcess() {
  if (!Running()) return;
  Signal(SIGKILL);
  (void)Wait(absl::Seconds(30));
}

void ChildProcess::Signal(int signal) const { kill(pid_, signal); }

std::optional<int> ChildProcess::Wait(absl::Duration patience) {
  const absl::Time deadline = absl::Now() + patience;
  while (!exit_code_.has_value()) {
    int status = 0;
    const pid_t ended = waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) {
      exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    } else if (absl::Now() >= deadline) {
      return std::nullopt;
    } else {
      absl::SleepFor(kLook);
    }
  }
  return exit_code_;
}

Finished RunProgram(const std::string& program, const std::vector<std::string>& arguments,
                    absl::Duration patience) {
  char log[] = "/tmp/dm-program-XXXXXX";
  close(mkstemp(log));
  Finished finished;
  {
    ChildProcess process(program, arguments, log);
    finished.exit_code = process.Wait(patience).value_or(-1);
  }
  std::ifstream file(log);
  finished.output = {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::filesystem::remove(log);
  return finished;
}

}  // namespace dm::testing
