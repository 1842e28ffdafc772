#include "services/notification/delivery/smtp_transport.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/integration/notification/smtp_sink.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::notification {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

OutgoingMail AMail() {
  OutgoingMail mail;
  mail.from = {"Destination Métier", "ne-pas-repondre@destinationmetier.example"};
  mail.to = {"Ana Élève", "ana@lycee.example"};
  mail.message_id = "m1@destinationmetier.example";
  mail.date = absl::FromUnixSeconds(1'790'000'000);
  mail.content = {"Place confirmée : découvrir la fabrication de coton à Caligny, près de Flers",
                  "Bonjour Ana,\n.\n\nà bientôt\n", "<p>Bonjour Ana,</p>\n",
                  CalendarFile{"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "PUBLISH"}};
  return mail;
}

class SmtpTransportTest : public ::testing::Test {
 protected:
  SmtpSink sink_;
  SmtpTransport transport_{{.url = sink_.url(), .plain_allowed = true}};
};

// The text of encoded words (RFC 2047, base64).
std::string Decoded(absl::string_view header) {
  std::string text;
  for (absl::string_view word : absl::StrSplit(header, ' ')) {
    std::string part;
    EXPECT_LE(word.size(), 75) << word;
    EXPECT_TRUE(absl::Base64Unescape(word.substr(10, word.size() - 12), &part)) << word;
    text += part;
  }
  return text;
}

TEST_F(SmtpTransportTest, SendsHeadersBothTextsAndTheCalendar) {
  EXPECT_EQ(transport_.Send(AMail()).result, SendResult::kSent);
  const std::vector<ReceivedMail> mails = sink_.mails();
  ASSERT_THAT(mails, SizeIs(1));
  const ReceivedMail& mail = mails[0];
  EXPECT_EQ(mail.sender, "ne-pas-repondre@destinationmetier.example");
  EXPECT_EQ(mail.recipient, "ana@lycee.example");
  EXPECT_EQ(mail.Header("Message-ID"), "<m1@destinationmetier.example>");
  EXPECT_EQ(mail.Header("Date"), "Mon, 21 Sep 2026 14:13:20 +0000");
  EXPECT_EQ(mail.Header("Auto-Submitted"), "auto-generated");
  EXPECT_EQ(Decoded(mail.Header("Subject")), AMail().content.subject);
  EXPECT_THAT(mail.Header("From"), HasSubstr("<ne-pas-repondre@destinationmetier.example>"));
  EXPECT_THAT(mail.Header("To"), HasSubstr("=?UTF-8?B?"));
  EXPECT_THAT(mail.Header("MIME-Version"), Not(IsEmpty()));
  EXPECT_EQ(absl::StrReplaceAll(mail.Part("text/plain"), {{"\r\n", "\n"}}), AMail().content.text);
  EXPECT_EQ(mail.Part("text/html"), "<p>Bonjour Ana,</p>\r\n");
  EXPECT_EQ(mail.Part("text/calendar; charset=utf-8; method=PUBLISH"),
            AMail().content.calendar->content);
  EXPECT_THAT(mail.content, HasSubstr("multipart/alternative"));
  EXPECT_THAT(mail.content, HasSubstr("filename=\"rendez-vous.ics\""));
  for (absl::string_view line : absl::StrSplit(mail.content, "\r\n")) {
    EXPECT_LE(line.size(), 998);
    for (const char c : line) EXPECT_LT(static_cast<unsigned char>(c), 0x80) << line;
  }
}

TEST_F(SmtpTransportTest, SaysWhereSuchMailsAreStopped) {
  OutgoingMail mail = AMail();
  EXPECT_EQ(transport_.Send(mail).result, SendResult::kSent);
  mail.content.stop_url = "https://platform.example/desabonnement/ZyXwVuTsRqPoNmLkJiHgFe";
  EXPECT_EQ(transport_.Send(mail).result, SendResult::kSent);
  mail.content.stop_url = "http://127.0.0.1:8080/desabonnement/ZyXwVuTsRqPoNmLkJiHgFe";
  EXPECT_EQ(transport_.Send(mail).result, SendResult::kSent);
  const std::vector<ReceivedMail> mails = sink_.mails();
  ASSERT_THAT(mails, SizeIs(3));
  EXPECT_THAT(mails[0].content, Not(HasSubstr("List-Unsubscribe")));
  EXPECT_EQ(mails[1].Header("List-Unsubscribe"),
            "<https://platform.example/desabonnement/ZyXwVuTsRqPoNmLkJiHgFe>");
  EXPECT_EQ(mails[1].Header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
  // One click is for https alone; the page is not.
  EXPECT_EQ(mails[2].Header("List-Unsubscribe"),
            "<http://127.0.0.1:8080/desabonnement/ZyXwVuTsRqPoNmLkJiHgFe>");
  EXPECT_THAT(mails[2].Header("List-Unsubscribe-Post"), IsEmpty());
}

TEST_F(SmtpTransportTest, KeepsItsConnection) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(transport_.Send(AMail()).result, SendResult::kSent);
  EXPECT_THAT(sink_.mails(), SizeIs(3));
  int greetings = 0;
  for (const std::string& command : sink_.commands()) {
    if (command.substr(0, 4) == "EHLO") ++greetings;
  }
  EXPECT_EQ(greetings, 1);
}

TEST_F(SmtpTransportTest, TellsWhatAnAnswerMeans) {
  struct Case {
    const char* stage;
    const char* answer;
    SendResult result;
  };
  const Case cases[] = {
      {"RCPT", "550 5.1.1 no such user", SendResult::kRefused},
      {"END", "554 5.7.1 refused", SendResult::kRefused},
      {"RCPT", "451 4.7.1 come back later", SendResult::kDeferred},
      {"END", "452 4.3.1 disk full", SendResult::kDeferred},
      {"MAIL", "421 4.3.2 closing", SendResult::kDeferred},
      // Not about this mail.
      {"MAIL", "550 5.7.1 not you", SendResult::kUnreachable},
      {"GREETING", "554 5.7.1 no service", SendResult::kUnreachable},
      {"GREETING", "", SendResult::kUnreachable},
      {"RCPT", "", SendResult::kUnreachable},
      {"END", "", SendResult::kUnreachable},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(testing::Message() << c.stage << " " << c.answer);
    SmtpTransport fresh({.url = sink_.url(), .plain_allowed = true});
    sink_.AnswerOnce(c.stage, c.answer);
    EXPECT_EQ(fresh.Send(AMail()).result, c.result);
    EXPECT_EQ(fresh.Send(AMail()).result, SendResult::kSent);
  }
}

TEST_F(SmtpTransportTest, RefusesWhatWouldAddAHeader) {
  std::vector<OutgoingMail> mails(7, AMail());
  mails[0].to.name = "Ana\r\nBcc: all@x.example";
  mails[1].to.address = "ana@lycee.example\r\nBcc: all@x.example";
  mails[2].to.address = "ana@lycee.example>\r\nRCPT TO:<all@x.example";
  mails[3].from.name = "A\nB";
  mails[4].message_id = "m1@x\r\nBcc: all@x.example";
  mails[5].to.address = "ana";
  mails[6].content.stop_url = "https://x.example/a>\r\nBcc: all@x.example";
  for (const OutgoingMail& mail : mails) {
    EXPECT_EQ(transport_.Send(mail).result, SendResult::kInvalid);
  }
  EXPECT_THAT(sink_.commands(), IsEmpty());
}

TEST_F(SmtpTransportTest, ASubjectWithALineBreakStaysASubject) {
  OutgoingMail mail = AMail();
  mail.content.subject = "Place\r\nBcc: all@x.example";
  EXPECT_EQ(transport_.Send(mail).result, SendResult::kSent);
  EXPECT_THAT(sink_.mails().at(0).Header("Bcc"), IsEmpty());
}

TEST_F(SmtpTransportTest, SendsNothingInPlainTextToAServerElsewhere) {
  SmtpTransport elsewhere({.url = sink_.url()});
  EXPECT_EQ(elsewhere.Send(AMail()).result, SendResult::kUnreachable);
  EXPECT_THAT(sink_.mails(), IsEmpty());
  EXPECT_THAT(sink_.commands(), Not(Contains(StartsWith("MAIL"))));
}

TEST_F(SmtpTransportTest, NeverLogsInOverPlainText) {
  SmtpTransport with_login(
      {.url = sink_.url(), .plain_allowed = true, .user = "mailer", .password = [] {
         return std::string("secret");
       }});
  EXPECT_EQ(with_login.Send(AMail()).result, SendResult::kUnreachable);
  EXPECT_THAT(sink_.mails(), IsEmpty());
  EXPECT_THAT(sink_.commands(), Not(Contains(StartsWith("AUTH"))));
}

TEST(SmtpTransportDownTest, SaysThatNobodyListens) {
  std::string url;
  {
    SmtpSink gone;
    url = gone.url();
  }
  SmtpTransport transport({.url = url});
  EXPECT_EQ(transport.Send(AMail()).result, SendResult::kUnreachable);
}

TEST(ParseMailAddressTest, ReadsBothForms) {
  const auto full = ParseMailAddress("Destination Métier <no@x.example>");
  ASSERT_TRUE(full.ok());
  EXPECT_EQ(full->name, "Destination Métier");
  EXPECT_EQ(full->address, "no@x.example");
  const auto bare = ParseMailAddress(" no@x.example ");
  ASSERT_TRUE(bare.ok());
  EXPECT_EQ(bare->name, "");
  for (const char* wrong : {"", "x", "A <x>", "A <no@x.example", "A\nB <no@x.example>"}) {
    EXPECT_FALSE(ParseMailAddress(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace dm::notification
