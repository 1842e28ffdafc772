#include "services/catalogue/imports/sirene.h"

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/codes/official_codes.h"
#include "common/codes/siret.h"
#include "common/rpc/file_upload.h"
#include "services/catalogue/domain/words.h"
#include "services/catalogue/imports/layouts.h"
#include "services/catalogue/imports/once.h"

#include <algorithm>
#include <array>
#include <utility>

namespace dm::catalogue {
namespace {

constexpr size_t kLongestName = 200;
constexpr size_t kSirenLength = 9;

bool IsSiren(absl::string_view text) {
  return text.size() == kSirenLength && std::all_of(text.begin(), text.end(), [](char sign) {
           return absl::ascii_isdigit(static_cast<unsigned char>(sign));
         });
}

// INSEE's letter for what may be shown; P is for people who asked not to be found, N was before.
bool IsPublic(const std::string& diffusion) { return diffusion == "O"; }

// "[ND]" stands where INSEE does not tell.
std::string Told(std::string text) { return text == "[ND]" ? "" : text; }

std::optional<absl::CivilDay> Day(absl::string_view column, RowReader* row) {
  // Either a day or an instant ("2024-03-29T12:43:10").
  const std::string text = row->Text(column, 40).substr(0, 10);
  if (text.empty()) return std::nullopt;
  absl::CivilDay day;
  if (!absl::ParseCivilTime(text, &day)) {
    row->Refuse(absl::StrCat("la colonne « ", column, " » attend une date comme 2024-03-19"));
  }
  return day;
}

std::string Street(RowReader* row) {
  std::vector<std::string> parts;
  for (const char* column :
       {"numeroVoieEtablissement", "indiceRepetitionEtablissement", "indiceRepetitineEtablissement",
        "typeVoieEtablissement", "libelleVoieEtablissement"}) {
    std::string part = Told(row->Text(column, kLongestName));
    if (!part.empty()) parts.push_back(std::move(part));
  }
  return absl::StrJoin(parts, " ");
}

// What a legal unit may be called.
struct LegalUnit {
  bool is_public = false;
  // Empty for a natural person without a trade name.
  std::string name;
  // The words of a natural person's names; empty for a company.
  absl::flat_hash_set<std::string> person;
};

bool IsTitle(absl::string_view plain_word) {
  static constexpr std::array<absl::string_view, 7> kTitles = {
      "m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle"};
  return std::find(kTitles.begin(), kTitles.end(), plain_word) != kTitles.end();
}

// The most that can be told of a name where the file of legal units does not say whose it is.
bool BeginsWithTitle(const std::string& name) {
  const std::string plain = PlainText(name);
  const std::vector<absl::string_view> words = absl::StrSplit(plain, ' ');
  return words.size() > 1 && IsTitle(words.front());
}

// Whether a name says nothing but who somebody is.
bool IsPersonsName(const std::string& name, const absl::flat_hash_set<std::string>& person) {
  if (person.empty()) return false;
  const std::string plain = PlainText(name);
  const std::vector<absl::string_view> words = absl::StrSplit(plain, ' ', absl::SkipEmpty());
  return std::all_of(words.begin(), words.end(), [&](absl::string_view word) {
    return person.contains(word) || IsTitle(word);
  });
}

class LegalUnitReader {
 public:
  // `wanted` are the SIRENs that matter: the whole stock does not.
  explicit LegalUnitReader(const absl::flat_hash_set<std::string>* wanted) : wanted_(wanted) {}

  absl::Status Read(const SourceTable& table) {
    RowReader row(&table);
    const std::string siren = row.Code("siren", IsSiren, "un SIREN (9 chiffres)", kSirenLength);
    if (!row.status().ok() || !wanted_->contains(siren)) return row.status();
    LegalUnit unit{.is_public = IsPublic(row.Required("statutDiffusionUniteLegale", 1))};
    const std::string name = Told(row.Text("denominationUniteLegale", kLongestName));
    const std::string trade_name = Told(row.Text("denominationUsuelle1UniteLegale", kLongestName));
    // INSEE's category of natural persons.
    const bool natural = row.Text("categorieJuridiqueUniteLegale", 10) == "1000" || name.empty();
    if (natural) unit.person = NamesOfPerson(&row);
    for (const std::string& candidate :
         {natural ? "" : name, trade_name,
          natural ? "" : Told(row.Text("sigleUniteLegale", kLongestName))}) {
      if (unit.name.empty() && !IsPersonsName(candidate, unit.person)) unit.name = candidate;
    }
    if (row.status().ok()) units_[siren] = std::move(unit);
    return row.status();
  }

  // Null for one that the files do not have.
  const LegalUnit* Find(absl::string_view siren) const {
    const auto found = units_.find(siren);
    return found == units_.end() ? nullptr : &found->second;
  }

 private:
  static absl::flat_hash_set<std::string> NamesOfPerson(RowReader* row) {
    absl::flat_hash_set<std::string> words;
    for (const char* column : {"nomUniteLegale", "nomUsageUniteLegale", "prenom1UniteLegale",
                               "prenom2UniteLegale", "prenom3UniteLegale", "prenom4UniteLegale",
                               "prenomUsuelUniteLegale", "pseudonymeUniteLegale"}) {
      const std::string plain = PlainText(Told(row->Text(column, kLongestName)));
      for (const absl::string_view word : absl::StrSplit(plain, ' ', absl::SkipEmpty())) {
        words.insert(std::string(word));
      }
    }
    return words;
  }

  const absl::flat_hash_set<std::string>* const wanted_;
  absl::flat_hash_map<std::string, LegalUnit> units_;
};

class EstablishmentReader {
 public:
  explicit EstablishmentReader(SireneStock* stock) : stock_(stock) {}

  absl::Status Read(const SourceTable& table) {
    RowReader row(&table);
    ++stock_->rows;
    EstablishmentRow read{
        .origin = table.origin(),
        .siret = row.Code("siret", IsSiret, "un SIRET (14 chiffres, clés de contrôle justes)", 14)};
    once_.Check(read.siret, "ce SIRET", &row);
    if (!IsPublic(row.Required("statutDiffusionEtablissement", 1))) {
      ++stock_->not_public;
      // What is shown of it here was told by its agency; it must not be shown once it is closed.
      ReadState(&row, &read);
      read.hidden = true;
      if (row.status().ok() && read.closed) stock_->establishments.push_back(std::move(read));
      return row.status();
    }
    const auto worked_on = Day("dateDernierTraitementEtablissement", &row);
    if (worked_on.has_value() &&
        (!stock_->published.has_value() || *stock_->published < *worked_on)) {
      stock_->published = worked_on;
    }
    if (table.Cell("codeCommuneEtablissement").empty() ||
        table.Cell("codePostalEtablissement").empty()) {
      ++stock_->elsewhere;
      return row.status();
    }
    ReadWhatItIs(&row, &read);
    ReadActivity(&row, &read);
    read.street = Street(&row);
    read.postal_code =
        row.Code("codePostalEtablissement", IsPostalCode, "un code postal de 5 chiffres", 5);
    read.commune_code =
        row.Code("codeCommuneEtablissement", IsCommuneCode, "un code INSEE de commune", 5);
    if (row.status().ok()) stock_->establishments.push_back(std::move(read));
    return row.status();
  }

 private:
  static void ReadWhatItIs(RowReader* row, EstablishmentRow* read) {
    for (const char* column : {"enseigne1Etablissement", "denominationUsuelleEtablissement"}) {
      const std::string name = Told(row->Text(column, kLongestName));
      if (read->display_name.empty()) read->display_name = name;
    }
    ReadState(row, read);
    read->workforce = row->Text("trancheEffectifsEtablissement", 2);
    if (read->workforce == "NN") read->workforce.clear();
  }

  static void ReadState(RowReader* row, EstablishmentRow* read) {
    const std::string state = row->Required("etatAdministratifEtablissement", 1);
    if (state != "A" && state != "F") {
      row->Refuse("la colonne « etatAdministratifEtablissement » attend A ou F");
    }
    read->closed = state == "F";
    read->since = Day("dateDebut", row);
  }

  void ReadActivity(RowReader* row, EstablishmentRow* read) {
    const std::string code = Told(row->Text("activitePrincipaleEtablissement", 10));
    const std::string nomenclature = row->Text("nomenclatureActivitePrincipaleEtablissement", 10);
    if (nomenclature == "NAFRev2" || nomenclature == "NAF2025") {
      if (!code.empty() && !IsNafCode(code)) {
        row->Refuse("la colonne « activitePrincipaleEtablissement » attend un code comme 17.22Z");
      }
      read->naf_nomenclature = nomenclature;
      read->naf_code = code;
      if (nomenclature == "NAF2025") read->naf25_code = code;
    } else if (!code.empty()) {
      ++stock_->old_activities;
    }
    const std::string naf25 = Told(row->Text("activitePrincipaleNAF25Etablissement", 10));
    if (!naf25.empty()) read->naf25_code = naf25;
    if (!read->naf25_code.empty() && !IsNafCode(read->naf25_code)) {
      row->Refuse(
          "la colonne « activitePrincipaleNAF25Etablissement » attend un code comme 17.22Y");
    }
  }

  SireneStock* const stock_;
  Once once_;
};

// Names what has no name of its own after its legal unit, and takes back names that are somebody's.
void Name(const LegalUnitReader& units, SireneStock* stock) {
  for (EstablishmentRow& row : stock->establishments) {
    if (row.hidden) continue;
    const LegalUnit* const unit = units.Find(absl::string_view(row.siret).substr(0, kSirenLength));
    if (unit == nullptr) {
      if (BeginsWithTitle(row.display_name)) row.display_name.clear();
      continue;
    }
    if (!unit->is_public || IsPersonsName(row.display_name, unit->person)) row.display_name.clear();
    if (row.display_name.empty() && unit->is_public) row.display_name = unit->name;
  }
}

void Warn(SireneStock* stock) {
  const auto warn = [stock](int64_t rows, absl::string_view what) {
    if (rows > 0) stock->warnings.push_back(absl::StrCat(rows, what));
  };
  warn(stock->not_public,
       " établissement(s) non diffusible(s), dont seule la fermeture est retenue");
  warn(stock->elsewhere, " établissement(s) sans adresse en France, laissé(s) de côté");
  warn(stock->old_activities,
       " activité(s) dans une nomenclature d'avant la NAF rév. 2, laissée(s) de côté");
}

}  // namespace

absl::StatusOr<SireneStock> ParseSirene(const std::vector<SourceFile>& files) {
  SireneStock stock;
  EstablishmentReader establishments(&stock);
  absl::Status status = ReadFiles(
      files, "sirene",
      [&](Layout layout) -> TakeRow {
        if (layout != Layout::kEstablishments) return nullptr;
        return [&](const SourceTable& row) { return establishments.Read(row); };
      },
      &stock.warnings);
  if (!status.ok()) return status;
  if (stock.rows == 0) {
    return rpc::ImportRefused(files.front().name, 0, "l'envoi ne contient aucun établissement");
  }
  absl::flat_hash_set<std::string> sirens;
  for (const EstablishmentRow& row : stock.establishments) {
    sirens.insert(row.siret.substr(0, kSirenLength));
  }
  LegalUnitReader units(&sirens);
  status = ReadFiles(
      files, "sirene",
      [&](Layout layout) -> TakeRow {
        if (layout != Layout::kLegalUnits) return nullptr;
        return [&](const SourceTable& row) { return units.Read(row); };
      },
      &stock.warnings);
  if (!status.ok()) return status;
  Name(units, &stock);
  Warn(&stock);
  return stock;
}

}  // namespace dm::catalogue
