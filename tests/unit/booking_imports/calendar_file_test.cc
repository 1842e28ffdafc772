#include "services/booking/imports/calendar_file.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/errors/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace dm::booking {
namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kOfficialHeader[] =
    "Description;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire\n";
constexpr char kToussaint[] =
    "Vacances de la Toussaint;-;2025-10-17T22:00:00+00:00;2025-11-02T23:00:00+00:00;Normandie;"
    "Zone B;2025-2026\n";
constexpr char kZoneHeader[] =
    "libelle;date_debut_incluse;date_fin_incluse;date_reprise;zone;annee_scolaire\n";
constexpr char kNoel[] = "Vacances de Noël;2026-12-19;2027-01-03;2027-01-04;Zone B;2026-2027\n";

absl::StatusOr<CalendarList> ReadOne(const std::string& content) {
  return ReadCalendar({{"calendrier.csv", content}});
}

std::map<std::string, std::string> MetadataOf(const absl::Status& status) {
  const auto details = GetErrorDetails(status);
  return details.has_value() ? details->metadata : std::map<std::string, std::string>();
}

TEST(ReadCalendarTest, TakesInstantsOfLocalMidnightAndAnExclusiveEnd) {
  const auto list = ReadOne(absl::StrCat("\xEF\xBB\xBF", kOfficialHeader, kToussaint));
  ASSERT_TRUE(list.ok()) << list.status();
  // The clock changes in between: the first is at +02:00, the second at +01:00.
  EXPECT_THAT(list->holidays,
              ElementsAre(ListedHoliday{{"B", "Vacances de la Toussaint", "-",
                                         CivilDay(2025, 10, 18), CivilDay(2025, 11, 2)},
                                        "Normandie",
                                        "2025-2026"}));
  EXPECT_EQ(list->rows, 1);
  EXPECT_EQ(list->origins[0].line, 2);
  EXPECT_THAT(list->warnings, IsEmpty());
}

TEST(ReadCalendarTest, TakesAListByZonesWithAnInclusiveEnd) {
  const auto list = ReadOne(absl::StrCat(kZoneHeader, kNoel));
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_THAT(list->holidays,
              ElementsAre(ListedHoliday{
                  {"B", "Vacances de Noël", "-", CivilDay(2026, 12, 19), CivilDay(2027, 1, 3)},
                  "",
                  "2026-2027"}));
}

TEST(ReadCalendarTest, TakesColumnsInAnyOrderAndFilesTogether) {
  const auto list = ReadCalendar(
      {{"a",
        absl::StrCat("zone;autre;annee_scolaire;date_reprise;libelle;date_fin_incluse;date_debut"
                     "_incluse\nZone C;x;2026-2027;;Noël;2027-01-03;2026-12-19\n")},
       {"b", absl::StrCat(kOfficialHeader, kToussaint)}});
  ASSERT_TRUE(list.ok()) << list.status();
  ASSERT_THAT(list->holidays, SizeIs(2));
  EXPECT_EQ(list->holidays[0].holiday.zone, "C");
  EXPECT_EQ(list->origins[1].file, "b");
}

TEST(ReadCalendarTest, TakesOneDayWhereTheEndIsTheStart) {
  const auto list = ReadOne(absl::StrCat(
      kOfficialHeader,
      "Abolition de l’esclavage;-;2025-05-26T22:00:00+00:00;2025-05-26T22:00:00+00:00;Guadeloupe;"
      "Guadeloupe;2024-2025\n"));
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->holidays[0].holiday.zone, "Guadeloupe");
  EXPECT_EQ(list->holidays[0].holiday.first_day, CivilDay(2025, 5, 27));
  EXPECT_EQ(list->holidays[0].holiday.last_day, CivilDay(2025, 5, 27));
}

TEST(ReadCalendarTest, LetsASummerWithoutAnEndLastUntilTheEndOfAugust) {
  const auto list = ReadOne(absl::StrCat(
      kOfficialHeader,
      "Début des Vacances d'Été;-;2026-07-03T22:00:00+00:00;2026-07-03T22:00:00+00:00;Normandie;"
      "Zone B;2025-2026\n"));
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->holidays[0].holiday.first_day, CivilDay(2026, 7, 4));
  EXPECT_EQ(list->holidays[0].holiday.last_day, CivilDay(2026, 8, 31));
  EXPECT_THAT(list->warnings, ElementsAre(HasSubstr("31 août")));
}

TEST(ReadCalendarTest, TakesASouthernSummerWithoutAnEndForOneDay) {
  const auto list = ReadOne(
      absl::StrCat(kOfficialHeader,
                   "Début des Vacances d'Été;-;2025-12-19T23:00:00+00:00;2025-12-19T23:00:00+00:00;"
                   "Wallis et Futuna;Wallis et Futuna;2025\n"));
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_EQ(list->holidays[0].holiday.days(), 1);
  EXPECT_THAT(list->warnings, IsEmpty());
}

TEST(ReadCalendarTest, SaysWhatIsThereTwiceOnlyOnce) {
  const auto list = ReadOne(absl::StrCat(kOfficialHeader, kToussaint, kToussaint));
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_THAT(list->holidays, SizeIs(1));
  EXPECT_EQ(list->rows, 2);
  EXPECT_THAT(list->warnings, ElementsAre(HasSubstr("ligne 3")));
}

TEST(ReadCalendarTest, WarnsOfEachUnknownPopulationOnce) {
  const std::string pupils = absl::StrReplaceAll(kToussaint, {{";-;", ";Élèves de CP;"}});
  const std::string elsewhere = absl::StrReplaceAll(pupils, {{"Normandie", "Lille"}});
  const auto list = ReadOne(absl::StrCat(kOfficialHeader, pupils, elsewhere));
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_THAT(list->holidays, SizeIs(2));
  EXPECT_THAT(list->warnings, ElementsAre(HasSubstr("Élèves de CP")));
}

TEST(ReadCalendarTest, WarnsInFewWordsOfHoweverMuch) {
  std::string content = kOfficialHeader;
  for (int i = 0; i < 100; ++i) absl::StrAppend(&content, kToussaint);
  const auto list = ReadOne(content);
  ASSERT_TRUE(list.ok()) << list.status();
  EXPECT_LE(list->warnings.size(), 21u);
  EXPECT_THAT(list->warnings.back(), HasSubstr("79 autres"));
}

TEST(ReadCalendarTest, RefusesWithFileLineAndCause) {
  struct Case {
    std::string good;
    std::string from;
    std::string to;
    std::string cause;
  };
  const std::string official = kToussaint;
  const std::string by_zone = kNoel;
  const std::vector<Case> cases = {
      {official, "T22:00:00", "T21:00:00", "minuit de Paris"},
      {official, "2025-10-17T22:00:00+00:00", "bientôt", "Date de début"},
      {official, "2025-11-02T23:00:00+00:00", "", "Date de fin"},
      {official, "2025-11-02T23:00:00+00:00", "2025-11-02T22:00:00+00:00", "Date de fin"},
      {official, "2025-11-02", "2025-10-02", "minuit de Paris"},
      {official, "2025-11-02T23:00:00+00:00", "2025-09-30T22:00:00+00:00", "précède"},
      {official, "2025-11-02T23:00:00+00:00", "2026-11-01T23:00:00+00:00", "120 jours"},
      {official, "Zone B", "Zone D", "zone est inconnue"},
      {official, "Zone B", "B", "ni Zone A"},
      {official, "Zone B", "", "ni Zone A"},
      {official, "Zone B", "Corse", "ni Zone A"},
      {official, "Normandie", "", "académie"},
      {official, "Vacances de la Toussaint", "", "nom"},
      {official, "Vacances de la Toussaint", "Vacances\x01", "nom"},
      {official, "Vacances de la Toussaint", "Vacances\xE9", "nom"},
      {official, "2025-2026", "2025-2027", "annee_scolaire"},
      {official, "2025-2026", "25-26", "annee_scolaire"},
      {official, "2025-2026", "1925-1926", "annee_scolaire"},
      {official, ";-;", ";", "6 cellules au lieu de 7"},
      {official, "Vacances", "\"Vacances", "guillemets"},
      {by_zone, "2026-12-19", "19/12/2026", "date_debut_incluse"},
      {by_zone, "2027-01-03", "2027-02-30", "date_fin_incluse"},
      {by_zone, "2027-01-04", "2027-01-05", "date_reprise"},
      {by_zone, "2027-01-04", "lundi", "date_reprise"},
      {by_zone, "2027-01-03;2027-01-04", "2026-12-18;", "précède"},
      {by_zone, "Zone B", "Corse", "ni Zone A"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(absl::StrCat(one.from, " -> ", one.to));
    const std::string header = one.good == official ? kOfficialHeader : kZoneHeader;
    const std::string bad = absl::StrReplaceAll(one.good, {{one.from, one.to}});
    // The good row is another holiday, so that the bad one is not told apart as its copy.
    const std::string before = absl::StrReplaceAll(one.good, {{"Vacances", "Congés"}});
    const absl::Status status = ReadOne(absl::StrCat(header, before, bad)).status();
    EXPECT_EQ(ErrorReasonOf(status), "IMPORT_REFUSED") << status;
    EXPECT_EQ(MetadataOf(status)["file"], "calendrier.csv");
    EXPECT_EQ(MetadataOf(status)["line"], "3");
    EXPECT_THAT(GetErrorDetails(status)->message_fr, HasSubstr(one.cause));
  }
}

TEST(ReadCalendarTest, RefusesTwoEndsOfOneHoliday) {
  const std::string other = absl::StrReplaceAll(kToussaint, {{"2025-11-02", "2025-11-03"}});
  const absl::Status status = ReadOne(absl::StrCat(kOfficialHeader, kToussaint, other)).status();
  EXPECT_EQ(ErrorReasonOf(status), "IMPORT_REFUSED");
  EXPECT_THAT(GetErrorDetails(status)->message_fr, HasSubstr("calendrier.csv, ligne 2"));
}

TEST(ReadCalendarTest, RefusesFilesOfAnotherKind) {
  for (const std::string& content :
       {std::string(), std::string("date,annee,zone,nom\n"), std::string(kToussaint),
        std::string("Description;Population\n")}) {
    EXPECT_EQ(ErrorReasonOf(ReadOne(content).status()), "IMPORT_REFUSED") << content;
  }
}

}  // namespace
}  // namespace dm::booking
