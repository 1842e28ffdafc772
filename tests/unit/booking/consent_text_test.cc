#include "services/booking/domain/consent_text.h"

#include "common/time/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dm::booking {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

ConsentSubject Subject(absl::CivilSecond start = absl::CivilSecond(2026, 12, 7, 9),
                       absl::CivilSecond end = absl::CivilSecond(2026, 12, 9, 17)) {
  return {.booking_id = "01940000-0000-7000-8000-0000000000b1",
          .scheme = Scheme::kMiniStageCci,
          .session_title = "Découvrir la boulangerie",
          .start_time = absl::FromCivil(start, ParisTimeZone()),
          .end_time = absl::FromCivil(end, ParisTimeZone())};
}

const absl::CivilDay kToday(2026, 11, 24);

TEST(ConsentChoicesTest, SayWordForWordWhatIsAgreedTo) {
  const auto choices = ConsentChoices(Subject(), kToday);
  ASSERT_THAT(choices, SizeIs(3));
  EXPECT_EQ(choices[0].text,
            "En tant que responsable légal·e, j'autorise mon enfant à participer à « Découvrir la "
            "boulangerie », du lundi 7 décembre 2026 à 9 h au mercredi 9 décembre 2026 à 17 h. Je "
            "peux retirer cet accord à tout moment avec le lien que j'ai reçu.");
  EXPECT_THAT(choices[1].text,
              HasSubstr("chambre de commerce et d'industrie jusqu'au mardi 31 août"));
  EXPECT_THAT(choices[2].text, HasSubstr("à toutes les rencontres et à tous les mini-stages"));
  EXPECT_EQ(choices[0].terms.booking_id, Subject().booking_id);
  EXPECT_EQ(choices[1].terms.scheme, Scheme::kMiniStageCci);
  EXPECT_EQ(choices[2].terms.until, absl::CivilDay(2027, 8, 31));
}

TEST(ConsentChoicesTest, TheHashTellsTextsApart) {
  std::set<std::string> hashes;
  for (const ConsentChoice& choice : ConsentChoices(Subject(), kToday)) {
    EXPECT_THAT(choice.hash, SizeIs(64));
    hashes.insert(choice.hash);
  }
  ConsentSubject renamed = Subject();
  renamed.session_title = "Découvrir la fonderie";
  hashes.insert(ConsentChoices(renamed, kToday)[0].hash);
  EXPECT_THAT(hashes, SizeIs(4));
  EXPECT_EQ(ConsentChoices(Subject(), kToday)[0].hash, ConsentChoices(Subject(), kToday)[0].hash);
}

TEST(ConsentChoicesTest, EverySchemeHasItsWords) {
  std::set<std::string> texts;
  for (const Scheme scheme : AllSchemes()) {
    ConsentSubject subject = Subject();
    subject.scheme = scheme;
    texts.insert(ConsentChoices(subject, kToday)[1].text);
  }
  // What one text covers, no other does.
  EXPECT_THAT(texts, SizeIs(AllSchemes().size()));
}

TEST(ConsentChoicesTest, WhatReachesTooFarIsNotOffered) {
  const auto choices = ConsentChoices(
      Subject(absl::CivilSecond(2027, 10, 4, 9), absl::CivilSecond(2027, 10, 4, 17)), kToday);
  ASSERT_THAT(choices, SizeIs(1));
  EXPECT_EQ(choices[0].terms.scope, Consent::Scope::kBooking);
}

TEST(EndOfSchoolYearTest, IsTheNextLastOfAugust) {
  EXPECT_EQ(EndOfSchoolYear(absl::CivilDay(2026, 9, 1)), absl::CivilDay(2027, 8, 31));
  EXPECT_EQ(EndOfSchoolYear(absl::CivilDay(2027, 8, 31)), absl::CivilDay(2027, 8, 31));
  EXPECT_EQ(EndOfSchoolYear(absl::CivilDay(2027, 1, 1)), absl::CivilDay(2027, 8, 31));
  // The end of a session is the instant after.
  const auto choices = ConsentChoices(
      Subject(absl::CivilSecond(2027, 8, 31, 9), absl::CivilSecond(2027, 9, 1, 0)), kToday);
  EXPECT_EQ(choices[2].terms.until, absl::CivilDay(2027, 8, 31));
}

TEST(UntilFaultTest, AStandingConsentIsForAYearAtMost) {
  const auto terms = [](std::optional<absl::CivilDay> until) {
    return ConsentTerms{
        .scope = Consent::Scope::kAll, .booking_id = "", .scheme = std::nullopt, .until = until};
  };
  EXPECT_EQ(UntilFault(terms(kToday), kToday), "");
  EXPECT_EQ(UntilFault(terms(kToday + 366), kToday), "");
  EXPECT_NE(UntilFault(terms(kToday + 367), kToday), "");
  EXPECT_NE(UntilFault(terms(kToday - 1), kToday), "");
  EXPECT_NE(UntilFault(terms(std::nullopt), kToday), "");
  ConsentTerms one = {.scope = Consent::Scope::kBooking,
                      .booking_id = "x",
                      .scheme = std::nullopt,
                      .until = std::nullopt};
  EXPECT_EQ(UntilFault(one, kToday), "");
  one.until = kToday;
  EXPECT_NE(UntilFault(one, kToday), "");
}

TEST(ConsentRecordTest, NamesComeBack) {
  for (const auto scope :
       {Consent::Scope::kBooking, Consent::Scope::kScheme, Consent::Scope::kAll}) {
    EXPECT_EQ(ParseConsentScope(ConsentScopeName(scope)), scope);
  }
  for (const auto method : {ConsentMethod::kLink, ConsentMethod::kPaper}) {
    EXPECT_EQ(ParseConsentMethod(ConsentMethodName(method)), method);
  }
  EXPECT_EQ(ParseConsentScope(""), std::nullopt);
  EXPECT_EQ(ParseConsentMethod("ORAL"), std::nullopt);
}

}  // namespace
}  // namespace dm::booking
