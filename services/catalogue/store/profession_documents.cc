#include "services/catalogue/store/profession_documents.h"

#include "absl/container/flat_hash_map.h"
#include "services/catalogue/store/rows.h"

#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;
using search::EverydayWords;
using search::ProfessionDocument;

constexpr Statement kProfessions{"profession_documents", R"sql(
SELECT p.rome_code, p.title, p.sort_key, p.definition, coalesce(p.domain_code, '') AS domain,
       p.riasec_major || p.riasec_minor AS riasec, p.transition_eco,
       coalesce(p.transition_num, false) AS transition_num,
       coalesce(p.transition_demo, false) AS transition_demo,
       sector_list(p.sectors) AS sectors, interest_list(p.rome_code) AS interests,
       (SELECT string_agg(h.code || chr(31) || h.label, chr(30) ORDER BY h.code)
        FROM profession_themes l JOIN rome_themes h ON h.code = l.theme_code
        WHERE l.rome_code = p.rome_code AND NOT l.obsolete) AS themes
FROM professions p WHERE NOT p.obsolete ORDER BY p.rome_code
)sql"};

constexpr Statement kJobTitles{"profession_job_titles", R"sql(
SELECT rome_code, ogr_code, label, rare FROM appellations WHERE NOT obsolete ORDER BY ogr_code
)sql"};

// Know-how alone: that somebody is patient tells no trade from another.
constexpr Statement kMainSkills{"profession_main_skills", R"sql(
SELECT l.rome_code, i.label
FROM profession_items l JOIN rome_items i USING (ogr_code)
WHERE l.core = 1 AND NOT l.obsolete AND i.kind = 1
ORDER BY l.rome_code, i.ogr_code
)sql"};

// The likeliest profession of each first, as the built-in lines have them.
constexpr Statement kEverydayWords{"everyday_words", R"sql(
SELECT words, string_agg(rome_code, ',' ORDER BY weight DESC, rome_code) AS professions
FROM everyday_words GROUP BY words
)sql"};

ProfessionDocument ToDocument(const pqxx::row& row) {
  return {.code = row["rome_code"].c_str(),
          .title = row["title"].c_str(),
          .sort_key = row["sort_key"].c_str(),
          .definition = row["definition"].c_str(),
          .sectors = ToLabelled(row["sectors"].c_str()),
          .interests = ToLabelled(row["interests"].c_str()),
          .themes = ToLabelled(row["themes"].c_str()),
          .domain = row["domain"].c_str(),
          .riasec = row["riasec"].c_str(),
          .ecological_transition = row["transition_eco"].as<int>(),
          .digital_transition = row["transition_num"].as<bool>(),
          .demographic_transition = row["transition_demo"].as<bool>()};
}

}  // namespace

search::ProfessionIndex ReadProfessionIndex(Transaction& transaction) {
  std::vector<ProfessionDocument> professions;
  absl::flat_hash_map<std::string, size_t> places;
  search::WorkWords work_words = search::BuiltInWorkWords();
  for (const pqxx::row& row : transaction.Exec(kProfessions)) {
    professions.push_back(ToDocument(row));
    places[professions.back().code] = professions.size() - 1;
    professions.back().work_words = std::move(work_words[professions.back().code]);
  }
  for (const pqxx::row& row : transaction.Exec(kJobTitles)) {
    const auto found = places.find(row["rome_code"].c_str());
    if (found == places.end()) continue;
    professions[found->second].job_titles.push_back(
        {row["ogr_code"].c_str(), row["label"].c_str(), row["rare"].as<bool>()});
  }
  for (const pqxx::row& row : transaction.Exec(kMainSkills)) {
    const auto found = places.find(row["rome_code"].c_str());
    if (found == places.end()) continue;
    professions[found->second].main_skills.emplace_back(row["label"].c_str());
  }
  std::vector<EverydayWords> everyday = search::BuiltInEverydayWords();
  for (const pqxx::row& row : transaction.Exec(kEverydayWords)) {
    everyday.push_back({row["words"].c_str(), ToTexts(row["professions"].c_str())});
  }
  return {std::move(professions), everyday};
}

}  // namespace dm::catalogue
