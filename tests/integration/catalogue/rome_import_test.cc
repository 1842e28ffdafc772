#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/integration/catalogue/catalogue_world.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace dm::catalogue {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string FileName(const std::string& part) {
  return absl::StrCat("unix_", part, "_v458_utf8.csv");
}

std::vector<std::string> LinesOf(const std::string& content) {
  return absl::StrSplit(content, '\n');
}

// Takes away the lines that have all these cells.
void RemoveLines(const std::vector<std::string>& cells, std::string* content) {
  std::vector<std::string> lines = LinesOf(*content);
  lines.erase(
      std::remove_if(lines.begin(), lines.end(),
                     [&](const std::string& line) {
                       return std::all_of(cells.begin(), cells.end(), [&](const std::string& cell) {
                         return line.find(absl::StrCat("\"", cell, "\"")) != std::string::npos;
                       });
                     }),
      lines.end());
  *content = absl::StrJoin(lines, "\n");
}

class RomeImportTest : public CatalogueTest {
 protected:
  // What the tables of ROME hold, without when.
  std::string Holdings() {
    const auto rows = Ask({"test_holdings", R"sql(
SELECT concat_ws(' ', (SELECT sum(hashtext(t::text)::bigint) FROM professions t),
  (SELECT sum(hashtext(t::text)::bigint) FROM appellations t),
  (SELECT sum(hashtext(t::text)::bigint) FROM sectors t),
  (SELECT sum(hashtext(t::text)::bigint) FROM interests t),
  (SELECT sum(hashtext(t::text)::bigint) FROM rome_items t),
  (SELECT sum(hashtext(t::text)::bigint) FROM profession_items t),
  (SELECT sum(hashtext(t::text)::bigint) FROM profession_mobility t),
  (SELECT sum(hashtext(t::text)::bigint) FROM rome_themes t),
  (SELECT sum(hashtext(t::text)::bigint) FROM profession_themes t),
  (SELECT sum(hashtext(t::text)::bigint) FROM rome_skill_tree t),
  (SELECT sum(hashtext(t::text)::bigint) FROM profession_naf_sectors t),
  (SELECT sum(hashtext(t::text)::bigint) FROM rome_releases t),
  (SELECT seq FROM search_counter), (SELECT count(*) FROM outbox))
)sql"});
    return rows.empty() ? "" : rows[0][0].c_str();
  }

  // The first column of the first row.
  std::string One(const database::Statement& statement) {
    const auto rows = Ask(statement);
    return rows.empty() ? "no row" : rows[0][0].c_str();
  }
};

TEST_F(RomeImportTest, HoldsTheWholeExportAndASecondRunChangesNothing) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  const Files files = ReferenceRome();
  ASSERT_EQ(files.size(), 30u);
  const type::ImportReport report = MustImport("rome", files);
  const std::map<std::string, std::string> counts = {
      {"appellations", "12107 12107 0 0 0"},
      {"interests", "30 30 0 0 0"},
      {"profession_interests", "2709 2709 0 0 0"},
      {"profession_items", "65744 65744 0 0 0"},
      {"profession_mobility", "10442 10442 0 0 0"},
      {"profession_naf_sectors", "2096 2096 0 0 0"},
      {"profession_sectors", "2046 1306 0 0 0"},
      {"profession_sub_sectors", "863 863 0 0 0"},
      {"profession_themes", "1084 1084 0 0 0"},
      {"professions", "1056 1056 0 0 0"},
      {"rome_domains", "110 110 0 0 0"},
      {"rome_grand_domains", "14 14 0 0 0"},
      // Skills, knowledge and work contexts.
      {"rome_items", absl::StrCat(11346 + 10233 + 150, " ", 11346 + 10233 + 150, " 0 0 0")},
      {"rome_naf_sectors", "89 89 0 0 0"},
      {"rome_releases", "1 1 0 0 0"},
      {"rome_skill_tree", "507 507 0 0 0"},
      {"rome_themes", "17 17 0 0 0"},
      {"sectors", "35 35 0 0 0"},
      {"sub_sectors", "40 40 0 0 0"},
  };
  for (const auto& [table, expected] : counts) EXPECT_EQ(Counts(report, table), expected) << table;
  EXPECT_EQ(static_cast<size_t>(report.tables_size()), counts.size());
  EXPECT_EQ(report.source_version(), "ROME 4.0 version 58");
  // One file is not of the charset that its name tells.
  EXPECT_THAT(report.warnings(),
              ElementsAre(HasSubstr("unix_arborescence_secteur_naf_v458_utf8.csv, ligne 4 :")));
  EXPECT_EQ(One({"test_release", R"sql(
              SELECT concat_ws(' ', version, published, validated, title, is_current)
              FROM rome_releases)sql"}),
            "58 2024-12-16 2024-11-15 ROME 4.0 version 58 - 24M12 t");
  EXPECT_EQ(One({"test_naf", "SELECT label FROM rome_naf_sectors WHERE code = '1'"}),
            "Culture et production animale, chasse et services annexes");

  const std::string held = Holdings();
  clock_.Set(clock_.Now() + absl::Hours(1));
  const type::ImportReport again = MustImport("rome", files);
  EXPECT_EQ(again.tables_size(), report.tables_size());
  for (const auto& [table, found] : again.tables()) {
    EXPECT_GT(found.read(), 0) << table;
    EXPECT_EQ(found.added() + found.changed() + found.moved() + found.vanished(), 0) << table;
  }
  EXPECT_EQ(Holdings(), held);
}

TEST_F(RomeImportTest, RefusesADamagedCopyOfAnyFileAndChangesNothing) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  const Files files = ReferenceRome();
  MustImport("rome", files);
  const std::string held = Holdings();
  for (const auto& [name, content] : files) {
    Files damaged = files;
    std::string where;
    if (name == "version.txt") {
      damaged[name] = absl::StrReplaceAll(content, {{": 58", ": 346"}});
      where = "version.txt:1";
    } else {
      // A row that was cut off.
      damaged[name] += "\"x\"\n";
      where = absl::StrCat(name, ":", LinesOf(content).size());
    }
    EXPECT_EQ(Where(Import(operator_, "rome", damaged).status()), where);
  }
  struct Case {
    const char* file;
    size_t line;
    const char* from;
    const char* to;
    const char* cause;
  };
  const std::vector<Case> cases = {
      {"referentiel_code_rome", 501, "\"Emploi stratégique", "\"Emploi rose", "transition_eco"},
      {"referentiel_appellation", 9001, "\"SYNONYME\"", "\"\"", "classification"},
      {"coherence_item", 60001, ",\"", ",\"9", "n'est pas dans le fichier des compétences"},
      {"liens_rome_referentiels", 70001, ",\"", ",\".", "compo_bloc"},
      {"item", 20001, "\",\"", "\";\"", "guillemet fermant"},
      {"referentiel_savoir", 10001, "\",\"", "\",\"\",\"", "6 cellules attendues, 7"},
      {"rubrique_mobilite", 10001, ",\"", ",\"Z", "code_rome_cible"},
      {"arborescence_thematique", 501, "\"0", "\"", "les zéros de tête ont disparu"},
  };
  for (const Case& one : cases) {
    Files damaged = files;
    std::string& content = damaged[FileName(one.file)];
    std::vector<std::string> lines = LinesOf(content);
    std::string& line = lines[one.line - 1];
    const size_t place = line.find(one.from);
    ASSERT_NE(place, std::string::npos) << one.file << ": " << line;
    line.replace(place, std::string(one.from).size(), one.to);
    content = absl::StrJoin(lines, "\n");
    const absl::Status refused = Import(operator_, "rome", damaged).status();
    EXPECT_EQ(Where(refused), absl::StrCat(FileName(one.file), ":", one.line));
    EXPECT_THAT(Cause(refused), HasSubstr(one.cause)) << one.file;
  }
  EXPECT_EQ(Holdings(), held);
}

TEST_F(RomeImportTest, WhatVanishesIsObsoleteAndWhatIsNotSentStays) {
  if (!testing::HasReference(kRomeFolder)) GTEST_SKIP() << "without the reference files";
  const Files files = ReferenceRome();
  MustImport("rome", files);
  Files fewer = files;
  // A knowledge with its links, the moves between two professions, and a theme's link.
  RemoveLines({"100007"}, &fewer[FileName("referentiel_savoir")]);
  RemoveLines({"100007"}, &fewer[FileName("item")]);
  RemoveLines({"100007"}, &fewer[FileName("coherence_item")]);
  RemoveLines({"100007"}, &fewer[FileName("liens_rome_referentiels")]);
  RemoveLines({"A1101", "A1102"}, &fewer[FileName("rubrique_mobilite")]);
  RemoveLines({"001", "A1101"}, &fewer[FileName("arborescence_thematique")]);
  const type::ImportReport report = MustImport("rome", fewer);
  EXPECT_EQ(Counts(report, "rome_items"), "21728 0 0 0 1");
  EXPECT_EQ(Counts(report, "profession_mobility"), "10440 0 0 0 2");
  EXPECT_EQ(Counts(report, "profession_themes"), "1083 0 0 0 1");
  EXPECT_GT(report.tables().at("profession_items").vanished(), 0);
  EXPECT_EQ(One({"test_gone", "SELECT obsolete FROM rome_items WHERE ogr_code = '100007'"}), "t");
  EXPECT_EQ(One({"test_rows", "SELECT count(*) FROM profession_items"}), "65744");

  // The files that are needed alone say nothing of the others.
  const std::string held = Holdings();
  Files needed;
  for (const char* part : {"secteur_activite", "centre_interet", "referentiel_code_rome",
                           "referentiel_code_rome_riasec", "texte", "referentiel_appellation",
                           "arborescence_secteur_activite", "arborescence_centre_interet"}) {
    needed[FileName(part)] = fewer.at(FileName(part));
  }
  const type::ImportReport partly = MustImport("rome", needed);
  EXPECT_EQ(Counts(partly, "professions"), "1056 0 0 0 0");
  EXPECT_EQ(Counts(partly, "rome_items"), "no table");
  EXPECT_THAT(partly.warnings(), ElementsAre(HasSubstr("restent comme ils étaient")));
  EXPECT_EQ(Holdings(), held);
  EXPECT_EQ(Counts(MustImport("rome", files), "rome_items"), "21729 0 1 0 0");
}

TEST_F(RomeImportTest, AnOfferFollowsItsJobTitleToAnotherProfession) {
  ImportSeed();
  const std::string offer = One({"test_attach", R"sql(
    WITH title AS (SELECT ogr_code, rome_code FROM appellations
                   WHERE rome_code = 'H2405' ORDER BY ogr_code LIMIT 1)
    UPDATE offers o SET ogr_code = t.ogr_code FROM title t
    WHERE o.rome_code = t.rome_code AND o.siret = '00061001400011' RETURNING o.id
  )sql"});
  const std::string title =
      One({"test_title",
           "SELECT ogr_code FROM offers WHERE ogr_code IS NOT NULL AND published LIMIT 1"});
  const std::string touched = One({"test_seq", "SELECT seq FROM search_counter"});
  const int64_t scheduled = Events("SessionScheduled");
  const int64_t changed = Events("ResourceChanged");

  Files rome = SeedRome();
  std::vector<std::string> lines = LinesOf(rome[FileName("referentiel_appellation")]);
  for (std::string& line : lines) {
    if (line.find(absl::StrCat("\"", title, "\",")) == 0) {
      line = absl::StrReplaceAll(line, {{"\"H2405\"", "\"D1102\""}});
    }
  }
  rome[FileName("referentiel_appellation")] = absl::StrJoin(lines, "\n");
  const type::ImportReport report = MustImport("rome", rome);
  EXPECT_EQ(Counts(report, "appellations"), "1292 0 0 1 0");
  EXPECT_EQ(Counts(report, "offers"), "1 0 0 1 0");

  pb::GetOfferRequest request;
  request.set_name("offers/" + offer);
  const auto moved = api_.GetOffer(call_, request);
  ASSERT_TRUE(moved.ok()) << moved.status();
  EXPECT_EQ(moved->profession(), "professions/D1102");
  EXPECT_EQ(moved->appellation(), "appellations/" + title);
  EXPECT_GT(Events("SessionScheduled"), scheduled);
  EXPECT_GT(Events("ResourceChanged"), changed);
  const auto last = Ask({"test_last", R"sql(
    SELECT payload FROM outbox WHERE type LIKE '%.SessionScheduled' ORDER BY seq DESC LIMIT 1
  )sql"});
  event::SessionScheduled told;
  ASSERT_TRUE(told.ParseFromString(database::FromBytea(last[0]["payload"])));
  EXPECT_EQ(told.profession(), "D1102");
  const auto touches = Ask({"test_touches", "SELECT id FROM search_changes WHERE kind = 1"});
  EXPECT_TRUE(std::any_of(touches.begin(), touches.end(),
                          [&](const auto& row) { return row[0].c_str() == offer; }));
  EXPECT_NE(One({"test_seq", "SELECT seq FROM search_counter"}), touched);
  EXPECT_EQ(Counts(MustImport("rome", rome), "offers"), "no table");
}

// A second goes by each time that somebody looks.
class TickingClock final : public Clock {
 public:
  absl::Time Now() const override { return now_ += absl::Seconds(1); }

 private:
  mutable absl::Time now_ = absl::FromUnixSeconds(1795435200);
};

TEST_F(RomeImportTest, TellsHowFarItIsAndStopsForACallerWhoIsGone) {
  std::vector<type::FileImportRequest> messages(1);
  messages[0].mutable_start()->set_kind("rome");
  for (const auto& [name, content] : SeedRome()) {
    type::FileImportRequest& message = messages.emplace_back();
    message.mutable_chunk()->set_file(name);
    message.mutable_chunk()->set_content(content);
  }
  const TickingClock clock;
  const ImportApi api(database_.get(), &clock, nullptr);
  UploadReader gone_reader(messages);
  ReportWriter gone;
  gone.Cancel();
  EXPECT_TRUE(absl::IsCancelled(api.ImportFiles(operator_, gone_reader, gone)));
  EXPECT_EQ(One({"test_none", "SELECT count(*) FROM professions"}), "0");

  UploadReader reader(messages);
  ReportWriter writer;
  const absl::Status status = api.ImportFiles(operator_, reader, writer);
  ASSERT_TRUE(status.ok()) << status;
  std::vector<int64_t> done;
  int64_t total = 0;
  for (const type::ImportProgress& progress : writer.progress()) {
    if (progress.stage() != "Chargement du ROME") continue;
    done.push_back(progress.done());
    total = progress.total();
  }
  EXPECT_GT(done.size(), 5u);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
  EXPECT_EQ(done.front(), 0);
  EXPECT_EQ(done.back(), total);
}

TEST_F(RomeImportTest, WarnsOfAnOlderVersionAndKeepsBoth) {
  Files rome = SeedRome();
  MustImport("rome", rome);
  Files older;
  for (const auto& [name, content] : rome) {
    older[absl::StrReplaceAll(name, {{"_v458_", "_v457_"}})] = content;
  }
  older["version.txt"] = "Numero de version : 57\n";
  const type::ImportReport report = MustImport("rome", older);
  EXPECT_EQ(Counts(report, "rome_releases"), "1 1 0 0 0");
  EXPECT_THAT(report.warnings(),
              ::testing::Contains(HasSubstr("version 57 du ROME remplace la version 58")));
  EXPECT_EQ(Counts(MustImport("rome", rome), "rome_releases"), "1 0 1 0 0");
  EXPECT_EQ(One({"test_current", R"sql(
              SELECT string_agg(concat(version, is_current), ' ' ORDER BY version)
              FROM rome_releases)sql"}),
            "57f 58t");
}

}  // namespace
}  // namespace dm::catalogue
