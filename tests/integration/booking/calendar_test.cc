#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/database/migrations.h"
#include "common/errors/error.h"
#include "services/booking/api/calendar_import.h"
#include "services/booking/rules/rule_files.h"
#include "tests/support/postgres.h"
#include "tests/support/reference_files.h"
#include "tests/support/upload_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace dm::database {
extern const MigrationSet kDatabaseMigrations;
extern const MigrationSet kEventsMigrations;
extern const MigrationSet kPrivacyMigrations;
extern const MigrationSet kBookingMigrations;
}  // namespace dm::database

namespace dm::booking {
namespace {

using absl::CivilDay;
using ::testing::ElementsAre;
using testing::HasReference;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::ReadReference;

namespace type = destinationmetier::type::v1;

constexpr char kOfficialFile[] = "calendar/fr-en-calendrier-scolaire_2025-09.csv";
constexpr char kZoneFile[] = "calendar/vacances_zone_b_2026_2027.csv";

constexpr char kSmall[] =
    "libelle;date_debut_incluse;date_fin_incluse;date_reprise;zone;annee_scolaire\n"
    "Vacances de la Toussaint;2026-10-17;2026-11-01;2026-11-02;Zone B;2026-2027\n"
    "Vacances de Noël;2026-12-19;2027-01-03;2027-01-04;Zone B;2026-2027\n";

using Files = std::map<std::string, std::string>;

// Booking's import on a database of its own.
class CalendarTest : public ::testing::Test {
 protected:
  CalendarTest() {
    const absl::Status migrated = database::Migrate(*test_.OpenAsOwner("booking"),
                                                    {{"database", &database::kDatabaseMigrations},
                                                     {"events", &database::kEventsMigrations},
                                                     {"privacy", &database::kPrivacyMigrations},
                                                     {"booking", &database::kBookingMigrations}});
    EXPECT_TRUE(migrated.ok()) << migrated;
    EXPECT_TRUE(calendar_.Refresh(Soon()).ok());
  }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

  // Who asks for an import.
  struct Asker {
    auth::Role role = auth::Role::kOperator;
    std::vector<std::string> territory = {};
  };

  absl::StatusOr<type::ImportReport> Import(const Asker& asker, const Files& files,
                                            bool validate_only = false) {
    std::vector<type::FileImportRequest> messages(1);
    messages[0].mutable_start()->set_kind("calendar");
    messages[0].mutable_start()->set_validate_only(validate_only);
    for (const auto& [name, content] : files) {
      type::FileImportRequest& message = messages.emplace_back();
      message.mutable_chunk()->set_file(name);
      message.mutable_chunk()->set_content(content);
    }
    rpc::Call call;
    call.caller.roles = {auth::Role::kAnonymous, asker.role};
    call.caller.territory = asker.territory;
    call.deadline = Soon();
    testing::UploadReader reader(messages);
    testing::ReportWriter writer;
    const absl::Status status = api_.ImportFiles(call, reader, writer);
    EXPECT_EQ(status.ok(), writer.has_report()) << status;
    if (!status.ok()) return status;
    return writer.report();
  }

  // "read added changed vanished" of an import by an operator that must succeed.
  std::string Counts(const std::string& content, bool validate_only = false) {
    const auto report = Import(Asker(), {{"calendrier.csv", content}}, validate_only);
    EXPECT_TRUE(report.ok()) << report.status();
    if (!report.ok()) return "";
    const type::TableReport& table = report->tables().at("school_holidays");
    return absl::StrCat(table.read(), " ", table.added(), " ", table.changed(), " ",
                        table.vanished());
  }

  std::string NameOn(CivilDay day, const std::string& zone = "B") {
    const std::shared_ptr<const SchoolCalendar> calendar = calendar_.Get();
    const SchoolHoliday* const holiday = calendar->HolidayOn(zone, Level::kTroisieme, day);
    return holiday != nullptr ? holiday->name : "";
  }

  testing::TestDatabase test_ = testing::TestDatabase::Create();
  std::unique_ptr<database::Database> database_ = test_.OpenAs("booking");
  CurrentCalendar calendar_{database_.get()};
  ImportApi api_{
      {{"calendar", CalendarImporter(database_.get(), LoadRuleBook("").value(), &calendar_)}},
      &Clock::System()};
};

TEST_F(CalendarTest, IsEmptyAtFirstAndKnownAtOnceAfterAnImport) {
  EXPECT_TRUE(calendar_.is_loaded());
  EXPECT_TRUE(calendar_.Get()->empty());
  EXPECT_EQ(Counts(kSmall), "2 2 0 0");
  EXPECT_EQ(NameOn(CivilDay(2026, 10, 17)), "Vacances de la Toussaint");
  EXPECT_EQ(NameOn(CivilDay(2026, 11, 1)), "Vacances de la Toussaint");
  EXPECT_EQ(NameOn(CivilDay(2026, 11, 2)), "");
  EXPECT_EQ(NameOn(CivilDay(2026, 10, 17), "A"), "");
}

TEST_F(CalendarTest, TheSameFileAgainChangesNothing) {
  EXPECT_EQ(Counts(kSmall), "2 2 0 0");
  const std::shared_ptr<const SchoolCalendar> before = calendar_.Get();
  EXPECT_EQ(Counts(kSmall), "2 0 0 0");
  // Not even read again.
  EXPECT_EQ(calendar_.Get(), before);
}

TEST_F(CalendarTest, ADryRunReportsAndChangesNothing) {
  EXPECT_EQ(Counts(kSmall, /*validate_only=*/true), "2 2 0 0");
  EXPECT_TRUE(calendar_.Get()->empty());
  EXPECT_EQ(Counts(kSmall), "2 2 0 0");
}

TEST_F(CalendarTest, CountsWhatChangesVanishesAndComesBack) {
  EXPECT_EQ(Counts(kSmall), "2 2 0 0");
  const std::string longer =
      absl::StrReplaceAll(kSmall, {{"2027-01-03;2027-01-04", "2027-01-05;2027-01-06"}});
  EXPECT_EQ(Counts(longer), "2 0 1 0");
  EXPECT_EQ(NameOn(CivilDay(2027, 1, 5)), "Vacances de Noël");
  const std::string without(kSmall, std::string(kSmall).find("Vacances de Noël"));
  EXPECT_EQ(Counts(without), "1 0 0 1");
  EXPECT_EQ(NameOn(CivilDay(2026, 12, 25)), "");
  EXPECT_EQ(Counts(kSmall), "2 0 1 0");
  EXPECT_EQ(NameOn(CivilDay(2026, 12, 25)), "Vacances de Noël");
}

TEST_F(CalendarTest, LeavesOtherZonesAndYearsAlone) {
  EXPECT_EQ(Counts(kSmall), "2 2 0 0");
  EXPECT_EQ(Counts(absl::StrReplaceAll(kSmall, {{"Zone B", "Zone A"}})), "2 2 0 0");
  EXPECT_EQ(Counts(absl::StrReplaceAll(kSmall, {{"2026-2027", "2027-2028"}})), "2 2 0 0");
  EXPECT_EQ(NameOn(CivilDay(2026, 10, 17)), "Vacances de la Toussaint");
}

TEST_F(CalendarTest, ABrokenFileChangesNothing) {
  EXPECT_EQ(Counts(kSmall), "2 2 0 0");
  const std::shared_ptr<const SchoolCalendar> before = calendar_.Get();
  const std::string first = absl::StrReplaceAll(kSmall, {{"2026-11-01;2026-11-02", "2026-11-02;"}});
  const std::string broken = absl::StrReplaceAll(first, {{"2027-01-03", "2027-01-32"}});
  const auto report = Import(Asker(), {{"calendrier.csv", broken}});
  EXPECT_EQ(ErrorReasonOf(report.status()), "IMPORT_REFUSED");
  EXPECT_EQ(GetErrorDetails(report.status())->metadata["line"], "3");
  EXPECT_TRUE(calendar_.Refresh(Soon()).ok());
  EXPECT_EQ(calendar_.Get(), before);
}

TEST_F(CalendarTest, AnAgencyImportsTheZonesOfItsOwnTerritory) {
  const auto orne = Import({auth::Role::kAgency, {"61"}}, {{"c.csv", kSmall}});
  EXPECT_TRUE(orne.ok()) << orne.status();
  const auto lyon = Import({auth::Role::kAgency, {"69"}}, {{"c.csv", kSmall}});
  EXPECT_EQ(ErrorReasonOf(lyon.status()), "IMPORT_REFUSED");
  EXPECT_EQ(GetErrorDetails(lyon.status())->metadata["line"], "2");
  const auto nowhere = Import({auth::Role::kAgency}, {{"c.csv", kSmall}});
  EXPECT_EQ(ErrorReasonOf(nowhere.status()), "IMPORT_REFUSED");
}

TEST_F(CalendarTest, WarnsOfAnAcademyThatTheRulesHaveInAnotherZone) {
  const auto report = Import(
      Asker(), {{"c.csv",
                 "Description;Population;Date de début;Date de fin;Académies;Zones;annee_scolaire\n"
                 "Toussaint;-;2025-10-17T22:00:00+00:00;2025-11-02T23:00:00+00:00;Normandie;Zone A;"
                 "2025-2026\n"}});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_THAT(report->warnings(), ElementsAre(HasSubstr("Normandie est en zone B")));
  EXPECT_EQ(report->source_version(), "Année scolaire 2025-2026");
}

// A replica learns of what another has imported when it asks next.
TEST_F(CalendarTest, OtherProcessesFollow) {
  CurrentCalendar replica(database_.get());
  ASSERT_TRUE(replica.Refresh(Soon()).ok());
  EXPECT_EQ(Counts(kSmall), "2 2 0 0");
  EXPECT_TRUE(replica.Get()->empty());
  ASSERT_TRUE(replica.Refresh(Soon()).ok());
  EXPECT_TRUE(replica.Get()->Knows("B", CivilDay(2026, 12, 1)));
}

TEST_F(CalendarTest, GoesOnWithTheLastOneWhenTheDatabaseCannotBeAsked) {
  EXPECT_EQ(Counts(kSmall), "2 2 0 0");
  EXPECT_FALSE(calendar_.Refresh(absl::InfinitePast()).ok());
  EXPECT_TRUE(calendar_.is_loaded());
  EXPECT_EQ(NameOn(CivilDay(2026, 12, 25)), "Vacances de Noël");
}

TEST_F(CalendarTest, TakesTheOfficialFileWhole) {
  if (!HasReference("calendar")) GTEST_SKIP() << "without the reference files";
  const std::string official = ReadReference(kOfficialFile);
  const auto report = Import(Asker(), {{"officiel.csv", official}});
  ASSERT_TRUE(report.ok()) << report.status();
  const type::TableReport& table = report->tables().at("school_holidays");
  EXPECT_EQ(table.read(), 2138);
  EXPECT_EQ(table.added(), 2138);
  EXPECT_EQ(table.changed() + table.vanished(), 0);
  EXPECT_THAT(report->warnings(), ElementsAre(HasSubstr("31 août")));
  EXPECT_THAT(report->source_version(), HasSubstr("2025-2026"));
  EXPECT_EQ(Counts(official), "2138 0 0 0");

  EXPECT_EQ(NameOn(CivilDay(2025, 10, 17)), "");
  EXPECT_EQ(NameOn(CivilDay(2025, 10, 18)), "Vacances de la Toussaint");
  EXPECT_EQ(NameOn(CivilDay(2025, 11, 2)), "Vacances de la Toussaint");
  EXPECT_EQ(NameOn(CivilDay(2025, 11, 3)), "");
  EXPECT_EQ(NameOn(CivilDay(2026, 2, 14)), "Vacances d'Hiver");
  EXPECT_EQ(NameOn(CivilDay(2026, 2, 14), "C"), "");
  EXPECT_EQ(NameOn(CivilDay(2026, 5, 15)), "Pont de l'Ascension");
  EXPECT_EQ(NameOn(CivilDay(2026, 8, 31)), "Début des Vacances d'Été");
  // Teachers go back before their pupils do.
  EXPECT_EQ(NameOn(CivilDay(2025, 8, 31)), "Vacances d'Été");
  EXPECT_FALSE(calendar_.Get()->Knows("B", CivilDay(2026, 9, 1)));

  // The decree of the year after comes on top.
  EXPECT_EQ(Counts(ReadReference(kZoneFile)), "5 5 0 0");
  EXPECT_EQ(NameOn(CivilDay(2027, 2, 22)), "Vacances d'hiver");
  EXPECT_EQ(NameOn(CivilDay(2026, 2, 16)), "Vacances d'Hiver");
}

TEST_F(CalendarTest, TakesTheFilesOfAFolderTogetherAndChangesNothingTheSecondTime) {
  if (!HasReference("calendar")) GTEST_SKIP() << "without the reference files";
  const Files folder = {
      {"officiel.csv", ReadReference(kOfficialFile)},
      {"zone.csv", ReadReference(kZoneFile)},
      {"feries.csv", ReadReference("calendar/jours_feries_metropole_2026-05.csv")}};
  for (const int64_t added : {2143, 0}) {
    const auto report = Import(Asker(), folder);
    ASSERT_TRUE(report.ok()) << report.status();
    const type::TableReport& table = report->tables().at("school_holidays");
    EXPECT_EQ(table.read(), 2138 + 5 + 286);
    EXPECT_EQ(table.added(), added);
    EXPECT_EQ(table.changed() + table.vanished(), 0);
    EXPECT_THAT(report->warnings(), ElementsAre(HasSubstr("31 août"))) << "law and list agree";
  }
}

// Every académie of the official file is one of the rules', in the same zone: else its pupils would
// be judged by other holidays, or by none.
TEST_F(CalendarTest, TheRulesKnowEveryAcademyOfTheOfficialFile) {
  if (!HasReference("calendar")) GTEST_SKIP() << "without the reference files";
  ASSERT_EQ(Counts(ReadReference(kOfficialFile)), "2138 2138 0 0");
  constexpr database::Statement kAcademies{
      "academies",
      "SELECT DISTINCT academy, zone FROM school_holidays WHERE school_year = '2025-2026'"};
  const auto rows = database_->Query(Soon(), kAcademies);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_GE(rows->size(), 30u);
  const auto rules = LoadRuleBook("").value();
  for (const pqxx::row& row : *rows) {
    const std::string name = row["academy"].c_str();
    bool found = false;
    for (const Academy& academy : rules->rules().academies) {
      if (academy.name != name) continue;
      found = true;
      EXPECT_EQ(academy.zone, row["zone"].c_str()) << name;
    }
    EXPECT_TRUE(found) << name;
  }
}

}  // namespace
}  // namespace dm::booking
