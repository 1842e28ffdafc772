#include "services/catalogue/domain/reference.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/time/clock.h"
#include "services/catalogue/domain/words.h"

#include <algorithm>
#include <array>

namespace dm::catalogue {
namespace {

struct Publication {
  absl::string_view name;
  absl::string_view what;
};
constexpr std::array kPublications = {
    Publication{"rome", "France Travail, ROME 4.0"},
    Publication{
        "communes",
        "INSEE, code officiel géographique, et La Poste, base officielle des codes postaux"},
    Publication{"postal-codes", "La Poste, base officielle des codes postaux"},
    Publication{"naf", "INSEE, nomenclature d'activités française (NAF rév. 2)"},
    Publication{"naf2025", "INSEE, nomenclature d'activités française (NAF 2025)"},
    Publication{"schools", "ministère de l'Éducation nationale, annuaire de l'éducation"},
    Publication{"companies", "INSEE, base Sirene des entreprises"},
};

std::string FrenchDay(absl::CivilDay day) {
  return absl::StrCat(absl::Dec(day.day(), absl::kZeroPad2), "/",
                      absl::Dec(day.month(), absl::kZeroPad2), "/", day.year());
}

}  // namespace

std::string AttributionOf(const Source& source) {
  const auto* const found =
      std::find_if(kPublications.begin(), kPublications.end(),
                   [&](const Publication& known) { return known.name == source.name; });
  if (found == kPublications.end()) return "";
  std::string line = absl::StrCat("Source : ", found->what);
  if (!source.version.empty()) absl::StrAppend(&line, " version ", source.version);
  if (source.published.has_value()) {
    absl::StrAppend(&line, " du ", FrenchDay(*source.published));
  } else {
    absl::StrAppend(&line, ", fichier reçu le ",
                    FrenchDay(absl::ToCivilDay(source.imported, ParisTimeZone())));
  }
  return line;
}

std::vector<std::string> CommuneWords(absl::string_view query) {
  std::vector<std::string> words;
  const std::string plain = PlainText(query);
  for (const absl::string_view word : absl::StrSplit(plain, ' ', absl::SkipEmpty())) {
    words.emplace_back(word == "st" ? "saint" : word == "ste" ? "sainte" : word);
  }
  return words;
}

}  // namespace dm::catalogue
