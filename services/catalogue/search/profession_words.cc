#include "services/catalogue/search/profession_words.h"

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "services/catalogue/domain/words.h"

#include <algorithm>
#include <cstdint>

namespace dm::catalogue::search {
namespace {

// As they are typed; both sides are folded.
constexpr absl::string_view kFillers =
    "je veux voudrais vouloir voudrait veut aimerais aimerait aime aimer adore adorer souhaite "
    "souhaiterais rêve envie passion passionné kiffe intéresse plaît j'ai suis serai devenir être "
    "faire fais fait travailler travaille travail travaux métier métiers boulot job jobs bosser "
    "bosse profession emploi poste comment quel quelle quels quelles quoi c'est est sont ça cela "
    "tout toute tous toutes très trop bien beaucoup plutôt vraiment chez comme pouvoir peux peut "
    "quelque chose truc trucs domaine secteur monde s'occuper m'occuper occuper gens dame monsieur "
    "homme femme garçon fille aller partir autour lié stage mini mini-stage découvrir découverte "
    "avoir mettre entre vers etc";

const absl::flat_hash_set<std::string>& Fillers() {
  static const auto* const fillers = [] {
    auto* const set = new absl::flat_hash_set<std::string>;
    const std::string folded = FoldWords(kFillers);
    for (const absl::string_view word : absl::StrSplit(folded, ' ', absl::SkipEmpty())) {
      set->insert(std::string(word));
    }
    return set;
  }();
  return *fillers;
}

}  // namespace

std::vector<std::string> ParseProfessionQuery(absl::string_view query) {
  std::vector<std::string> all;
  std::vector<std::string> telling;
  const std::string folded = FoldWords(query);
  for (const absl::string_view text : absl::StrSplit(folded, ' ', absl::SkipEmpty())) {
    std::string word(text);
    if (std::find(all.begin(), all.end(), word) != all.end()) continue;
    if (!Fillers().contains(word)) telling.push_back(word);
    all.push_back(std::move(word));
  }
  return telling.empty() ? all : telling;
}

bool EndsInsideWord(absl::string_view query) {
  // A byte of a letter that is not ASCII belongs to a word too.
  return !query.empty() && (absl::ascii_isalnum(static_cast<unsigned char>(query.back())) ||
                            static_cast<uint8_t>(query.back()) >= 0x80);
}

}  // namespace dm::catalogue::search
