#pragma once

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

#include <deque>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace dm::notification {

// A mail as the sink received it.
struct ReceivedMail {
  std::string sender;
  std::string recipient;
  // Headers and body; lines end with CRLF.
  std::string content;

  // A header's unfolded value; empty when there is none.
  std::string Header(absl::string_view name) const;
  // The decoded content of the first part of that type; empty when there is none.
  std::string Part(absl::string_view type) const;
};

// An SMTP server on a free port of the loopback interface that keeps what it is sent. It ends with
// this object. Thread-safe.
class SmtpSink {
 public:
  SmtpSink();
  ~SmtpSink();

  std::string url() const;

  // What the sink answers once, instead of yes, at a stage: "GREETING", "MAIL", "RCPT" or "END"
  // (after the content, which is kept all the same). Empty: it hangs up without a word.
  void AnswerOnce(const std::string& stage, const std::string& answer);

  std::vector<ReceivedMail> mails() const;
  // Waits, at most half a minute, until there are as many.
  std::vector<ReceivedMail> AwaitMails(size_t count) const;
  // Every command received, in order of arrival.
  std::vector<std::string> commands() const;

 private:
  class Session;

  void Accept();
  std::string AnswerFor(const std::string& stage, const std::string& usual);

  int listener_ = -1;
  int port_ = 0;
  mutable absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::map<std::string, std::deque<std::string>> answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<ReceivedMail> mails_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> commands_ ABSL_GUARDED_BY(mutex_);
  std::vector<int> connections_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> sessions_ ABSL_GUARDED_BY(mutex_);
  std::thread acceptor_;
};

}  // namespace dm::notification
