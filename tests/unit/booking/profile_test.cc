#include "services/booking/domain/profile.h"

#include "services/booking/domain/person_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::booking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const absl::CivilDay kToday(2026, 11, 24);

Applicant Pupil() {
  return {.person = "people/ana",
          .birth_date = absl::CivilDay(2012, 5, 1),
          .level = Level::kTroisieme,
          .school_uai = "0610018N",
          .department = "61"};
}

std::vector<std::string> FaultsOf(const Applicant& applicant) {
  Violations violations;
  CheckApplicant(applicant, kToday, violations);
  std::vector<std::string> fields;
  const absl::Status status = violations.ToStatus();
  if (const auto details = GetErrorDetails(status); details.has_value()) {
    for (const FieldViolation& fault : details->fields) fields.push_back(fault.field);
  }
  return fields;
}

TEST(CheckApplicantTest, AnAgeAndALevelGoTogether) {
  const struct {
    int age;
    Level level;
    bool possible;
  } kCases[] = {
      {13, Level::kQuatrieme, true},  {10, Level::kQuatrieme, false},
      {14, Level::kTroisieme, true},  {19, Level::kTroisieme, false},
      {15, Level::kSeconde, true},    {21, Level::kSeconde, false},
      {17, Level::kLycee, true},      {13, Level::kLycee, false},
      {18, Level::kStudent, true},    {14, Level::kStudent, false},
      {14, Level::kApprentice, true}, {13, Level::kApprentice, false},
      {16, Level::kAdult, true},      {15, Level::kAdult, false},
      {100, Level::kAdult, true},     {17, Level::kQuatrieme, true},
      {18, Level::kQuatrieme, false},
  };
  for (const auto& c : kCases) {
    Applicant applicant = Pupil();
    applicant.birth_date = absl::CivilDay(kToday.year() - c.age, 11, 24);
    applicant.level = c.level;
    EXPECT_EQ(FaultsOf(applicant).empty(), c.possible) << c.age << " " << LevelName(c.level);
    // The day before that birthday the person is a year younger.
    applicant.birth_date = applicant.birth_date + 1;
    EXPECT_EQ(AgeOn(applicant.birth_date, kToday), c.age - 1);
  }
}

TEST(CheckApplicantTest, EveryFaultIsNamed) {
  EXPECT_THAT(FaultsOf(Pupil()), IsEmpty());
  Applicant wrong = Pupil();
  wrong.birth_date = kToday + 1;
  wrong.school_uai = "0610018A";
  wrong.department = "20";
  EXPECT_THAT(FaultsOf(wrong),
              ElementsAre("applicant.birth_date", "applicant.school", "applicant.department"));
  Applicant without_school = Pupil();
  without_school.school_uai = "";
  EXPECT_THAT(FaultsOf(without_school), IsEmpty());
}

TEST(CheckProfileChangeTest, ABirthDateIsChosenOnce) {
  const struct {
    const char* what;
    bool proven;
    PersonPast past;
    Author author;
    const char* reason;
  } kCases[] = {
      {"before the first booking", false, {}, Author::kApplicant, ""},
      {"after the first booking",
       false,
       {.has_booked = true},
       Author::kApplicant,
       "BIRTH_DATE_FIXED"},
      {"after the agency set it", true, {}, Author::kApplicant, "BIRTH_DATE_FIXED"},
      {"the agency after a booking", true, {.has_booked = true}, Author::kAgency, ""},
      {"to an adult's after an erasure",
       false,
       {.was_erased = true},
       Author::kApplicant,
       "BIRTH_DATE_FIXED"},
      {"to an adult's after an erasure, by the agency",
       false,
       {.was_erased = true},
       Author::kAgency,
       ""},
  };
  for (const auto& c : kCases) {
    const Profile before = {.applicant = Pupil(), .birth_date_proven = c.proven};
    Applicant older = Pupil();
    older.birth_date = absl::CivilDay(2000, 1, 1);
    EXPECT_EQ(ErrorReasonOf(CheckProfileChange(before, older, c.author, c.past, kToday)), c.reason)
        << c.what;
    // All else may change.
    Applicant moved = Pupil();
    moved.department = "14";
    EXPECT_TRUE(CheckProfileChange(before, moved, c.author, c.past, kToday).ok()) << c.what;
  }
  EXPECT_TRUE(
      CheckProfileChange(std::nullopt, Pupil(), Author::kApplicant, {.has_booked = true}, kToday)
          .ok());
}

TEST(CheckProfileChangeTest, WhoWasErasedComesBackAsAMinorAlone) {
  const PersonPast erased = {.was_erased = true};
  Applicant minor = Pupil();
  minor.birth_date = absl::CivilDay(kToday.year() - 18, kToday.month(), kToday.day()) + 1;
  EXPECT_TRUE(CheckProfileChange(std::nullopt, minor, Author::kApplicant, erased, kToday).ok());
  Applicant adult = minor;
  --adult.birth_date;
  EXPECT_EQ(
      ErrorReasonOf(CheckProfileChange(std::nullopt, adult, Author::kApplicant, erased, kToday)),
      "BIRTH_DATE_FIXED");
}

TEST(CheckGuardianChangeTest, WhoHasAnsweredIsReplacedByTheAgencyAlone) {
  const Guardian loose = {.person = "people/ana", .bound = false};
  const Guardian bound = {.person = "people/ana", .bound = true};
  const struct {
    const char* what;
    std::optional<Guardian> before;
    Author author;
    int changes;
    const char* reason;
  } kCases[] = {
      {"the first", std::nullopt, Author::kApplicant, 0, ""},
      {"another", loose, Author::kApplicant, 1, ""},
      {"the last of a day", loose, Author::kApplicant, kGuardianChangesADay - 1, ""},
      {"one too many", loose, Author::kApplicant, kGuardianChangesADay,
       "GUARDIAN_CHANGED_TOO_OFTEN"},
      {"one who has answered", bound, Author::kApplicant, 0, "GUARDIAN_BOUND"},
      {"by the agency", bound, Author::kAgency, 100, ""},
  };
  for (const auto& c : kCases) {
    EXPECT_EQ(ErrorReasonOf(CheckGuardianChange(c.before, c.author, c.changes)), c.reason)
        << c.what;
  }
}

TEST(ParsePersonTest, KnowsNamesAndTheCaller) {
  EXPECT_EQ(ParsePerson("people/ana", "", "people/bob"), "people/ana");
  EXPECT_EQ(ParsePerson("people/me", "", "people/bob"), "people/bob");
  EXPECT_EQ(ParsePerson("people/ana/applicant", "/applicant", "people/bob"), "people/ana");
  for (const char* name : {"", "people/", "people/a b", "people/ana/guardian", "companies/1",
                           "people/ana/applicant/x", "people//applicant"}) {
    EXPECT_EQ(ParsePerson(name, "/applicant", "people/bob"), std::nullopt) << name;
  }
  EXPECT_EQ(ParsePerson("people/" + std::string(129, 'a'), "", "people/bob"), std::nullopt);
}

}  // namespace
}  // namespace dm::booking
