#include "tests/integration/notification/smtp_sink.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

namespace dm::notification {
namespace {

std::string DecodeQuotedPrintable(absl::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '=') {
      plain += text[i];
    } else if (absl::StartsWith(text.substr(i), "=\r\n")) {
      i += 2;
    } else {
      plain += absl::HexStringToBytes(text.substr(i + 1, 2));
      i += 2;
    }
  }
  return plain;
}

std::string DecodeBase64(absl::string_view text) {
  std::string plain;
  absl::Base64Unescape(absl::StrReplaceAll(text, {{"\r\n", ""}}), &plain);
  return plain;
}

// "<a@b>" without its brackets, from "MAIL FROM:<a@b> SIZE=1".
std::string AddressIn(absl::string_view command) {
  const size_t open = command.find('<'), close = command.find('>');
  return std::string(command.substr(open + 1, close - open - 1));
}

}  // namespace

std::string ReceivedMail::Header(absl::string_view name) const {
  const absl::string_view headers(content.data(), content.find("\r\n\r\n"));
  const std::string unfolded = absl::StrReplaceAll(headers, {{"\r\n ", " "}, {"\r\n\t", " "}});
  for (absl::string_view line : absl::StrSplit(unfolded, "\r\n")) {
    const std::string start = absl::StrCat(name, ": ");
    if (absl::StartsWithIgnoreCase(line, start)) return std::string(line.substr(start.size()));
  }
  return "";
}

std::string ReceivedMail::Part(absl::string_view type) const {
  const size_t at = content.find(absl::StrCat("\r\nContent-Type: ", type));
  if (at == std::string::npos) return "";
  const size_t head_end = content.find("\r\n\r\n", at);
  const size_t end = content.find("\r\n--", head_end);
  const absl::string_view head(content.data() + at, head_end - at);
  const absl::string_view body(content.data() + head_end + 4, end - head_end - 4);
  if (absl::StrContains(head, "quoted-printable")) return DecodeQuotedPrintable(body);
  if (absl::StrContains(head, "base64")) return DecodeBase64(body);
  return std::string(body);
}

// One connection.
class SmtpSink::Session {
 public:
  Session(SmtpSink* sink, int connection) : sink_(sink), connection_(connection) {}

  void Run() {
    if (!Answer("GREETING", "220 sink ESMTP")) return;
    std::string line;
    while (ReadLine(&line)) {
      {
        absl::MutexLock lock(&sink_->mutex_);
        sink_->commands_.push_back(line);
      }
      if (!Obey(line)) return;
    }
  }

 private:
  bool Obey(const std::string& line) {
    if (absl::StartsWith(line, "EHLO")) return Send("250-sink\r\n250 8BITMIME");
    if (absl::StartsWith(line, "MAIL FROM:")) {
      mail_ = {AddressIn(line), "", ""};
      return Answer("MAIL", "250 OK");
    }
    if (absl::StartsWith(line, "RCPT TO:")) {
      mail_.recipient = AddressIn(line);
      return Answer("RCPT", "250 OK");
    }
    if (line == "DATA") return Send("354 go on") && ReadContent() && Answer("END", "250 OK");
    if (line == "QUIT") {
      Send("221 bye");
      return false;
    }
    return Send("250 OK");
  }

  bool ReadContent() {
    std::string line;
    while (ReadLine(&line)) {
      if (line == ".") {
        absl::MutexLock lock(&sink_->mutex_);
        sink_->mails_.push_back(mail_);
        return true;
      }
      absl::string_view text = line;
      absl::ConsumePrefix(&text, ".");
      absl::StrAppend(&mail_.content, text, "\r\n");
    }
    return false;
  }

  bool ReadLine(std::string* line) {
    size_t end;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
      char bytes[4096];
      const ssize_t count = recv(connection_, bytes, sizeof(bytes), 0);
      if (count <= 0) return false;
      buffer_.append(bytes, static_cast<size_t>(count));
    }
    *line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return true;
  }

  bool Answer(const std::string& stage, const std::string& usual) {
    const std::string answer = sink_->AnswerFor(stage, usual);
    if (!answer.empty()) return Send(answer);
    shutdown(connection_, SHUT_RDWR);
    return false;
  }

  bool Send(const std::string& text) {
    const std::string line = absl::StrCat(text, "\r\n");
    return send(connection_, line.data(), line.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(line.size());
  }

  SmtpSink* const sink_;
  const int connection_;
  std::string buffer_;
  ReceivedMail mail_;
};

SmtpSink::SmtpSink() {
  listener_ = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener_, generic, length) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, generic, &length) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

SmtpSink::~SmtpSink() {
  std::vector<std::thread> sessions;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    shutdown(listener_, SHUT_RDWR);
    for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
  }
  acceptor_.join();
  {
    absl::MutexLock lock(&mutex_);
    sessions.swap(sessions_);
  }
  for (std::thread& session : sessions) session.join();
  absl::MutexLock lock(&mutex_);
  for (const int connection : connections_) close(connection);
  close(listener_);
}

std::string SmtpSink::url() const { return absl::StrCat("smtp://127.0.0.1:", port_); }

void SmtpSink::Accept() {
  while (true) {
    const int connection = accept(listener_, nullptr, nullptr);
    if (connection < 0) return;
    absl::MutexLock lock(&mutex_);
    connections_.push_back(connection);
    if (stopping_) return;
    sessions_.emplace_back([this, connection] { Session(this, connection).Run(); });
  }
}

void SmtpSink::AnswerOnce(const std::string& stage, const std::string& answer) {
  absl::MutexLock lock(&mutex_);
  answers_[stage].push_back(answer);
}

std::string SmtpSink::AnswerFor(const std::string& stage, const std::string& usual) {
  absl::MutexLock lock(&mutex_);
  std::deque<std::string>& answers = answers_[stage];
  if (answers.empty()) return usual;
  std::string answer = std::move(answers.front());
  answers.pop_front();
  return answer;
}

std::vector<ReceivedMail> SmtpSink::mails() const {
  absl::MutexLock lock(&mutex_);
  return mails_;
}

std::vector<ReceivedMail> SmtpSink::AwaitMails(size_t count) const {
  const auto enough = [&]()
                          ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return mails_.size() >= count; };
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(30));
  return mails_;
}

std::vector<std::string> SmtpSink::commands() const {
  absl::MutexLock lock(&mutex_);
  return commands_;
}

}  // namespace dm::notification
