#include "services/booking/domain/agreement_document.h"

#include "common/time/clock.h"
#include "services/booking/domain/signing.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace dm::booking {
namespace {

AgreementDocument Sample() {
  AgreementDocument document;
  document.agreement_id = "01934f6a-0000-7000-8000-000000000001";
  document.booking_id = "01934f6a-0000-7000-8000-000000000002";
  document.scheme = Scheme::kMiniStageCma;
  document.session_title = "Découvrir la \"boulangerie\"";
  document.host = "companies/90000001900019";
  document.department = "61";
  document.birth_date = absl::CivilDay(2012, 2, 29);
  document.level = Level::kSeconde;
  document.minor = true;
  document.start_time = absl::FromUnixSeconds(1'800'000'000);
  document.end_time = absl::FromUnixSeconds(1'800'300'000);
  document.submit_time = absl::FromUnixMicros(1'799'000'000'000'001);
  document.parties = {AgreementParty::kApplicant, AgreementParty::kGuardian, AgreementParty::kTutor,
                      AgreementParty::kSchool};
  document.content.young.given_name = "Zoé\\\n\"";
  document.content.guardian = {"Paule", "paule@exemple.fr", ""};
  document.content.tutor = {"Marc", "Boulanger", "marc@exemple.fr", ""};
  document.content.school.referent_name = "Claire";
  document.content.school.referent_email = "claire@exemple.fr";
  document.content.stay.schedule = {{absl::CivilDay(2026, 12, 21), 540, 1020, 60}};
  document.findings = {{"rule", 2, true, "1", "2", "Phrase.", "Source."}};
  return document;
}

TEST(AgreementDocumentTest, ReadsBackWhatItWrote) {
  const auto read = ParseDocument(CanonicalText(Sample()));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, Sample());
  const auto content = ParseContent(ContentText(Sample().content));
  ASSERT_TRUE(content.ok()) << content.status();
  EXPECT_EQ(*content, Sample().content);
}

TEST(AgreementDocumentTest, RefusesWhatItDidNotWrite) {
  for (const char* text : {"", "{", "[]", "{}", "null"}) {
    EXPECT_TRUE(absl::IsDataLoss(ParseDocument(text).status())) << text;
    EXPECT_TRUE(absl::IsDataLoss(ParseContent(text).status())) << text;
  }
}

TEST(AgreementDocumentTest, TheSameDocumentIsAlwaysTheSameText) {
  EXPECT_EQ(CanonicalText(Sample()), CanonicalText(Sample()));
  // Part of what was signed: whoever changes the form makes every signature that was given void.
  EXPECT_EQ(HexHash(CanonicalText(Sample())),
            "7772af334e5be6bd61a875a6b5656ab29d8bc6aee3e15163094c270d4c47e267");
}

TEST(AgreementDocumentTest, AnyOtherDocumentIsAnotherText) {
  const std::function<void(AgreementDocument&)> changes[] = {
      [](auto& d) { d.scheme = Scheme::kMiniStageCci; },
      [](auto& d) { d.birth_date += 1; },
      [](auto& d) { d.level = Level::kLycee; },
      [](auto& d) { d.start_time += absl::Microseconds(1); },
      [](auto& d) { d.parties.pop_back(); },
      [](auto& d) { d.content.young.given_name += " "; },
      [](auto& d) { d.content.guardian.email = "autre@exemple.fr"; },
      [](auto& d) { d.content.stay.schedule[0].break_minutes = 59; },
      [](auto& d) { d.content.insurance.host_policy = "1"; },
      [](auto& d) { d.findings[0].version = 3; },
      [](auto& d) { d.findings.clear(); },
  };
  std::set<std::string> texts = {CanonicalText(Sample())};
  for (const auto& change : changes) {
    AgreementDocument document = Sample();
    change(document);
    EXPECT_TRUE(texts.insert(CanonicalText(document)).second);
  }
}

TEST(AgreementDocumentTest, EachPartySignsWhereItIsReached) {
  const std::vector<Signatory> signatories = SignatoriesOf(Sample());
  ASSERT_EQ(signatories.size(), 4u);
  EXPECT_EQ(signatories[0].email, "");
  EXPECT_EQ(signatories[1].display_name, "Paule");
  EXPECT_EQ(signatories[1].email, "paule@exemple.fr");
  EXPECT_EQ(signatories[2].email, "marc@exemple.fr");
  EXPECT_EQ(signatories[3].display_name, "Claire");
  for (const Signatory& signatory : signatories) EXPECT_FALSE(signatory.signature.has_value());
}

TEST(AgreementDocumentTest, WhoTurnsEighteenOnTheFirstDayIsNoMinor) {
  const absl::Time start = absl::FromCivil(absl::CivilSecond(2026, 12, 21, 0, 30), ParisTimeZone());
  struct Case {
    absl::CivilDay birth_date;
    bool minor;
  };
  const Case cases[] = {
      {absl::CivilDay(2008, 12, 20), false},
      // In Paris it is the 21st, in UTC still the 20th.
      {absl::CivilDay(2008, 12, 21), false},
      {absl::CivilDay(2008, 12, 22), true},
  };
  for (const Case& c : cases) {
    Applicant applicant;
    applicant.birth_date = c.birth_date;
    EXPECT_EQ(IsMinorAt(applicant, start), c.minor) << c.birth_date;
  }
}

}  // namespace
}  // namespace dm::booking
