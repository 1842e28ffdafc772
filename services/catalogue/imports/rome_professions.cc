#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/codes/official_codes.h"
#include "services/catalogue/imports/rome_rows.h"

#include <cstdint>
#include <map>
#include <utility>

namespace dm::catalogue {
namespace {

constexpr int kMostRanks = 1000;

class Professions {
 public:
  Professions(RomeFiles* files, RomeExport* rome, CodePlaces* codes)
      : files_(*files), rome_(*rome), codes_(*codes) {}

  absl::Status Read() {
    using Step = absl::Status (Professions::*)(const SourceTable&);
    constexpr std::pair<RomeFile, Step> kSteps[] = {
        {RomeFile::kProfessions, &Professions::ReadProfession},
        {RomeFile::kRiasec, &Professions::ReadRiasec},
        {RomeFile::kTexts, &Professions::ReadText},
        {RomeFile::kAppellations, &Professions::ReadAppellation},
        {RomeFile::kGrandDomains, &Professions::ReadGrandDomain},
        {RomeFile::kDomains, &Professions::ReadDomain},
        {RomeFile::kProfessionDomains, &Professions::ReadProfessionDomain},
        {RomeFile::kMobility, &Professions::ReadMobility},
    };
    if (files_.Has(RomeFile::kGrandDomains)) rome_.grand_domains.emplace();
    if (files_.Has(RomeFile::kDomains)) rome_.domains.emplace();
    if (files_.Has(RomeFile::kMobility)) rome_.mobility.emplace();
    for (const auto& [file, step] : kSteps) {
      const absl::Status status = files_.ForEach(
          file, [this, step = step](const SourceTable& table) { return (this->*step)(table); });
      if (!status.ok()) return status;
    }
    for (size_t i = 0; i < rome_.professions.size(); ++i) {
      rome_.professions[i].definition = Sentences(definitions_[i]);
      rome_.professions[i].access = Sentences(accesses_[i]);
    }
    return absl::OkStatus();
  }

 private:
  using SentencesByPosition = std::map<int64_t, std::string>;

  static std::string Sentences(const SentencesByPosition& sentences) {
    return absl::StrJoin(sentences, " ", [](std::string* out, const auto& sentence) {
      absl::StrAppend(out, sentence.second);
    });
  }

  absl::Status ReadProfession(const SourceTable& table) {
    RowReader row(&table);
    ProfessionRow read{.rome_code = row.Code("code_rome", IsRomeCode, kRomeShape),
                       .title = row.Required("libelle_rome", kLongestLabel),
                       .parent_code = row.Code("code_rome_parent", IsRomeCode, kRomeShape),
                       .sheet_code = row.Text("code_fiche_metier", 20),
                       .ogr_code = row.Code("code_ogr", IsOgrCode, kOgrShape),
                       .flags = ReadFlags(row)};
    AddCode(row, read.rome_code, rome_.professions.size(), &codes_);
    rome_.professions.push_back(std::move(read));
    return row.status();
  }

  absl::Status ReadRiasec(const SourceTable& table) {
    RowReader row(&table);
    const auto profession = KnownProfession(row, codes_).second;
    const std::string major = RiasecLetter(row, "riasec_majeur");
    const std::string minor = RiasecLetter(row, "riasec_mineur");
    if (row.status().ok()) {
      rome_.professions[*profession].riasec_major = major;
      rome_.professions[*profession].riasec_minor = minor;
    }
    return row.status();
  }

  absl::Status ReadText(const SourceTable& table) {
    RowReader row(&table);
    const auto profession = KnownProfession(row, codes_).second;
    const std::string kind = row.Required("libelle_type_texte", 100);
    const int64_t position = row.Integer("position_phrase", 0, 1'000'000);
    // This file, and no other, doubles its apostrophes.
    const std::string text =
        absl::StrReplaceAll(row.Text("libelle_texte", kLongestText), {{"''", "'"}});
    if (row.status().ok() && !text.empty()) {
      if (kind == "definition") definitions_[*profession][position] = text;
      if (kind == "acces_metier") accesses_[*profession][position] = text;
    }
    return row.status();
  }

  absl::Status ReadAppellation(const SourceTable& table) {
    RowReader row(&table);
    AppellationRow read{.ogr_code = row.Code("code_ogr", IsOgrCode, kOgrShape),
                        .rome_code = KnownProfession(row, codes_).first,
                        .label = row.Required("libelle_appellation_long", kLongestLabel),
                        .short_label = row.Text("libelle_appellation_court", kLongestLabel),
                        .parent_code = row.Code("code_rome_parent", IsRomeCode, kRomeShape),
                        .principal = row.Required("classification", 100) == "PRINCIPALE",
                        .rare = row.Flag("peu_usite", false),
                        .flags = ReadFlags(row)};
    AddCode(row, read.ogr_code, rome_.appellations.size(), &appellations_);
    rome_.appellations.push_back(std::move(read));
    return row.status();
  }

  absl::Status ReadGrandDomain(const SourceTable& table) {
    RowReader row(&table);
    GrandDomainRow read{
        .code = row.Code("code_grand_domaine", IsGrandDomainCode, "une lettre majuscule"),
        .label = row.Required("libelle_grand_domaine", kLongestLabel)};
    AddCode(row, read.code, grand_domains_.size(), &grand_domains_);
    rome_.grand_domains->push_back(std::move(read));
    return row.status();
  }

  absl::Status ReadDomain(const SourceTable& table) {
    RowReader row(&table);
    PartRow read{.code = row.Code("code_domaine_professionnel", IsDomainCode, kDomainShape),
                 .label = row.Required("libelle_domaine_professionnel", kLongestLabel)};
    read.whole = read.code.substr(0, 1);
    AddCode(row, read.code, domains_.size(), &domains_);
    if (row.status().ok() && !grand_domains_.contains(read.whole)) {
      row.Refuse(
          absl::StrCat("le code ", read.whole, " n'est pas dans le fichier des grands domaines"));
    }
    rome_.domains->push_back(std::move(read));
    return row.status();
  }

  absl::Status ReadProfessionDomain(const SourceTable& table) {
    RowReader row(&table);
    const auto profession = KnownProfession(row, codes_).second;
    const std::string domain = KnownCode(row, "code_domaine_professionel", IsDomainCode,
                                         kDomainShape, domains_, "domaines professionnels")
                                   .first;
    if (row.status().ok()) rome_.professions[*profession].domain_code = domain;
    return row.status();
  }

  absl::Status ReadMobility(const SourceTable& table) {
    RowReader row(&table);
    MobilityRow read{
        .rome_code = KnownProfession(row, codes_).first,
        .target_code =
            KnownCode(row, "code_rome_cible", IsRomeCode, kRomeShape, codes_, "métiers").first,
        .rank = static_cast<int>(row.Integer("numero_ordre", 1, kMostRanks))};
    if (read.rome_code == read.target_code) row.Refuse("un métier ne mène pas à lui-même");
    AddCode(row, absl::StrCat(read.rome_code, " → ", read.target_code), 0, &moves_);
    rome_.mobility->push_back(std::move(read));
    return row.status();
  }

  static bool IsGrandDomainCode(absl::string_view text) {
    return text.size() == 1 && text[0] >= 'A' && text[0] <= 'Z';
  }
  static constexpr absl::string_view kDomainShape =
      "un code de domaine (une lettre et deux chiffres)";

  RomeFiles& files_;
  RomeExport& rome_;
  CodePlaces& codes_;
  CodePlaces appellations_;
  CodePlaces grand_domains_;
  CodePlaces domains_;
  CodePlaces moves_;
  // By the place of the profession.
  absl::flat_hash_map<size_t, SentencesByPosition> definitions_;
  absl::flat_hash_map<size_t, SentencesByPosition> accesses_;
};

}  // namespace

absl::Status ReadProfessions(RomeFiles& files, RomeExport* rome, CodePlaces* professions) {
  return Professions(&files, rome, professions).Read();
}

}  // namespace dm::catalogue
