#include "services/catalogue/imports/rome_export.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
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

// The smallest whole export.
std::map<std::string, std::string> SmallRome() {
  return {
      {"1",
       "\"code_sect_activite\",\"libelle_sect_activite\",\"definition_sect_activite\"\n"
       "\"79\",\"Agriculture\",\"deux\n\nlignes\"\n\n\"84\",\"Industrie\",\"\"\n"},
      {"2", "code_centre_interet,libelle_centre_interet,definition_centre_interet\n1,J'aime,\n"},
      {"3",
       "code_rome,code_fiche_metier,code_ogr,libelle_rome,transition_eco,transition_num,"
       "transition_demo,emploi_reglemente,emploi_cadre,code_rome_parent\n"
       "A1201,19,7,Bûcheron,Emploi Vert,O,N,,O,A1201\n"},
      {"4", "code_rome,riasec_majeur,riasec_mineur\nA1201,R,\n"},
      {"5",
       "code_rome,code_compo_bloc,libelle_type_texte,position_phrase,libelle_texte\n"
       "A1201,3,definition,10,Puis l''arbre.\nA1201,3,definition,2,D'abord.\n"
       "A1201,4,acces_metier,1,Un CAP.\n"},
      {"6",
       "code_ogr,libelle_appellation_long,libelle_appellation_court,code_rome,transition_eco,"
       "transition_num,transition_demo,emploi_reglemente,emploi_cadre,classification,origine,"
       "code_rome_parent,peu_usite\n"
       "11573,Abatteur de bois,Abatteur,A1201,,,,,,SYNONYME,,A1201,O\n"},
      {"7",
       "code_sect_activite,code_ss_sect_activite,code_rome,principal\n79,114,A1201,non\n"
       "79,,A1201,oui\n"},
      {"8", "code_centre_interet,code_rome,principal\n1,A1201,oui\n"},
  };
}

absl::StatusOr<RomeExport> Parse(const std::map<std::string, std::string>& files) {
  std::vector<SourceFile> sources;
  for (const auto& [name, content] : files) sources.push_back({name, content});
  return ParseRome(sources);
}

TEST(RomeExport, IsReadWhateverItsFilesAreCalled) {
  auto files = SmallRome();
  files["9"] =
      "Numero de version : 58\n\nDate de publication : 16/12/2024\n\nDate de validation : "
      "31/02/2024\n"
      "\nTitre/commentaire : ROME 4.0 version 58 - 24M12\n";
  files["a"] = "\"code_type_referentiel\",\"libelle_type_referentiel\"\n";
  files["b"] = "\"code_compo_bloc\",\"libelle_bloc\"\n\"1\",\"a\xE9\"\n";
  files["c"] = "x,y\n1,2\n";
  const auto rome = Parse(files);
  ASSERT_TRUE(rome.ok()) << Cause(rome.status());
  EXPECT_EQ(rome->version, "ROME 4.0 version 58");
  EXPECT_EQ(rome->release.published, absl::CivilDay(2024, 12, 16));
  EXPECT_EQ(rome->release.validated, std::nullopt);
  EXPECT_EQ(rome->release.title, "ROME 4.0 version 58 - 24M12");
  ASSERT_EQ(rome->professions.size(), 1u);
  EXPECT_EQ(rome->professions[0].definition, "D'abord. Puis l'arbre.");
  EXPECT_EQ(rome->professions[0].access, "Un CAP.");
  EXPECT_EQ(rome->professions[0].riasec_major, "R");
  EXPECT_EQ(rome->professions[0].flags.ecological_transition, 1);
  EXPECT_EQ(rome->professions[0].flags.digital_transition, true);
  EXPECT_EQ(rome->professions[0].flags.demographic_transition, false);
  EXPECT_EQ(rome->professions[0].flags.regulated, std::nullopt);
  EXPECT_EQ(rome->professions[0].domain_code, std::nullopt);
  ASSERT_EQ(rome->appellations.size(), 1u);
  EXPECT_EQ(rome->appellations[0].short_label, "Abatteur");
  EXPECT_TRUE(rome->appellations[0].rare);
  EXPECT_FALSE(rome->appellations[0].principal);
  EXPECT_FALSE(rome->items.has_value());
  ASSERT_EQ(rome->sectors.size(), 2u);
  EXPECT_EQ(rome->sectors[0].description, "deux\n\nlignes");
  ASSERT_EQ(rome->sector_links.size(), 1u);
  EXPECT_TRUE(rome->sector_links[0].principal);
  EXPECT_EQ(rome->sector_link_rows, 2);
  EXPECT_THAT(rome->warnings,
              ElementsAre(HasSubstr("b, ligne 2 : ce n'est pas de l'UTF-8"), HasSubstr("c :"),
                          HasSubstr("restent comme ils étaient : grands domaines")));
}

TEST(RomeExport, IsRefusedByFileAndLine) {
  struct Case {
    const char* file;
    std::string content;
    const char* where;
    const char* cause;
  };
  const auto small = SmallRome();
  const std::vector<Case> cases = {
      {"1", small.at("1") + "\"79\",\"Encore\",\"\"\n", "1:7", "déjà"},
      {"1", small.at("1") + "\"80\",\"Jamais fermé,\n", "1:7", "guillemets"},
      {"1", small.at("1") + "80,Trop court\n", "1:7", "3 cellules attendues, 2"},
      {"2", "code_centre_interet,libelle_centre_interet,definition_centre_interet\n", "2:0",
       "aucune ligne"},
      {"3", small.at("3") + "A12,19,7,Bûcheron,,,,,,A1201\n", "3:3", "code ROME"},
      {"3", small.at("3") + "A1202,19,7,,,,,,,A1201\n", "3:3", "libelle_rome"},
      {"3", small.at("3") + "A1202,19,8,Débardeur,Emploi Bleu,,,,,A1201\n", "3:3", "Emploi Vert"},
      {"3", small.at("3") + "A1202,19,8,Débardeur,,oui,,,,A1201\n", "3:3", "transition_num"},
      {"3", "code_rome,code_fiche_metier,code_ogr,libelle_rome,transition_eco\n", "3:1",
       "il manque des colonnes"},
      {"4", small.at("4") + "A1201,RI,\n", "4:3", "RIASEC"},
      {"5", small.at("5") + "B9999,3,definition,1,x\n", "5:5", "métiers"},
      {"5", small.at("5") + "A1201,3,definition,un,x\n", "5:5", "position_phrase"},
      {"6", small.at("6") + "11573,Autre,,A1201,,,,,,SYNONYME,,A1201,N\n", "6:3", "déjà"},
      {"6", small.at("6") + "x1,Autre,,A1201,,,,,,SYNONYME,,A1201,N\n", "6:3", "chiffres"},
      {"7", small.at("7") + "99,,A1201,oui\n", "7:4", "99"},
      {"8", small.at("8") + "1,A1201,peut-être\n", "8:3", "oui ou non"},
      {"9", small.at("8"), "9:0", "un seul des deux"},
      {"9", "", "9:0", "vide"},
      {"9", std::string("a\n\0\0", 4), "9:2", "octet nul"},
      {"9",
       "\xFF\xFE"
       "a",
       "9:0", "UTF-16"},
      {"9", "a,b\r1,2\r", "9:1", "CR seuls"},
      {"9", "a,b,a\n", "9:1", "deux fois la colonne « a »"},
      {"2", small.at("2") + "\n" + small.at("2"), "2:4", "l'en-tête est répété"},
      {"2", small.at("2") + "2,\"J'aime\"x,\n", "2:3", "guillemet fermant"},
      {"2", small.at("2") + "2,\"a\nb\",\"c\nd", "2:3", "ouverts ligne 4"},
      {"2", small.at("2") + "2," + std::string((1 << 20) + 1, 'x') + ",\n", "2:3", "1 Mio"},
      {"6_v346_.csv", small.at("6"), "6_v346_.csv:1", "ROME V3 (version 346)"},
      {"9", "code_ogr,libelle_appellation_long,code_rome,code_type_section_appellation,statut\n",
       "9:1", "ROME V3"},
      {"3", "code_rome,code_fiche_metier,code_ogr,libelle_rome\n", "3:1", "ROME V3"},
      {"9", "Numero de version : 346\n", "9:1", "ROME V3 (version 346)"},
      {"9", "Numero de version : neuf\n", "9:1", "pas un nombre"},
  };
  for (const Case& one : cases) {
    auto files = small;
    files[one.file] = one.content;
    const absl::Status status = Parse(files).status();
    EXPECT_EQ(Where(status), one.where) << one.content;
    EXPECT_THAT(Cause(status), HasSubstr(one.cause)) << one.content;
  }
  auto mixed = small;
  mixed["1_v458_utf8.csv"] = mixed.extract("1").mapped();
  mixed["2_v459_utf8.csv"] = mixed.extract("2").mapped();
  EXPECT_THAT(Cause(Parse(mixed).status()),
              HasSubstr("58 (1_v458_utf8.csv), 59 (2_v459_utf8.csv)"));
  mixed["1_v459_utf8.csv"] = mixed.extract("1_v458_utf8.csv").mapped();
  EXPECT_EQ(Parse(mixed)->version, "ROME 4.0 version 59");
  mixed["version.txt"] = "Numero de version : 58\n";
  EXPECT_THAT(Cause(Parse(mixed).status()), HasSubstr("58 (version.txt), 59 (1_v459"));
  auto files = small;
  files.erase("5");
  files.erase("8");
  EXPECT_THAT(Cause(Parse(files).status()), HasSubstr("textes, arborescence des centres"));
}

// The files that may be missing, by what SmallRome calls A1201.
std::map<std::string, std::string> WholeRome() {
  auto files = SmallRome();
  files.merge(std::map<std::string, std::string>{
      {"gd", "code_grand_domaine,libelle_grand_domaine\nA,Agriculture\n"},
      {"dp", "code_domaine_professionnel,libelle_domaine_professionnel\nA12,Espaces verts\n"},
      {"cr",
       "code_rome,libelle_rome,code_grand_domaine,libelle_grand_domaine,code_domaine_professionel,"
       "libelle_domaine_professionel\nA1201,Bûcheron,A,Agriculture,A12,Espaces verts\n"},
      {"ss",
       "code_ss_sect_activite,libelle_ss_sect_activite,definition_ss_sect_activite,"
       "code_sect_activite\n114,Sylviculture,,79\n"},
      {"mo", "code_rome,code_rome_cible,numero_ordre\n"},
      {"co",
       "code_ogr,nature,libelle_competence,definition,code_ogr_macro_comp,code_macro_comp,cat_comp,"
       "sous_cat_comp,transition_eco,transition_num,libelle_heterogeneite,libelle_origine\n"
       "100,Compétence,Abattre un arbre,,300,,Savoir-faire,Technique,O,N,,\n"
       "300,Macro-compétence,Entretenir la forêt,,,1A101,Savoir-faire,Technique,,,,\n"
       "400,Macro-compétence,Travailler en équipe,Être plusieurs,,1A102,"
       "Savoir-être professionnel,,,,,\n"},
      {"sa",
       "code_ogr_savoir,libelle_savoir,categorie_savoir,sous_categorie_savoir,transition_eco,"
       "transition_num\n500,Essences de bois,Produits,Matières,,N\n"},
      {"ct",
       "code_ogr,libelle_cont_travail,code_type_cont_trav,libelle_type_cont_trav\n"
       "600,En extérieur,1,Conditions de travail\n"},
      {"mr", "code_ogr,riasec_majeur,riasec_mineur\n300,R,C\n400,,\n"},
      {"tr",
       "code_domaine_competence,domaine_competence,code_enjeu,enjeu,code_objectif,objectif,"
       "code_macro_competence,code_ogr_macro_competence,libelle_macro_competence,"
       "code_ogr_competence,libelle_competence\n"
       "1,Nature,1A,Forêt,1A1,Entretenir,1A101,300,Entretenir la forêt,100,Abattre un arbre\n"
       "1,Nature,1A,Forêt,1A1,Entretenir,1A102,400,Travailler en équipe,,\n"},
      {"ci",
       "code_rome,code_ogr,coeur_metier\nA1201,100,Principale\nA1201,400,\n"
       "A1201,500,Émergente\nA1201,600,\n"},
      {"th", "code_theme,libelle_theme,definition_theme\n001,Environnement,Dehors\n"},
      {"at", "code_theme,libelle_theme,code_ogr_rome,code_rome,libelle_rome\n001,E,7,A1201,B\n"},
      {"na", "code_tech_secteur_naf,code_secteur_naf,libelle_secteur_naf\n3,2,Sylviculture\n"},
      {"an", "code_secteur_naf,libelle_secteur_naf,code_ogr_rome,code_rome\n2,S,7,A1201\n"},
      {"it",
       "code_ogr,libelle,code_rubrique\n100,Abattre un arbre,1\n300,Entretenir la forêt,1\n"
       "400,Travailler en équipe,2\n500,Essences de bois,3\n600,En extérieur,\n"},
      {"li",
       "code_rome,code_compo_bloc,code_rubrique,code_ogr\nA1201,1,,7\nA1201,2,,11573\n"
       "A1201,5,1,100\nA1201,5,2,400\nA1201,5,3,500\nA1201,6,,600\n"},
      {"tt",
       "code_grand_domaine,code_domaine_professionnel,numero_fiche_rome,intitule,"
       "libelle_appellation_long,libelle_appellation_court,type_provenance,code_fiche,ogr_rome,"
       "ogr_appellation\nA,,,Agriculture,,,1,,,\n,,,,Abatteur de bois,Abatteur,4,19,7,11573\n"},
      {"sb", "code_compo_bloc,libelle_bloc\n1,Code ROME\n"},
      {"sr", "code_rubrique,code_compo_bloc,position_rubrique,libelle_rubrique\n1,5,1,Savoir\n"},
      {"tp", "code_type_referentiel,libelle_type_referentiel\n"},
      {"version.txt", "Numero de version : 58\n"}});
  files["3"] += "A1203,16,9,Jardinier,,,,,,A1203\n";
  files["li"] += "A1203,1,,9\n";
  files["mo"] += "A1201,A1203,1\n";
  return files;
}

TEST(RomeExport, IsReadWhole) {
  const auto rome = Parse(WholeRome());
  ASSERT_TRUE(rome.ok()) << Cause(rome.status());
  EXPECT_THAT(rome->warnings, ElementsAre());
  EXPECT_EQ(rome->professions[0].domain_code, "A12");
  EXPECT_EQ(rome->domains->at(0).whole, "A");
  EXPECT_EQ(rome->sub_sector_links->at(0).code, "114");
  EXPECT_EQ(rome->mobility->at(0).target_code, "A1203");
  ASSERT_EQ(rome->items->size(), 5u);
  const ItemRow& skill = rome->items->at(0);
  EXPECT_EQ(skill.kind, 1);
  EXPECT_EQ(skill.macro_code, "1A101");
  EXPECT_EQ(skill.ecological_transition, true);
  EXPECT_EQ(skill.digital_transition, false);
  const ItemRow& macro = rome->items->at(1);
  EXPECT_TRUE(macro.is_macro);
  EXPECT_EQ(macro.riasec, "RC");
  EXPECT_EQ(rome->items->at(2).kind, 2);
  EXPECT_EQ(rome->items->at(2).definition, "Être plusieurs");
  EXPECT_EQ(rome->items->at(3).kind, 3);
  EXPECT_EQ(rome->items->at(4).kind, 4);
  EXPECT_EQ(rome->items->at(4).category, "Conditions de travail");
  ASSERT_EQ(rome->skill_tree->size(), 2u);
  EXPECT_EQ(rome->skill_tree->at(0).objective, "Entretenir");
  ASSERT_EQ(rome->profession_items->size(), 4u);
  EXPECT_EQ(rome->profession_items->at(0).core, 1);
  EXPECT_EQ(rome->profession_items->at(2).core, 2);
  EXPECT_EQ(rome->themes->at(0).description, "Dehors");
  EXPECT_EQ(rome->theme_links->at(0).code, "001");
  EXPECT_EQ(rome->naf_sectors->at(0).technical_code, "3");
  EXPECT_EQ(rome->naf_links->at(0).rome_code, "A1201");
}

// Each line is added to its file, or is the file's only one after the header.
TEST(RomeExport, IsRefusedForAnyRowOfAnyFile) {
  struct Case {
    const char* file;
    const char* row;
    const char* where;
    const char* cause;
  };
  const std::vector<Case> cases = {
      {"gd", "AB,Autre", "gd:3", "majuscule"},
      {"gd", "A,Encore", "gd:3", "déjà"},
      {"dp", "B12,Autre", "dp:3", "grands domaines"},
      {"dp", "B1,Autre", "dp:3", "deux chiffres"},
      {"cr", "A1203,J,A,A,A13,D", "cr:3", "domaines professionnels"},
      {"ss", "115,Autre,,99", "ss:3", "secteurs d'activité"},
      {"7", "79,115,A1203,non", "7:4", "sous-secteurs"},
      {"mo", "A1201,A1203,2", "mo:3", "déjà"},
      {"mo", "A1203,A1203,1", "mo:3", "lui-même"},
      {"mo", "A1203,A9999,1", "mo:3", "A9999"},
      {"mo", "A1203,A1201,zéro", "mo:3", "numero_ordre"},
      {"co", "100,Compétence,X,,300,,Savoir-faire,,,,,", "co:5", "déjà"},
      {"co", "101,Macro-compétence,X,,,,Savoir-faire,,,,,", "co:5", "code_macro_comp"},
      {"sa", "100,X,Y,Z,,", "sa:3", "déjà"},
      {"sa", "501,X,Y,Z,oui,", "sa:3", "transition_eco"},
      {"ct", "x,En extérieur,1,Conditions", "ct:3", "OGR"},
      {"mr", "100,R,", "mr:4", "macro-compétence"},
      {"mr", "300,X,", "mr:4", "RIASEC"},
      {"tr", "1,Nature,1A,Forêt,1A1,Autre,1A101,300,Entretenir la forêt,100,A", "tr:4",
       "autrement"},
      {"tr", "1,Nature,1A,Forêt,1A1,Entretenir,1A101,300,Entretenir la forêt,999,A", "tr:4", "999"},
      {"ci", "A1201,100,", "ci:6", "déjà"},
      {"ci", "A1201,999,", "ci:6", "999"},
      {"ci", "A1203,100,Peut-être", "ci:6", "coeur_metier"},
      {"th", "2,Autre,", "th:3", "les zéros de tête ont disparu (002 ?)"},
      {"at", "1,E,7,A1203,B", "at:3", "les zéros de tête ont disparu (001 ?)"},
      {"at", "009,E,7,A1203,B", "at:3", "thèmes"},
      {"at", "001,E,7,A1201,B", "at:3", "déjà"},
      {"na", "4,2,Encore", "na:3", "déjà"},
      {"an", "9,S,7,A1203", "an:3", "secteurs NAF"},
      {"it", "x,Abattre,1", "it:7", "OGR"},
      {"li", "A1201,5,1", "li:9", "4 cellules attendues, 3"},
      {"tt", ",,,,X,X,5,19,7,1", "tt:4", "type_provenance"},
      {"sb", ",Vide", "sb:3", "code_compo_bloc"},
      {"sr", "2,5,2,", "sr:3", "libelle_rubrique"},
  };
  for (const Case& one : cases) {
    auto files = WholeRome();
    files[one.file] += absl::StrCat(one.row, "\n");
    const absl::Status status = Parse(files).status();
    EXPECT_EQ(Where(status), one.where) << one.row;
    EXPECT_THAT(Cause(status), HasSubstr(one.cause)) << one.row;
  }
}

TEST(RomeExport, WarnsOfFilesThatDoNotRepeatTheOthers) {
  auto files = WholeRome();
  files["it"] += "700,Inconnu,1\n";
  files["li"] += "A1203,5,1,100\n";
  files["tt"] = std::string(files["tt"], 0, files["tt"].find(",,,,Abatteur"));
  const auto rome = Parse(files);
  ASSERT_TRUE(rome.ok()) << Cause(rome.status());
  EXPECT_THAT(rome->warnings, ElementsAre(HasSubstr("it, ligne 7 "), HasSubstr("li, ligne 9 "),
                                          HasSubstr("tt : il y manque 1 lignes")));
}

TEST(RomeExport, LeavesOutWhatIsNotWhole) {
  auto files = WholeRome();
  files.erase("th");
  files.erase("mo");
  const auto rome = Parse(files);
  ASSERT_TRUE(rome.ok()) << Cause(rome.status());
  EXPECT_FALSE(rome->themes.has_value());
  EXPECT_FALSE(rome->theme_links.has_value());
  EXPECT_FALSE(rome->mobility.has_value());
  EXPECT_TRUE(rome->items.has_value());
  EXPECT_THAT(rome->warnings,
              ElementsAre(HasSubstr("at : ce fichier n'est lu qu'avec : thèmes"),
                          HasSubstr("restent comme ils étaient : mobilités, thèmes")));
}

}  // namespace
}  // namespace dm::catalogue
