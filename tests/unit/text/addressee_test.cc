#include "common/text/addressee.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm {
namespace {

using testing::IsEmpty;
using testing::Not;

std::string Times(int n, const std::string& text) {
  std::string all;
  for (int i = 0; i < n; ++i) all += text;
  return all;
}

TEST(DisplayNameFaultTest, RefusesWhatNoNameHas) {
  for (const char* name : {"Ana", "Société Générale d'Élevage", "李", "O'Brien & fils", "𝔞"}) {
    EXPECT_THAT(DisplayNameFault(name), IsEmpty()) << name;
  }
  EXPECT_THAT(DisplayNameFault(Times(100, "é")), IsEmpty());
  for (const std::string& name :
       {std::string(), std::string("  "), std::string("a\nb"), std::string("a\rb"),
        std::string("a\0b", 3), std::string("a\x7f"), std::string("a\xc2\x85"),
        std::string("a\xe2\x80\xa8"), std::string("a\xe2\x80\xae"), std::string("\xff"),
        std::string("\xc3"), std::string("\xc0\xaf"), std::string("\xed\xa0\x80"),
        std::string("\xf4\x90\x80\x80"), Times(101, "é")}) {
    EXPECT_THAT(DisplayNameFault(name), Not(IsEmpty())) << name;
  }
}

TEST(EmailFaultTest, KnowsTheShapeOfAnAddress) {
  for (const std::string& email :
       {std::string("a@b.fr"), std::string("prenom.nom+stage@ecole.ac-caen.fr"),
        std::string("contact@groupe-lemoine.demo.example"), Times(64, "a") + "@b.fr"}) {
    EXPECT_THAT(EmailFault(email), IsEmpty()) << email;
  }
  for (const std::string& email : {std::string(),
                                   std::string("a"),
                                   std::string("a@"),
                                   std::string("@b.fr"),
                                   std::string("a@b"),
                                   std::string("a@@b.fr"),
                                   std::string("a b@c.fr"),
                                   std::string("a@b.fr\r\nBcc: x@y.fr"),
                                   std::string("a@b.fr\n"),
                                   std::string("a@-b.fr"),
                                   std::string("a@b..fr"),
                                   std::string(".a@b.fr"),
                                   std::string("a.@b.fr"),
                                   std::string("é@b.fr"),
                                   std::string("a@é.fr"),
                                   std::string("<a@b.fr>"),
                                   std::string("a@b.fr,c@d.fr"),
                                   Times(65, "a") + "@b.fr",
                                   "a@" + Times(130, "a.") + "fr",
                                   "a@" + Times(64, "b") + ".fr"}) {
    EXPECT_THAT(EmailFault(email), Not(IsEmpty())) << email;
  }
}

TEST(MailboxOfTest, IsTheSameForWhatReachesOneMailbox) {
  const struct {
    const char* email;
    const char* mailbox;
  } kCases[] = {
      {"ana@x.example", "ana@x.example"},      {"Ana@X.Example", "ana@x.example"},
      {"ana+papa@x.example", "ana@x.example"}, {"ana+a+b@x.example", "ana@x.example"},
      {"+ana@x.example", "+ana@x.example"},    {"ana", "ana"},
  };
  for (const auto& c : kCases) EXPECT_EQ(MailboxOf(c.email), c.mailbox) << c.email;
}

}  // namespace
}  // namespace dm
