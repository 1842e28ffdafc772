// Lists of applicants, as a school or the agency brings them.
#include "services/booking/api/applicants_import.h"

#include "tests/integration/booking/people_world.h"
#include "tests/support/upload_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::booking::v1;
namespace type = destinationmetier::type::v1;

using ::testing::HasSubstr;
using ::testing::Not;

class ApplicantsImportTest : public PeopleTest {
 protected:
  struct Result {
    absl::Status status;
    type::ImportReport report;
  };

  Result Import(const auth::Caller& caller, const std::string& csv, bool validate_only = false,
                bool cancelled = false) {
    std::vector<type::FileImportRequest> messages(2);
    messages[0].mutable_start()->set_kind("applicants");
    messages[0].mutable_start()->set_validate_only(validate_only);
    messages[1].mutable_chunk()->set_file("eleves.csv");
    messages[1].mutable_chunk()->set_content(csv);
    testing::UploadReader reader(messages);
    testing::ReportWriter writer;
    if (cancelled) writer.Cancel();
    const absl::Status status = api_.ImportFiles(*Bookings::CallOf(caller), reader, writer);
    EXPECT_EQ(status.ok(), writer.has_report());
    return {status, writer.report()};
  }

  static auth::Caller Operator() {
    auth::Caller caller;
    caller.subject = "operateur";
    caller.roles = {auth::Role::kAnonymous, auth::Role::kOperator};
    return caller;
  }

  // One pupil of 15 with a guardian who has signed for everything.
  std::string List(const std::string& department = "61") {
    return absl::StrCat(
        "person,birth_date,level,school,department,guardian_name,guardian_email,consent_signed,"
        "consent_until\npeople/ana,",
        BornYearsAgo(15), ",SECONDE,0750655E,", department, ",Parent Canari,parent@x.example,",
        absl::FormatCivilTime(Today()), ",", absl::FormatCivilTime(Today() + 300), "\n");
  }

  Registration registration_{&world_.pool(), &world_.clock(), nullptr};
  ImportApi api_{{{"applicants", ApplicantsImporter(&registration_, &world_.clock())}},
                 &world_.clock()};
};

TEST_F(ApplicantsImportTest, APupilOfAListBooksWithoutAnotherWord) {
  const Result result = Import(Operator(), List());
  ASSERT_TRUE(result.status.ok()) << result.status;
  for (const char* table : {"applicants", "guardians", "consents"}) {
    EXPECT_EQ(result.report.tables().at(table).added(), 1) << table;
  }
  const auto booked = world_.Book("ana", world_.AddSession(2));
  ASSERT_TRUE(booked.ok()) << booked.status();
  EXPECT_EQ(booked->state(), pb::Booking::STATE_PENDING_HOST);
  // What the school said, the pupil does not change.
  EXPECT_EQ(
      ErrorReasonOf(Set(Bookings::Pupil("ana"), ProfileOf("people/me", BornYearsAgo(19))).status()),
      "BIRTH_DATE_FIXED");
  EXPECT_EQ(
      ErrorReasonOf(Set(Bookings::Pupil("ana"), GuardianOf("people/me", "me@x.example")).status()),
      "GUARDIAN_BOUND");
}

TEST_F(ApplicantsImportTest, TheSameListAgainChangesNothing) {
  ASSERT_TRUE(Import(Operator(), List()).status.ok());
  const int64_t history = world_.Count("SELECT count(*) FROM person_history");
  const Result again = Import(Operator(), List());
  ASSERT_TRUE(again.status.ok());
  for (const char* table : {"applicants", "guardians", "consents"}) {
    EXPECT_EQ(again.report.tables().at(table).read(), 1) << table;
    EXPECT_EQ(again.report.tables().at(table).added(), 0) << table;
    EXPECT_EQ(again.report.tables().at(table).changed(), 0) << table;
  }
  EXPECT_EQ(world_.Count("SELECT count(*) FROM person_history"), history);
  EXPECT_EQ(world_.Count("SELECT count(*) FROM consents"), 1);
  EXPECT_EQ(world_.Count("SELECT version FROM guardians"), 1);
}

TEST_F(ApplicantsImportTest, ADryRunAndACallerWhoHasGoneChangeNothing) {
  const Result dry = Import(Operator(), List(), /*validate_only=*/true);
  ASSERT_TRUE(dry.status.ok()) << dry.status;
  EXPECT_EQ(dry.report.tables().at("applicants").added(), 1);
  EXPECT_EQ(Import(Operator(), List(), false, /*cancelled=*/true).status.code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(world_.Count("SELECT (SELECT count(*) FROM applicants) + (SELECT count(*) FROM "
                         "guardians) + (SELECT count(*) FROM consents)"),
            0);
}

TEST_F(ApplicantsImportTest, AListMovesWhatWaitsForIt) {
  AddMinor("ana");
  std::string booking;
  const std::string token = BookAndAsk("ana", &booking);
  ASSERT_TRUE(Import(Operator(), List()).status.ok());
  EXPECT_EQ(StateOf(booking, "ana"), "PENDING_HOST GUARDIAN_CONSENTED");
  // The link went to somebody whom the list replaced.
  EXPECT_EQ(LookUp(token).status(), LinkUnknown());
}

TEST_F(ApplicantsImportTest, AnAgencyImportsItsOwnTerritory) {
  EXPECT_TRUE(Import(Bookings::Agency("61"), List("61")).status.ok());
  // Neither out of it nor into it.
  for (const auth::Caller& agency : {Bookings::Agency("14"), Bookings::Agency("61")}) {
    EXPECT_EQ(ErrorReasonOf(Import(agency, List("14")).status), "IMPORT_REFUSED");
  }
  auth::Caller clerk = Operator();
  clerk.subject = "ana";
  EXPECT_EQ(ErrorReasonOf(Import(clerk, List()).status), "IMPORT_REFUSED");
}

TEST_F(ApplicantsImportTest, EveryRefusalNamesTheLineAndNobody) {
  const std::string header = "person,birth_date,level,school,department\n";
  const std::string good = absl::StrCat("people/canari,", BornYearsAgo(15), ",SECONDE,,61\n");
  const std::string with_consent =
      "person,birth_date,level,school,department,consent_signed,consent_until\n";
  const struct {
    const char* what;
    std::string csv;
    const char* line;
  } kCases[] = {
      {"nothing", "", "0"},
      {"a column is missing", "person,birth_date,level,school\n", "1"},
      {"a column is unknown", "person,birth_date,level,school,department,phone\n", "1"},
      {"a cell is missing", header + "people/canari,2010-01-01\n", "2"},
      {"no person", header + "companies/1,2010-01-01,SECONDE,,61\n", "2"},
      {"the caller's alias", header + "people/me,2010-01-01,SECONDE,,61\n", "2"},
      {"no date", header + "people/canari,01/02/2010,SECONDE,,61\n", "2"},
      {"no level", header + "people/canari,2010-01-01,PREMIERE,,61\n", "2"},
      {"too old for it", header + "people/canari,1980-01-01,SECONDE,,61\n", "2"},
      {"twice", header + good + good, "3"},
      {"quotes", header + "\"people/canari\n", "2"},
      {"half a consent", with_consent + "people/canari,2010-01-01,SECONDE,,61,2026-11-01,\n", "2"},
      {"a consent for ever",
       with_consent + "people/canari,2010-01-01,SECONDE,,61,2026-11-01,2036-11-01\n", "2"},
  };
  for (const auto& c : kCases) {
    const Result result = Import(Operator(), c.csv);
    const auto details = GetErrorDetails(result.status);
    ASSERT_TRUE(details.has_value()) << c.what << result.status;
    EXPECT_EQ(details->reason, "IMPORT_REFUSED") << c.what;
    EXPECT_EQ(details->metadata.at("line"), c.line) << c.what;
    EXPECT_THAT(std::string(result.status.message()), Not(HasSubstr("canari"))) << c.what;
  }
  EXPECT_EQ(world_.Count("SELECT count(*) FROM applicants"), 0);
}

}  // namespace
}  // namespace dm::booking
