#include "services/ambassador/imports/listing_files.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/errors/error.h"
#include "common/time/clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dm::ambassador::imports {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kProfiles[] =
    "id,display_name,job_title,siret,company_display_name,rome_codes,sectors,presentation,formats,"
    "audiences,street,postal_code,commune,commune_code,department,latitude,longitude,"
    "demonstration\n";
constexpr char kOne[] =
    "019b8dd0-5780-7615-8c22-1e51d9c1fbd0,Ana Roc,Fromagère,00061001400011,Fromagerie,A1412,79|83,"
    "\"Du lait, du temps\",ON_SITE|PHONE,LYCEE,,61100,Caligny,61070,61,48.8,-0.6,O\n";
constexpr char kMeetings[] = "ambassador_id,start,end,capacity,format,instant_confirmation\n";
constexpr char kMeeting[] =
    "019b8dd0-5780-7615-8c22-1e51d9c1fbd0,2026-07-01T09:00,2026-07-01T09:30,1,VIDEO,O\n";

absl::StatusOr<Listing> ReadOne(const std::string& content) {
  return ReadListing({{"liste.csv", content}});
}

std::map<std::string, std::string> MetadataOf(const absl::Status& status) {
  const auto details = GetErrorDetails(status);
  return details.has_value() ? details->metadata : std::map<std::string, std::string>();
}

TEST(ReadListingTest, TellsFilesApartByTheirColumns) {
  const auto listing = ReadListing({{"b", absl::StrCat(kMeetings, kMeeting)},
                                    {"a", absl::StrCat("\xEF\xBB\xBF", kProfiles, kOne)}});
  ASSERT_TRUE(listing.ok()) << listing.status();
  ASSERT_THAT(listing->ambassadors, SizeIs(1));
  const Ambassador& ambassador = listing->ambassadors[0];
  EXPECT_EQ(ambassador.display_name, "Ana Roc");
  EXPECT_THAT(ambassador.sectors, ElementsAre("79", "83"));
  EXPECT_EQ(ambassador.presentation, "Du lait, du temps");
  EXPECT_EQ(ambassador.place.longitude, -0.6);
  EXPECT_TRUE(ambassador.demonstration);
  ASSERT_THAT(listing->sessions, SizeIs(1));
  const Session& session = listing->sessions[0];
  EXPECT_EQ(absl::FormatTime("%Y-%m-%dT%H:%M", session.start_time, absl::UTCTimeZone()),
            "2026-07-01T07:00");
  EXPECT_EQ(session.end_time - session.start_time, absl::Minutes(30));
  EXPECT_TRUE(session.instant_confirmation);
  EXPECT_THAT(listing->warnings, IsEmpty());
}

TEST(ReadListingTest, TakesColumnsInAnyOrderAndWarnsOfUnknownOnes) {
  const auto listing = ReadOne(
      "extra,format,instant_confirmation,capacity,end,start,ambassador_id\n"
      "x,PHONE,N,2,2026-07-01T09:30,2026-07-01T09:00,019b8dd0-5780-7615-8c22-1e51d9c1fbd0\n");
  ASSERT_TRUE(listing.ok()) << listing.status();
  EXPECT_EQ(listing->sessions[0].format, "PHONE");
  EXPECT_THAT(listing->warnings, ElementsAre(HasSubstr("extra")));
}

TEST(ReadListingTest, WarnsInFewWordsOfHoweverManyColumns) {
  std::string header = "ambassador_id,start,end,capacity,format,instant_confirmation";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&header, ",c", i, std::string(500, 'x'));
  const auto listing = ReadOne(absl::StrCat(header, "\n"));
  ASSERT_TRUE(listing.ok()) << listing.status();
  EXPECT_EQ(listing->warnings.size(), 21u);
  EXPECT_THAT(listing->warnings.back(), HasSubstr("980 autres colonnes"));
  for (const std::string& warning : listing->warnings) EXPECT_LT(warning.size(), 200u);
}

TEST(ReadListingTest, AcceptsAStudentWithoutSiret) {
  const auto listing =
      ReadOne(absl::StrCat(kProfiles, absl::StrReplaceAll(kOne, {{"00061001400011", ""}})));
  ASSERT_TRUE(listing.ok()) << listing.status();
  EXPECT_EQ(listing->ambassadors[0].siret, "");
}

TEST(ReadListingTest, RefusesAProfileWithLineAndCauseButWithoutTheName) {
  struct Case {
    std::string from;
    std::string to;
    std::string cause;
  };
  const std::vector<Case> cases = {
      {"019b8dd0-", "019b8dd0", "UUID"},
      {"Fromagère", "", "job_title"},
      {"00061001400011", "00061001400012", "SIRET"},
      {"A1412", "A1412|B", "rome_codes"},
      {"A1412", "", "rome_codes"},
      {"79|83", "?", "sectors"},
      {"ON_SITE|PHONE", "FAX", "formats"},
      {"LYCEE", "", "audiences"},
      {"61100", "611", "code postal"},
      {"61070,61", "61070,14", "commune"},
      {",61,", ",99,", "département"},
      {"48.8", "nord", "latitude"},
      {"48.8", "148.8", "coordonnées"},
      {"-0.6,O", "-0.6,oui", "demonstration"},
      {"-0.6,O", "-0.6", "cellules"},
      {"\"Du lait", "Du \"lait", "cellules"},
  };
  for (const Case& one : cases) {
    const std::string row = absl::StrReplaceAll(kOne, {{one.from, one.to}});
    const absl::Status status = ReadOne(absl::StrCat(kProfiles, row)).status();
    EXPECT_EQ(ErrorReasonOf(status), "IMPORT_REFUSED") << one.cause << " " << status;
    EXPECT_EQ(MetadataOf(status)["line"], "2") << one.cause;
    EXPECT_EQ(MetadataOf(status)["file"], "liste.csv") << one.cause;
    EXPECT_THAT(status.ToString() + GetErrorDetails(status)->message_fr, HasSubstr(one.cause));
    EXPECT_THAT(status.ToString(), Not(HasSubstr("Ana")));
  }
}

TEST(ReadListingTest, RefusesAMeetingWithLineAndCause) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"T09:30", "T09:00"}, {"T09:30", "T22:00"},     {"2026-07-01T09:00", "01/07/2026 9h"},
      {",1,", ",0,"},       {",1,", ",501,"},         {",1,", ",x,"},
      {"VIDEO", "FAX"},     {"VIDEO,O", "VIDEO,oui"}, {"2026-07-01T09:00", "2026-02-30T09:00"},
      {"2026-", "20260-"},  {"2026-", "300000-"},     {"2026-", "-2026-"},
      {"2026-", "1999-"}};
  for (const auto& [from, to] : cases) {
    const std::string row = absl::StrReplaceAll(kMeeting, {{from, to}});
    const absl::Status status = ReadOne(absl::StrCat(kMeetings, kMeeting, row)).status();
    EXPECT_EQ(ErrorReasonOf(status), "IMPORT_REFUSED") << row;
    EXPECT_EQ(MetadataOf(status)["line"], "3") << row;
  }
}

TEST(ReadListingTest, RefusesWhatOccursTwiceAndFilesOfAnotherKind) {
  for (const std::string& content :
       {absl::StrCat(kProfiles, kOne, kOne), absl::StrCat(kMeetings, kMeeting, kMeeting),
        std::string(kOne), std::string("a,b\n1,2\n"), std::string("a,a\n"), std::string(),
        std::string("id\xE9\n")}) {
    EXPECT_EQ(ErrorReasonOf(ReadOne(content).status()), "IMPORT_REFUSED") << content;
  }
}

}  // namespace
}  // namespace dm::ambassador::imports
