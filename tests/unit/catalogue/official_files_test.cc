#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/errors/error.h"
#include "services/catalogue/domain/reference.h"
#include "services/catalogue/imports/agency_lists.h"
#include "services/catalogue/imports/communes.h"
#include "services/catalogue/imports/everyday_words.h"
#include "services/catalogue/imports/naf.h"
#include "services/catalogue/imports/schools.h"
#include "services/catalogue/imports/sirene.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// "file:line cause" of a refusal.
std::string Refusal(const absl::Status& status) {
  const auto details = GetErrorDetails(status);
  if (!details.has_value() || details->reason != "IMPORT_REFUSED") return status.ToString();
  return absl::StrCat(details->metadata.at("file"), ":", details->metadata.at("line"), " ",
                      details->message_fr);
}

TEST(Layouts, AFileIsWhatItsColumnsSay) {
  const std::string offers_and_sessions =
      "siret,key,rome_code,title,audiences,start,end,capacity\n";
  EXPECT_THAT(Refusal(ParseOffers({{"both.csv", offers_and_sessions}}, nullptr).status()),
              AllOf(HasSubstr("both.csv:1"), HasSubstr("« offres de l'agence »"),
                    HasSubstr("« sessions de l'agence »")));
  EXPECT_THAT(Refusal(ParseSchools({{"s.csv", "mots;professions\n"}}).status()),
              AllOf(HasSubstr("s.csv:1"), HasSubstr("que prend l'import words")));
  EXPECT_THAT(Refusal(ParseSchools({{"s.csv", "a;b\n"}}).status()),
              AllOf(HasSubstr("s.csv:1"), HasSubstr("Identifiant_de_l_etablissement")));
  // Columns that nobody asked for and another order are no matter.
  const auto words =
      ParseEverydayWordsList({{"any name", "note,professions,mots\n,A1504,le véto\n"}}, nullptr);
  ASSERT_TRUE(words.ok()) << Refusal(words.status());
  EXPECT_THAT((*words)[0].professions, ElementsAre("A1504"));
}

TEST(PostalCodes, RowsOfACommuneBecomeOne) {
  const std::string header =
      "\"code_commune_insee\",\"nom_de_la_commune\",\"code_postal\",\"libelle_d_acheminement\","
      "\"ligne_5\",\"_geopoint\"\n";
  const auto lists = ParseCommunes(
      {{"laposte.csv",
        absl::StrCat(header, "50502,ST LO,50570,X,,\n", "99138,MONACO,98000,MONACO,,\n",
                     "99138,MONACO,98000,X,,\n", "50502,ST LO,50000,X,,\"49.11,-1.09\"\n",
                     "50502,ST LO,50570,X,,\"49.11,-1.09\"\n")}});
  ASSERT_TRUE(lists.ok()) << Refusal(lists.status());
  ASSERT_EQ(lists->postal.size(), 1);
  EXPECT_EQ(lists->postal[0].name, "Saint Lo");
  EXPECT_EQ(lists->postal[0].department, "50");
  EXPECT_THAT(lists->postal[0].postal_codes, ElementsAre("50000", "50570"));
  ASSERT_TRUE(lists->postal[0].point.has_value());
  EXPECT_EQ(lists->postal[0].point->longitude, -1.09);
  EXPECT_EQ(lists->postal_rows, 5);
  EXPECT_THAT(lists->warnings, ElementsAre(HasSubstr("laposte.csv, ligne 3 : 99138")));
  for (const auto& [row, cause] :
       std::map<std::string, std::string>{{"1001,A,01400,A,,\"46,4\"", "(01001 ?)"},
                                          {"01001,A,1400,A,,\"46,4\"", "(01400 ?)"},
                                          {"01001,A,01400,A,,\"46\"", "_geopoint"},
                                          {"01001,A,01400,A,,\"460,4\"", "_geopoint"},
                                          {"01001,,01400,A,,\"46,4\"", "nom_de_la_commune"}}) {
    EXPECT_THAT(Refusal(ParseCommunes({{"l", absl::StrCat(header, row, "\n")}}).status()),
                AllOf(HasSubstr("l:2"), HasSubstr(cause)))
        << row;
  }
}

TEST(PostalCodes, NamesInCapitalsAreWrittenAsPeopleWriteThem) {
  for (const auto& [capitals, written] :
       std::map<std::string, std::string>{{"L ABERGEMENT DE VAREY", "L Abergement de Varey"},
                                          {"ST GERMAIN LE VASSON", "Saint Germain le Vasson"},
                                          {"LE HAVRE", "Le Havre"},
                                          {"STE MERE EGLISE", "Sainte Mere Eglise"},
                                          {"", ""}}) {
    EXPECT_EQ(NameFromCapitals(capitals), written);
  }
}

TEST(Naf, ACodeHasOneParentAndOneLabel) {
  const std::string header =
      "id_1,label_1,id_2,label_2,id_3,label_3,id_4,label_4,id_5,label_5\n"
      "C,Industrie,17,Papier,17.2,Articles,17.22,Articles ménagers,17.22Z,Articles ménagers\n";
  const auto list = ParseNaf({{"n", header}}, "naf", nullptr);
  ASSERT_TRUE(list.ok()) << Refusal(list.status());
  std::vector<std::string> codes;
  for (const NafRow& row : list->codes) {
    codes.push_back(absl::StrCat(row.level, " ", row.code, " ", row.parent));
  }
  EXPECT_THAT(codes, ElementsAre("1 C ", "2 17 C", "3 17.2 17", "4 17.22 17.2", "5 17.22Z 17.22"));
  for (const auto& [row, cause] : std::map<std::string, std::string>{
           {"C,Industrie,17,Bois,17.2,a,17.23,b,17.23Z,b", "17 est déjà ligne 2"},
           {"C,Industrie,18,Livres,17.2,a,17.23,b,17.23Z,b", "17.2 n'est pas sous 18"},
           {"A,Champs,1,Culture,01.1,a,01.11,b,01.11Z,b", "(01 ?)"},
           {"A,Champs,01,Culture,01.1,a,01.11,b,1.11Z,b", "(01.11Z ?)"},
           {"A,Champs,01,,01.1,a,01.11,b,01.11Z,b", "label_2"}}) {
    EXPECT_THAT(
        Refusal(ParseNaf({{"n", absl::StrCat(header, row, "\n")}}, "naf", nullptr).status()),
        AllOf(HasSubstr("n:3"), HasSubstr(cause)))
        << row;
  }
  EXPECT_THAT(
      Refusal(
          ParseNaf({{"n", header.substr(0, header.find('\n') + 1)}}, "naf2025", nullptr).status()),
      HasSubstr("n:0"));
}

constexpr char kSchools[] =
    "Identifiant_de_l_etablissement;Nom_etablissement;Type_etablissement;Statut_public_prive;"
    "Adresse_1;Code_postal;Code_commune;Nom_commune;Code_departement;SIREN_SIRET;date_maj_ligne;"
    "libelle_nature\n";

TEST(Schools, TheFirstSiteOfASchoolCounts) {
  const auto list = ParseSchools(
      {{"l", absl::StrCat(kSchools,
                          "0140004D;Lycée Alain Chartier;Lycée;Public;Place X;14402;14047;Bayeux;"
                          "014;19140004300011;2024-03-19;LYCEE POLYVALENT\n"
                          "0140004D;Lycée Alain Chartier - annexe;Lycée;Public;;14402;14047;Bayeux;"
                          "014;;2024-03-20;INCONNU\n")}});
  ASSERT_TRUE(list.ok()) << Refusal(list.status());
  ASSERT_EQ(list->schools.size(), 1);
  EXPECT_EQ(list->schools[0].kind, "Lycée polyvalent");
  EXPECT_EQ(list->schools[0].department, "14");
  EXPECT_EQ(list->published, absl::CivilDay(2024, 3, 20));
  EXPECT_THAT(list->warnings, ElementsAre(AllOf(HasSubstr("l, ligne 3"), HasSubstr("ligne 2"))));
  const std::string row =
      "0140004D;Lycée;Lycée;Public;Rue;14402;14047;Bayeux;014;;2024-03-19;LYCEE POLYVALENT\n";
  for (const auto& [right, wrong] : std::map<std::string, std::string>{{"0140004D", "0140004E"},
                                                                       {"0140004D", "140004D"},
                                                                       {";014;", ";14;"},
                                                                       {"Public", "Autre"},
                                                                       {"2024-03-19", "hier"},
                                                                       {";14047;", ";1404;"}}) {
    std::string damaged = row;
    damaged.replace(damaged.find(right), right.size(), wrong);
    EXPECT_THAT(Refusal(ParseSchools({{"l", kSchools + damaged}}).status()), HasSubstr("l:2"))
        << wrong;
  }
}

constexpr char kEstablishments[] =
    "siren,siret,statutDiffusionEtablissement,etatAdministratifEtablissement,"
    "codePostalEtablissement,codeCommuneEtablissement,activitePrincipaleEtablissement,"
    "nomenclatureActivitePrincipaleEtablissement,enseigne1Etablissement,"
    "denominationUsuelleEtablissement,dateDebut,numeroVoieEtablissement,typeVoieEtablissement,"
    "libelleVoieEtablissement,activitePrincipaleNAF25Etablissement\n";
constexpr char kUnits[] =
    "siren,statutDiffusionUniteLegale,denominationUniteLegale,nomUniteLegale,"
    "categorieJuridiqueUniteLegale,prenom1UniteLegale,denominationUsuelle1UniteLegale,"
    "sigleUniteLegale\n";

// The name that an establishment is shown with; `unit` is the legal unit's row after its SIREN,
// empty for none.
std::string ShownName(const std::string& sign, const std::string& usual, const std::string& unit) {
  std::vector<SourceFile> files = {
      {"e",
       absl::StrCat(kEstablishments, "732829320,73282932000074,O,A,61100,61169,10.71C,NAFRev2,",
                    sign, ",", usual, ",2020-01-01,12,RUE,DU FOUR,\n")}};
  if (!unit.empty()) files.push_back({"u", absl::StrCat(kUnits, "732829320,", unit, "\n")});
  const auto stock = ParseSirene(files);
  if (!stock.ok() || stock->establishments.size() != 1) return Refusal(stock.status());
  return stock->establishments[0].display_name;
}

TEST(Sirene, NobodysNameIsShown) {
  const std::string company = "O,FOURNIL SARL,,5499,,,FSA";
  const std::string person = "O,,DUPONT,1000,MARIE,,";
  EXPECT_EQ(ShownName("AU BON PAIN", "", company), "AU BON PAIN");
  EXPECT_EQ(ShownName("", "LE FOURNIL", company), "LE FOURNIL");
  EXPECT_EQ(ShownName("", "", company), "FOURNIL SARL");
  EXPECT_EQ(ShownName("", "", ""), "");
  EXPECT_EQ(ShownName("", "", person), "");
  EXPECT_EQ(ShownName("AU BON PAIN", "", person), "AU BON PAIN");
  EXPECT_EQ(ShownName("BOULANGERIE DUPONT", "", person), "BOULANGERIE DUPONT");
  EXPECT_EQ(ShownName("DUPONT MARIE", "", person), "");
  EXPECT_EQ(ShownName("", "Mme Marie Dupont", person), "");
  EXPECT_EQ(ShownName("", "MME MARIE DUPONT", ""), "");
  EXPECT_EQ(ShownName("", "", "O,,DUPONT,1000,MARIE,LE FOURNIL,"), "LE FOURNIL");
  EXPECT_EQ(ShownName("", "", "O,,DUPONT,1000,MARIE,DUPONT MARIE,"), "");
  // Whoever asked not to be found is not.
  EXPECT_EQ(ShownName("AU BON PAIN", "", "P,FOURNIL SARL,,5499,,,"), "");
}

TEST(Sirene, PassesOverWhatIsNotToBeShown) {
  const auto stock = ParseSirene(
      {{"e", absl::StrCat(
                 kEstablishments,
                 "732829320,73282932000074,P,A,61100,61169,10.71C,NAFRev2,SECRET,,,,,,\n",
                 "356000000,35600000000048,O,A,,,53.10Z,NAFRev2,AILLEURS,,,,,,\n",
                 "356000000,35600000000051,O,F,61100,61169,642C,NAF1993,ANCIEN,,2021-06-30,,,,\n",
                 "552100554,55210055400013,O,A,61100,61169,47.11Y,NAF2025,NEUF,,,,,,\n")}});
  ASSERT_TRUE(stock.ok()) << Refusal(stock.status());
  EXPECT_EQ(stock->rows, 4);
  ASSERT_EQ(stock->establishments.size(), 2);
  const EstablishmentRow& old = stock->establishments[0];
  EXPECT_TRUE(old.closed);
  EXPECT_EQ(old.since, absl::CivilDay(2021, 6, 30));
  EXPECT_EQ(old.naf_nomenclature + old.naf_code, "");
  EXPECT_EQ(stock->establishments[1].naf25_code, "47.11Y");
  EXPECT_THAT(stock->warnings, ElementsAre(HasSubstr("1 établissement(s) non diffusible"),
                                           HasSubstr("1 établissement(s) sans adresse"),
                                           HasSubstr("1 activité(s)")));
}

TEST(Sirene, IsRefusedByFileAndLine) {
  for (const auto& [row, cause] : std::map<std::string, std::string>{
           {"x,73282932000075,O,A,61100,61169,10.71C,NAFRev2,,,,,,,", "SIRET"},
           {"x,73282932000074,O,X,61100,61169,10.71C,NAFRev2,,,,,,,", "attend A ou F"},
           {"x,73282932000074,O,A,1100,61169,10.71C,NAFRev2,,,,,,,", "(01100 ?)"},
           {"x,73282932000074,O,A,61100,61169,1071,NAFRev2,,,,,,,", "17.22Z"},
           {"x,73282932000074,O,A,61100,61169,10.71C,NAFRev2,,,hier,,,,", "dateDebut"}}) {
    EXPECT_THAT(Refusal(ParseSirene({{"e", absl::StrCat(kEstablishments, row, "\n")}}).status()),
                AllOf(HasSubstr("e:2"), HasSubstr(cause)))
        << row;
  }
  EXPECT_THAT(Refusal(ParseSirene({{"u", kUnits}}).status()), HasSubstr("aucun établissement"));
}

TEST(EverydayWords, AreRefusedWhenTheySayNothing) {
  const std::string header = "mots;professions\n";
  for (const auto& [row, cause] :
       std::map<std::string, std::string>{{"le de la;A1504", "ne dit rien"},
                                          {";A1504", "est vide"},
                                          {"véto;A15", "codes ROME"},
                                          {"véto;A1504\nVETOS;A1501", "déjà dans l'envoi"}}) {
    EXPECT_THAT(
        Refusal(ParseEverydayWordsList({{"w", absl::StrCat(header, row, "\n")}}, nullptr).status()),
        HasSubstr(cause))
        << row;
  }
  const auto taken_back = ParseEverydayWordsList({{"w", header + "véto;\n"}}, nullptr);
  ASSERT_TRUE(taken_back.ok());
  EXPECT_THAT((*taken_back)[0].professions, IsEmpty());
}

TEST(Sources, AreNamedWithTheirDay) {
  const absl::Time imported = absl::FromUnixSeconds(1795435200);
  EXPECT_EQ(AttributionOf({.name = "rome",
                           .version = "58",
                           .published = absl::CivilDay(2024, 12, 16),
                           .imported = imported}),
            "Source : France Travail, ROME 4.0 version 58 du 16/12/2024");
  EXPECT_EQ(AttributionOf({.name = "postal-codes", .imported = imported}),
            "Source : La Poste, base officielle des codes postaux, fichier reçu le 23/11/2026");
  EXPECT_EQ(AttributionOf({.name = "nothing", .imported = imported}), "");
}

}  // namespace
}  // namespace dm::catalogue
