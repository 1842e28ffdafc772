#include "services/gateway/cli/progress.h"

namespace dm::gateway::cli {

void Progress::Show(const std::string& text) {
  if (session_->json()) {
    if (text != last_) session_->err() << JsonText({{"progress", text}}) << std::endl;
  } else if (session_->interactive()) {
    Clear();
    session_->err() << text << std::flush;
    shown_ = true;
  } else if (text != last_) {
    session_->err() << text << std::endl;
  }
  last_ = text;
}

void Progress::Conclude(const std::string& text) {
  Clear();
  Show(text);
  if (shown_) session_->err() << std::endl;
  shown_ = false;
}

void Progress::Clear() {
  if (shown_) session_->err() << "\r\033[K" << std::flush;
  shown_ = false;
}

}  // namespace dm::gateway::cli
