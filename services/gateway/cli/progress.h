#pragma once

#include "services/gateway/cli/session.h"

#include <string>

namespace dm::gateway::cli {

// How far a long command has come, on its stream of errors: one line that changes on a terminal,
// else a line for each text that is another than the last.
class Progress {
 public:
  // The session outlives it.
  explicit Progress(Session* session) : session_(session) {}
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(const std::string& text);
  // Says what came of it, for good.
  void Conclude(const std::string& text);
  // Takes the changing line away.
  void Clear();

 private:
  Session* const session_;
  bool shown_ = false;
  std::string last_;
};

}  // namespace dm::gateway::cli
