#include "services/booking/domain/agreement_content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace dm::booking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Fields(const Violations& violations) {
  std::vector<std::string> fields;
  const auto details = GetErrorDetails(violations.ToStatus());
  if (!details.has_value()) return fields;
  for (const FieldViolation& violation : details->fields) fields.push_back(violation.field);
  return fields;
}

AgreementContent Complete() {
  AgreementContent content;
  content.young = {"Zoé",  "Martin", "1 rue du Bocage\n61100 Flers",
                   "3e B", "Paule",  "06 00 00 00 01"};
  content.guardian = {"Paule Martin", "paule@exemple.fr", ""};
  content.host = {"Boulangerie", "3 place du Marché", ""};
  content.tutor = {"Marc", "Boulanger", "marc@exemple.fr", "+33 2 33 00 00 03"};
  content.school = {"0610021S", "Collège du Val", "", "Claire", "claire@exemple.fr"};
  content.stay.profession = "D1102";
  content.stay.profession_title = "Boulanger";
  content.stay.objectives = "Découvrir.";
  content.stay.activities = "Observer.\n\nQuestionner.";
  content.stay.supervision = "Toujours.";
  content.stay.schedule = {{absl::CivilDay(2026, 12, 21), 540, 1020, 60},
                           {absl::CivilDay(2026, 12, 22), 540, 1440, 0}};
  content.insurance = {"Mutuelle", "M 1", "Assurance", "A 1"};
  return content;
}

TEST(AgreementContentTest, NothingIsWrongWithWhatIsRightOrEmpty) {
  Violations violations;
  CheckAgreementContent(AgreementContent(), "", violations);
  CheckAgreementContent(Complete(), "", violations);
  CheckAgreementComplete(Complete(), Scheme::kMiniStageCci, true, "", violations);
  CheckScheduleWithin(Complete(), absl::CivilDay(2026, 12, 21), absl::CivilDay(2026, 12, 22), "",
                      violations);
  EXPECT_THAT(Fields(violations), IsEmpty());
}

TEST(AgreementContentTest, EachWrongFormIsNamed) {
  struct Case {
    const char* field;
    std::function<void(AgreementContent&)> spoil;
  };
  const Case cases[] = {
      {"young.given_name", [](auto& c) { c.young.given_name = std::string(81, 'x'); }},
      {"young.family_name", [](auto& c) { c.young.family_name = "Zoé\nMartin"; }},
      {"young.address", [](auto& c) { c.young.address = "1 rue\r\nFlers"; }},
      // Marks that turn the direction of a line, and controls of the second block.
      {"young.course", [](auto& c) { c.young.course = "3e \u202Exe"; }},
      {"young.emergency_name", [](auto& c) { c.young.emergency_name = "Pa\u0085ule"; }},
      {"young.emergency_phone", [](auto& c) { c.young.emergency_phone = "12 34"; }},
      {"guardian.name", [](auto& c) { c.guardian.name = "   "; }},
      {"guardian.email", [](auto& c) { c.guardian.email = "paule@"; }},
      {"guardian.phone", [](auto& c) { c.guardian.phone = "06 00 00 00 0a"; }},
      {"host.legal_name", [](auto& c) { c.host.legal_name = std::string(151, 'x'); }},
      {"tutor.email", [](auto& c) { c.tutor.email = "a@b.example, c@d.example"; }},
      {"tutor.phone", [](auto& c) { c.tutor.phone = "0123456789012345"; }},
      {"school.uai", [](auto& c) { c.school.uai = "0610021A"; }},
      {"stay.profession", [](auto& c) { c.stay.profession = "d1102"; }},
      {"stay.objectives", [](auto& c) { c.stay.objectives = std::string(2001, 'x'); }},
      {"stay.lodging", [](auto& c) { c.stay.lodging = std::string(501, 'x'); }},
      {"insurance.host_policy", [](auto& c) { c.insurance.host_policy = std::string(51, 'x'); }},
      {"stay.schedule[1]", [](auto& c) { c.stay.schedule[1].day = c.stay.schedule[0].day; }},
      {"stay.schedule[0]", [](auto& c) { c.stay.schedule[0].end_minute = 540; }},
      {"stay.schedule[1]", [](auto& c) { c.stay.schedule[1].end_minute = 1441; }},
      {"stay.schedule[0]", [](auto& c) { c.stay.schedule[0].start_minute = -1; }},
      {"stay.schedule[0]", [](auto& c) { c.stay.schedule[0].break_minutes = 480; }},
  };
  for (const Case& c : cases) {
    AgreementContent content = Complete();
    c.spoil(content);
    Violations violations;
    CheckAgreementContent(content, "", violations);
    EXPECT_THAT(Fields(violations), ElementsAre(c.field));
  }
}

TEST(AgreementContentTest, LengthsCountCharactersNotBytes) {
  AgreementContent content;
  for (int i = 0; i < 80; ++i) content.young.given_name += "é";
  Violations violations;
  CheckAgreementContent(content, "", violations);
  EXPECT_THAT(Fields(violations), IsEmpty());
  content.young.given_name += "é";
  CheckAgreementContent(content, "", violations);
  EXPECT_THAT(Fields(violations), ElementsAre("young.given_name"));
}

TEST(AgreementContentTest, ThereAreNotMoreDaysThanAMonthHas) {
  AgreementContent content;
  for (int i = 0; i <= kMostScheduleDays; ++i) {
    content.stay.schedule.push_back({absl::CivilDay(2026, 12, 1) + i, 540, 600, 0});
  }
  Violations violations;
  CheckAgreementContent(content, "a.", violations);
  EXPECT_THAT(Fields(violations), ElementsAre("a.stay.schedule"));
}

TEST(AgreementContentTest, WhatIsNeededDependsOnAgeAndScheme) {
  AgreementContent content = Complete();
  content.guardian = {};
  content.school = {};
  content.young.emergency_name.clear();
  const auto missing = [&](Scheme scheme, bool minor) {
    Violations violations;
    CheckAgreementComplete(content, scheme, minor, "", violations);
    return Fields(violations);
  };
  EXPECT_THAT(missing(Scheme::kMiniStageCci, false), IsEmpty());
  EXPECT_THAT(missing(Scheme::kMiniStageCci, true),
              ElementsAre("young.emergency_name", "guardian.name", "guardian.email"));
  EXPECT_THAT(missing(Scheme::kAdultImmersion, false),
              ElementsAre("school.name", "school.referent_name", "school.referent_email"));
  content.school.name = "Collège";
  EXPECT_THAT(missing(Scheme::kMiniStageCma, false),
              ElementsAre("school.referent_name", "school.referent_email"));
}

TEST(AgreementContentTest, OneMailboxSignsForOneParty) {
  AgreementContent content = Complete();
  content.guardian.email = "Marc+parent@Exemple.fr";
  Violations violations;
  CheckAgreementComplete(content, Scheme::kMiniStageCci, true, "", violations);
  EXPECT_THAT(Fields(violations), ElementsAre("tutor.email"));
  // Who does not sign may have any address.
  Violations adult;
  CheckAgreementComplete(content, Scheme::kMiniStageCci, false, "", adult);
  EXPECT_THAT(Fields(adult), IsEmpty());
}

TEST(AgreementContentTest, DaysLieWithinTheStay) {
  Violations violations;
  CheckScheduleWithin(Complete(), absl::CivilDay(2026, 12, 22), absl::CivilDay(2026, 12, 31), "",
                      violations);
  EXPECT_THAT(Fields(violations), ElementsAre("stay.schedule[0]"));
}

}  // namespace
}  // namespace dm::booking
