#include "services/notification/delivery/smtp_transport.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

#include <curl/curl.h>

#include <algorithm>
#include <array>

namespace dm::notification {
namespace {

// How far a mail has come: an answer means something else at each stage.
enum class Stage { kGreeting, kSender, kRecipient };

// libcurl tells only the last answer's code; what it answered is seen here.
int WatchStage(CURL*, curl_infotype type, char* text, size_t size, void* stage) {
  if (type != CURLINFO_HEADER_OUT) return 0;
  const absl::string_view command(text, size);
  if (absl::StartsWith(command, "MAIL FROM:")) *static_cast<Stage*>(stage) = Stage::kSender;
  if (absl::StartsWith(command, "RCPT TO:")) *static_cast<Stage*>(stage) = Stage::kRecipient;
  return 0;
}

SendResult Judge(CURLcode code, Stage stage, int smtp_code) {
  if (code == CURLE_OK) return SendResult::kSent;
  // A refusal of the greeting, the login or the sender is meant for us, not for this mail.
  if (stage == Stage::kRecipient && smtp_code >= 500) return SendResult::kRefused;
  if (stage != Stage::kGreeting && smtp_code >= 400 && smtp_code < 500) {
    return SendResult::kDeferred;
  }
  return SendResult::kUnreachable;
}

struct Freed {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
};
using List = std::unique_ptr<curl_slist, Freed>;
using Mime = std::unique_ptr<curl_mime, Freed>;

void Append(List& list, const std::string& line) {
  list.reset(curl_slist_append(list.release(), line.c_str()));
}

List HeadersOf(const OutgoingMail& mail) {
  List headers;
  Append(headers, absl::StrCat("From: ", HeaderAddress(mail.from)));
  Append(headers, absl::StrCat("To: ", HeaderAddress(mail.to)));
  Append(headers, absl::StrCat("Subject: ", HeaderText(mail.content.subject)));
  Append(headers, absl::StrCat("Date: ", absl::FormatTime(absl::RFC1123_full, mail.date,
                                                          absl::UTCTimeZone())));
  Append(headers, absl::StrCat("Message-ID: <", mail.message_id, ">"));
  Append(headers, "Auto-Submitted: auto-generated");
  const std::string& stop_url = mail.content.stop_url;
  if (!stop_url.empty()) Append(headers, absl::StrCat("List-Unsubscribe: <", stop_url, ">"));
  // RFC 8058, which knows https alone. Mail programs believe it of a mail whose DKIM signature has
  // both headers in it; the server that relays them signs.
  if (absl::StartsWith(stop_url, "https://")) {
    Append(headers, "List-Unsubscribe-Post: List-Unsubscribe=One-Click");
  }
  return headers;
}

// Quoted-printable knows a line's end by CRLF only.
std::string WithCrlf(const std::string& text) {
  return absl::StrReplaceAll(text, {{"\r\n", "\r\n"}, {"\n", "\r\n"}});
}

void AddText(curl_mime* mime, const std::string& text, const char* type) {
  curl_mimepart* part = curl_mime_addpart(mime);
  curl_mime_data(part, text.data(), text.size());
  curl_mime_type(part, type);
  curl_mime_encoder(part, "quoted-printable");
}

void AddCalendar(curl_mime* mime, const CalendarFile& calendar) {
  curl_mimepart* part = curl_mime_addpart(mime);
  curl_mime_data(part, calendar.content.data(), calendar.content.size());
  curl_mime_type(part,
                 absl::StrCat("text/calendar; charset=utf-8; method=", calendar.method).c_str());
  curl_mime_encoder(part, "base64");
  curl_mime_filename(part, "rendez-vous.ics");
}

Mime BodyOf(CURL* curl, const Mail& mail) {
  Mime body(curl_mime_init(curl));
  curl_mime* alternatives = curl_mime_init(curl);
  AddText(alternatives, WithCrlf(mail.text), "text/plain; charset=utf-8");
  AddText(alternatives, WithCrlf(mail.html), "text/html; charset=utf-8");
  curl_mimepart* part = curl_mime_addpart(body.get());
  curl_mime_subparts(part, alternatives);
  curl_mime_type(part, "multipart/alternative");
  if (mail.calendar.has_value()) AddCalendar(body.get(), *mail.calendar);
  return body;
}

// Whether it can stand between angle brackets.
bool IsSafeToken(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c <= '~' && c != '<' && c != '>'; });
}

// Not thread-safe in libcurl before 7.84, and cheap to do once.
void StartCurlOnce() {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(started);
}

}  // namespace

struct SmtpTransport::Handle {
  Handle() : curl(curl_easy_init()) {}
  ~Handle() { curl_easy_cleanup(curl); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  CURL* const curl;
};

SmtpTransport::SmtpTransport(Options options)
    : options_(std::move(options)), handle_((StartCurlOnce(), new Handle)) {}

SmtpTransport::~SmtpTransport() = default;

SendOutcome SmtpTransport::Send(const OutgoingMail& mail) {
  if (!IsSafe(mail.from) || !IsSafe(mail.to) || mail.message_id.empty() ||
      !IsSafeToken(mail.message_id) || !IsSafeToken(mail.content.stop_url)) {
    return {SendResult::kInvalid, 0};
  }
  std::string password;
  if (!options_.user.empty()) {
    absl::StatusOr<std::string> read = options_.password();
    if (!read.ok()) return {SendResult::kUnreachable, 0};
    password = *std::move(read);
  }

  absl::MutexLock lock(&mutex_);
  CURL* const curl = handle_->curl;
  // Keeps the connection.
  curl_easy_reset(curl);
  const List headers = HeadersOf(mail);
  const Mime body = BodyOf(curl, mail.content);
  List recipients;
  Append(recipients, absl::StrCat("<", mail.to.address, ">"));
  Stage stage = Stage::kGreeting;

  curl_easy_setopt(curl, CURLOPT_URL, options_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, absl::StrCat("<", mail.from.address, ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_MIMEPOST, body.get());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(options_.timeout)));
  // A server drops connections that idle; one that was kept too long would cost a failed attempt.
  curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, 15L);
  curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
  curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, WatchStage);
  curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &stage);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  const bool plain = options_.plain_allowed && options_.user.empty();
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(plain ? CURLUSESSL_TRY : CURLUSESSL_ALL));
  if (!options_.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, options_.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, password.c_str());
  }

  const CURLcode code = curl_easy_perform(curl);
  long smtp_code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &smtp_code);
  // What lives no longer than this call must not stay in the handle.
  curl_easy_reset(curl);
  return {Judge(code, stage, static_cast<int>(smtp_code)), static_cast<int>(smtp_code)};
}

absl::string_view SendResultName(SendResult result) {
  switch (result) {
    case SendResult::kSent:
      return "sent";
    case SendResult::kRefused:
      return "refused";
    case SendResult::kDeferred:
      return "deferred";
    case SendResult::kUnreachable:
      return "unreachable";
    case SendResult::kInvalid:
      return "invalid";
  }
  return "";
}

}  // namespace dm::notification
