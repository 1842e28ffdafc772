#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "services/catalogue/imports/rome_rows.h"

#include <array>
#include <cstdint>
#include <utility>

namespace dm::catalogue {
namespace {

constexpr int kKnowHow = 1;
constexpr int kSoftSkill = 2;
constexpr int kKnowledge = 3;
constexpr int kWorkContext = 4;

constexpr absl::string_view kItemFiles = "compétences, savoirs et contextes de travail";

class Skills {
 public:
  Skills(RomeFiles* files, const CodePlaces* professions, RomeExport* rome)
      : files_(*files),
        professions_(*professions),
        items_(rome->items.emplace()),
        links_(rome->profession_items.emplace()),
        tree_(rome->skill_tree.emplace()) {}

  absl::Status Read() {
    using Step = absl::Status (Skills::*)(const SourceTable&);
    constexpr std::pair<RomeFile, Step> kSteps[] = {
        {RomeFile::kSkills, &Skills::ReadSkill},
        {RomeFile::kKnowledge, &Skills::ReadKnowledge},
        {RomeFile::kWorkContexts, &Skills::ReadWorkContext},
        {RomeFile::kSkillRiasec, &Skills::ReadRiasec},
        {RomeFile::kSkillTree, &Skills::ReadBranch},
        {RomeFile::kProfessionItems, &Skills::ReadLink},
    };
    for (const auto& [file, step] : kSteps) {
      const absl::Status status = files_.ForEach(
          file, [this, step = step](const SourceTable& table) { return (this->*step)(table); });
      if (!status.ok()) return status;
    }
    NameMacros();
    return absl::OkStatus();
  }

 private:
  void AddItem(RowReader& row, ItemRow item) {
    AddCode(row, item.ogr_code, items_.size(), &codes_);
    items_.push_back(std::move(item));
  }

  absl::Status ReadSkill(const SourceTable& table) {
    RowReader row(&table);
    const bool is_macro = row.Required("nature", 100) == "Macro-compétence";
    ItemRow read{.ogr_code = row.Code("code_ogr", IsOgrCode, kOgrShape),
                 .kind = kKnowHow,
                 .label = row.Required("libelle_competence", kLongestLabel),
                 .category = row.Required("cat_comp", kLongestLabel),
                 .sub_category = row.Text("sous_cat_comp", kLongestLabel),
                 .definition = row.Text("definition", kLongestText),
                 .is_macro = is_macro,
                 // Of a skill the macro's own code stands here until all are known.
                 .macro_code = is_macro ? row.Code("code_macro_comp", IsListCode, kListShape)
                                        : row.Text("code_ogr_macro_comp", 10),
                 .ecological_transition = Stated(row, "transition_eco"),
                 .digital_transition = Stated(row, "transition_num")};
    if (absl::StartsWith(read.category, "Savoir-être")) read.kind = kSoftSkill;
    AddItem(row, std::move(read));
    return row.status();
  }

  absl::Status ReadKnowledge(const SourceTable& table) {
    RowReader row(&table);
    AddItem(row, {.ogr_code = row.Code("code_ogr_savoir", IsOgrCode, kOgrShape),
                  .kind = kKnowledge,
                  .label = row.Required("libelle_savoir", kLongestLabel),
                  .category = row.Text("categorie_savoir", kLongestLabel),
                  .sub_category = row.Text("sous_categorie_savoir", kLongestLabel),
                  .ecological_transition = Stated(row, "transition_eco"),
                  .digital_transition = Stated(row, "transition_num")});
    return row.status();
  }

  absl::Status ReadWorkContext(const SourceTable& table) {
    RowReader row(&table);
    AddItem(row, {.ogr_code = row.Code("code_ogr", IsOgrCode, kOgrShape),
                  .kind = kWorkContext,
                  .label = row.Required("libelle_cont_travail", kLongestLabel),
                  .category = row.Required("libelle_type_cont_trav", kLongestLabel)});
    return row.status();
  }

  // The macro skill that the row names; null, and refused, when there is none.
  ItemRow* MacroOf(RowReader& row, absl::string_view column) {
    const auto [code, place] = KnownCode(row, column, IsOgrCode, kOgrShape, codes_, "compétences");
    if (place.has_value() && items_[*place].is_macro) return &items_[*place];
    row.Refuse(absl::StrCat("le code ", code, " n'est pas celui d'une macro-compétence"));
    return nullptr;
  }

  absl::Status ReadRiasec(const SourceTable& table) {
    RowReader row(&table);
    ItemRow* const macro = MacroOf(row, "code_ogr");
    const std::string riasec =
        RiasecLetter(row, "riasec_majeur") + RiasecLetter(row, "riasec_mineur");
    if (row.status().ok()) macro->riasec = riasec;
    return row.status();
  }

  // A row for each skill of a macro skill: the branch is said again and again.
  absl::Status ReadBranch(const SourceTable& table) {
    RowReader row(&table);
    const ItemRow* const macro = MacroOf(row, "code_ogr_macro_competence");
    if (!row.Text("code_ogr_competence", 20).empty()) {
      KnownCode(row, "code_ogr_competence", IsOgrCode, kOgrShape, codes_, "compétences");
    }
    SkillBranchRow read{.macro_code = row.Code("code_macro_competence", IsListCode, kListShape),
                        .macro_ogr_code = macro == nullptr ? "" : macro->ogr_code,
                        .label = row.Required("libelle_macro_competence", kLongestLabel),
                        .objective_code = row.Code("code_objectif", IsListCode, kListShape),
                        .objective = row.Required("objectif", kLongestLabel),
                        .issue_code = row.Code("code_enjeu", IsListCode, kListShape),
                        .issue = row.Required("enjeu", kLongestLabel),
                        .domain_code = row.Code("code_domaine_competence", IsListCode, kListShape),
                        .domain = row.Required("domaine_competence", kLongestLabel)};
    const auto [branch, is_new] = branches_.emplace(read.macro_code, tree_.size());
    if (is_new) {
      tree_.push_back(std::move(read));
    } else if (row.status().ok() && !(tree_[branch->second] == read)) {
      row.Refuse(absl::StrCat("la macro-compétence ", read.macro_code,
                              " est décrite autrement plus haut dans le fichier"));
    }
    return row.status();
  }

  absl::Status ReadLink(const SourceTable& table) {
    constexpr std::array<absl::string_view, 3> kCores = {"", "Principale", "Émergente"};
    RowReader row(&table);
    auto [profession, profession_place] = KnownProfession(row, professions_);
    auto [item, item_place] = KnownCode(row, "code_ogr", IsOgrCode, kOgrShape, codes_, kItemFiles);
    const std::string core = row.Text("coeur_metier", 20);
    size_t place = 0;
    while (place < kCores.size() && kCores[place] != core) ++place;
    if (place == kCores.size()) {
      row.Refuse("la colonne « coeur_metier » attend Principale, Émergente ou rien");
    }
    if (!row.status().ok()) return row.status();
    if (!seen_.insert(uint64_t{*profession_place} << 32 | *item_place).second) {
      row.Refuse(absl::StrCat("le lien de ", profession, " à ", item, " est déjà dans le fichier"));
    }
    links_.push_back({std::move(profession), std::move(item), static_cast<int>(place)});
    return row.status();
  }

  // What the skills belong to, by the code that the tree has. One that belongs to none stays alone.
  void NameMacros() {
    for (ItemRow& item : items_) {
      if (item.is_macro) continue;
      const auto macro = codes_.find(item.macro_code);
      item.macro_code = macro == codes_.end() ? "" : items_[macro->second].macro_code;
    }
  }

  RomeFiles& files_;
  const CodePlaces& professions_;
  std::vector<ItemRow>& items_;
  std::vector<ProfessionItemRow>& links_;
  std::vector<SkillBranchRow>& tree_;
  CodePlaces codes_;
  CodePlaces branches_;
  // Places of a profession and an item.
  absl::flat_hash_set<uint64_t> seen_;
};

}  // namespace

absl::Status ReadSkills(RomeFiles& files, const CodePlaces& professions, RomeExport* rome) {
  if (!files.Has(RomeFile::kProfessionItems)) return absl::OkStatus();
  return Skills(&files, &professions, rome).Read();
}

}  // namespace dm::catalogue
