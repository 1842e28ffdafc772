#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "common/rpc/file_upload.h"
#include "services/catalogue/imports/agency_lists.h"
#include "services/catalogue/imports/charset.h"
#include "services/catalogue/imports/communes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// "file:line" and what a clerk reads of a refusal.
std::string Where(const absl::Status& status) {
  const auto details = GetErrorDetails(status);
  if (!details.has_value() || details->reason != "IMPORT_REFUSED") return status.ToString();
  return absl::StrCat(details->metadata.at("file"), ":", details->metadata.at("line"));
}
std::string Cause(const absl::Status& status) {
  const auto details = GetErrorDetails(status);
  return details.has_value() ? details->message_fr : "";
}

TEST(ImportRefused, NamesFileAndLineWhereThereAreSome) {
  EXPECT_EQ(Cause(rpc::ImportRefused("a.csv", 2, "faux")), "Import refusé : a.csv, ligne 2 : faux");
  EXPECT_EQ(Cause(rpc::ImportRefused("a.csv", 0, "vide")), "Import refusé : a.csv : vide");
  EXPECT_EQ(Cause(rpc::ImportRefused("", 0, "rien")), "Import refusé : rien");
}

TEST(Charset, TellsUtf8FromTheRest) {
  EXPECT_TRUE(IsUtf8("métier €"));
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_FALSE(IsUtf8("m\xE9tier"));
  EXPECT_FALSE(IsUtf8("\xC3"));
  EXPECT_FALSE(IsUtf8("\xC0\x80"));
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));
}

TEST(Charset, ReadsWhatFrenchSpreadsheetsWrite) {
  EXPECT_EQ(ToUtf8("m\xE9tier d'\x9Cuvre, \xBDuvre, 5 \xA4 ou 5 \x80"),
            "métier d'œuvre, œuvre, 5 € ou 5 €");
  EXPECT_EQ(ToUtf8("déjà"), "déjà");
}

constexpr char kCompanies[] =
    "siret,display_name,description,naf_code,sectors,street,postal_code,commune_code,website,"
    "demonstration\n";
constexpr char kOffers[] = "siret,key,rome_code,title,audiences\n";
constexpr char kSessions[] = "siret,key,start,end,capacity\n";

TEST(Companies, AreReadFromASpreadsheetToo) {
  const auto rows = ParseCompanies({{"c.csv",
                                     "siret;display_name;postal_code;commune_code;sectors\r\n"
                                     "73282932000074;\"Caf\xE9; bar\";61100;61070;90|84|90\r\n"}});
  ASSERT_TRUE(rows.ok()) << Cause(rows.status());
  ASSERT_EQ(rows->size(), 1u);
  EXPECT_EQ((*rows)[0].display_name, "Café; bar");
  EXPECT_THAT((*rows)[0].sectors, ElementsAre("84", "90"));
  EXPECT_FALSE((*rows)[0].demonstration);
  EXPECT_EQ((*rows)[0].origin.line, 2);
}

TEST(Companies, AreRefusedByLine) {
  const std::map<std::string, const char*> wrong = {
      {"73282932000075,A,,,,,61100,61070,,N", "SIRET"},
      {"73282932000074,,,,,,61100,61070,,N", "display_name"},
      {"73282932000074,A,,1722Z,,,61100,61070,,N", "17.22Z"},
      {"73282932000074,A,,,8-4,,61100,61070,,N", "secteur"},
      {"73282932000074,A,,,,,6110,61070,,N", "code postal"},
      {"73282932000074,A,,,,,61100,6107,,N", "INSEE"},
      {"61001400011,A,,,,,61100,61070,,N", "zéros de tête ont disparu (00061001400011 ?)"},
      {"73282932000074,A,,,,,1400,01004,,N", "zéros de tête ont disparu (01400 ?)"},
      {"73282932000074,A,,,,,01400,1004,,N", "zéros de tête ont disparu (01004 ?)"},
      {"73282932000074,A,,,,,61100,61070,javascript:alert(1),N", "https://"},
      {"73282932000074,A,,,,,61100,61070,https://a b,N", "https://"},
      {"73282932000074,A,,,,,61100,61070,,oui", "O ou N"},
  };
  for (const auto& [row, cause] : wrong) {
    const auto parsed = ParseCompanies({{"c.csv", absl::StrCat(kCompanies, "\n", row, "\n")}});
    EXPECT_EQ(Where(parsed.status()), "c.csv:3") << row;
    EXPECT_THAT(Cause(parsed.status()), HasSubstr(cause)) << row;
  }
  const std::string right = "73282932000074,A,,,,,61100,61070,,N\n";
  const auto twice = ParseCompanies(
      {{"1.csv", absl::StrCat(kCompanies, right)}, {"2.csv", absl::StrCat(kCompanies, right)}});
  EXPECT_EQ(Where(twice.status()), "2.csv:2");
}

TEST(Companies, OfAForeignCharsetAreReadWithAWarning) {
  std::vector<std::string> warnings;
  const std::string header = "siret,\"a;b;c;d;e;f;g\",display_name,postal_code,commune_code\n";
  const auto rows =
      ParseCompanies({{"c.csv", header + "73282932000074,,Caf\xE9,61100,61070\n"}}, &warnings);
  ASSERT_TRUE(rows.ok()) << Cause(rows.status());
  EXPECT_EQ((*rows)[0].display_name, "Café");
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("c.csv, ligne 2")));
}

TEST(Communes, AreRefusedByLineAndNeverEmpty) {
  const std::string header =
      "code_insee,nom,code_departement,codes_postaux,population,latitude,longitude\n";
  EXPECT_EQ(Where(ParseCommunes({{"c", header}}).status()), "c:0");
  EXPECT_EQ(Where(ParseCommunes({}).status()), ":0");
  for (const char* row :
       {"61070,Caligny,99,61100,1000,48.8,-0.6", "6107,Caligny,61,61100,1,48.8,0",
        "61070,Caligny,61,611,1000,48.8,-0.6", "61070,,61,61100,1000,48.8,-0.6",
        "61070,Caligny,61,61100,beaucoup,48.8,-0.6", "61070,Caligny,61,61100,1000,148.8,-0.6",
        "61070,Caligny,61,61100,1000,nan,-0.6"}) {
    EXPECT_EQ(Where(ParseCommunes({{"c", absl::StrCat(header, row, "\n")}}).status()), "c:2")
        << row;
  }
  const auto right = ParseCommunes(
      {{"c", absl::StrCat(header, "14027,Les Monts d'Aunay,14,14260|14770,4777,48.99,-0.65\n")}});
  ASSERT_TRUE(right.ok()) << Cause(right.status());
  EXPECT_THAT(right->communes[0].postal_codes, ElementsAre("14260", "14770"));
}

absl::StatusOr<OfferLists> ParseSession(const std::string& start, const std::string& end,
                                        const std::string& capacity = "3") {
  return ParseOffers(
      {{"s", absl::StrCat(kSessions, "73282932000074,k,", start, ",", end, ",", capacity, "\n")}});
}

TEST(Sessions, AreOnTheClocksOfParis) {
  const auto winter = ParseSession("2026-12-07T09:00", "2026-12-09T17:00");
  ASSERT_TRUE(winter.ok()) << Cause(winter.status());
  EXPECT_EQ(winter->sessions[0].start,
            absl::FromCivil(absl::CivilSecond(2026, 12, 7, 8), absl::UTCTimeZone()));
  const auto summer = ParseSession("2026-07-06T09:00:00", "2026-07-06T17:00+02:00");
  EXPECT_FALSE(summer.ok());  // An offset comes with seconds.
  const auto offset = ParseSession("2026-07-06T09:00:00+02:00", "2026-07-06T15:00:00Z");
  ASSERT_TRUE(offset.ok()) << Cause(offset.status());
  EXPECT_EQ(offset->sessions[0].end - offset->sessions[0].start, absl::Hours(8));
}

TEST(Sessions, AreRefusedWhenTheyCannotBe) {
  EXPECT_THAT(Cause(ParseSession("2026-03-29T02:30", "2026-03-29T17:00").status()),
              HasSubstr("heure d'été"));
  EXPECT_THAT(Cause(ParseSession("2026-12-07T09:00", "2026-12-07T09:00").status()),
              HasSubstr("après son début"));
  EXPECT_THAT(Cause(ParseSession("2026-12-07T09:00", "2027-02-07T09:00").status()),
              HasSubstr("31 jours"));
  EXPECT_THAT(Cause(ParseSession("7/12/2026", "2026-12-09T17:00").status()),
              HasSubstr("2026-12-07T09:00"));
  for (const char* year : {"20260", "300000", "1999", "2200", "-2026"}) {
    EXPECT_THAT(Cause(ParseSession(absl::StrCat(year, "-12-07T09:00"),
                                   absl::StrCat(year, "-12-09T17:00:00Z"))
                          .status()),
                HasSubstr("une année de 2000 à 2199"))
        << year;
  }
  for (const char* seats : {"0", "501", "", "trois"}) {
    EXPECT_EQ(Where(ParseSession("2026-12-07T09:00", "2026-12-09T17:00", seats).status()), "s:2");
  }
}

TEST(Offers, AreReadWithAndWithoutSessions) {
  const std::string offer = "73282932000074,k,D1102,Du pain,LYCEE|TROISIEME|LYCEE\n";
  const auto lists = ParseOffers({{"o", absl::StrCat(kOffers, offer)},
                                  {"s", absl::StrCat(kSessions,
                                                     "73282932000074,k,2026-12-07T09:00,"
                                                     "2026-12-09T17:00,2\n")}});
  ASSERT_TRUE(lists.ok()) << Cause(lists.status());
  ASSERT_EQ(lists->offers.size(), 1u);
  EXPECT_THAT(lists->offers[0].audiences, ElementsAre(2, 4));
  EXPECT_TRUE(lists->offers[0].published);
  ASSERT_EQ(lists->sessions.size(), 1u);
  EXPECT_EQ(lists->sessions[0].origin.file, 1u);
  EXPECT_THAT(
      Cause(ParseOffers({{"o", absl::StrCat(kOffers, "73282932000074,k,D1102,T,\n")}}).status()),
      HasSubstr("audiences"));
  EXPECT_EQ(Where(ParseOffers({{"o", absl::StrCat(kOffers, offer, offer)}}).status()), "o:3");
}

}  // namespace
}  // namespace dm::catalogue
