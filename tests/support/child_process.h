#pragma once

#include "absl/time/time.h"

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace dm::testing {

// A program that a test runs. It ends with the test, however that ends. Start it on the test's main
// thread: the kernel ends it together with the thread that started it.
class ChildProcess {
 public:
  // `program` is a path or a name on PATH. Its output is appended to `log`. Variables of ours
  // (DM_…) are not passed on. Ends the test process when the program cannot be started.
  ChildProcess(const std::string& program, const std::vector<std::string>& arguments,
               const std::string& log);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void Signal(int signal) const;
  // The exit code, or 128 + the signal that ended it; absent when it still runs after `patience`.
  std::optional<int> Wait(absl::Duration patience);
  bool Running() { return !Wait(absl::ZeroDuration()).has_value(); }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

// Runs a program to its end; its exit code and all that it printed.
struct Finished {
  int exit_code = -1;
  std::string output;
};
Finished RunProgram(const std::string& program, const std::vector<std::string>& arguments,
                    absl::Duration patience = absl::Seconds(120));

}  // namespace dm::testing
