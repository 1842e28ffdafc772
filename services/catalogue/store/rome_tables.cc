#include "services/catalogue/store/rome_tables.h"

#include "services/catalogue/domain/words.h"
#include "services/catalogue/store/reference_table.h"

#include <optional>
#include <tuple>
#include <vector>

namespace dm::catalogue {
namespace {

using Column = ReferenceTable::Column;
using Role = ReferenceTable::Column::Role;

constexpr char kSortKeyType[] = "text COLLATE \"C\"";

const char* Nullable(const std::optional<bool>& flag) {
  if (!flag.has_value()) return nullptr;
  return *flag ? "t" : "f";
}
const char* Nullable(const std::optional<std::string>& text) {
  return text.has_value() ? text->c_str() : nullptr;
}

auto FlagFields(const RomeFlags& flags) {
  return std::make_tuple(flags.ecological_transition, Nullable(flags.digital_transition),
                         Nullable(flags.demographic_transition), Nullable(flags.regulated),
                         Nullable(flags.executive));
}

std::vector<Column> WithFlags(std::vector<Column> columns) {
  columns.insert(columns.end(), {{"transition_eco", "smallint"},
                                 {"transition_num", "boolean"},
                                 {"transition_demo", "boolean"},
                                 {"regulated", "boolean"},
                                 {"executive", "boolean"}});
  return columns;
}

const ReferenceTable& GrandDomains() {
  static const auto* const table =
      new ReferenceTable("rome_grand_domains", {{"code"}}, {{"label"}});
  return *table;
}
const ReferenceTable& Domains() {
  static const auto* const table =
      new ReferenceTable("rome_domains", {{"code"}}, {{"grand_domain_code"}, {"label"}});
  return *table;
}
const ReferenceTable& Sectors() {
  static const auto* const table = new ReferenceTable(
      "sectors", {{"code"}}, {{"label"}, {"description"}, {"sort_key", kSortKeyType}});
  return *table;
}
const ReferenceTable& SubSectors() {
  static const auto* const table =
      new ReferenceTable("sub_sectors", {{"code"}}, {{"sector_code"}, {"label"}});
  return *table;
}
const ReferenceTable& Interests() {
  static const auto* const table =
      new ReferenceTable("interests", {{"code"}}, {{"label"}, {"description"}});
  return *table;
}
const ReferenceTable& Professions() {
  static const auto* const table =
      new ReferenceTable("professions", {{"rome_code"}},
                         WithFlags({{"title"},
                                    {"definition"},
                                    {"access"},
                                    {"riasec_major"},
                                    {"riasec_minor"},
                                    {"sort_key", kSortKeyType},
                                    {"folded_title"},
                                    {"folded_definition"},
                                    {"parent_code"},
                                    {"sheet_code"},
                                    {"ogr_code"},
                                    {"domain_code", "text", Role::kKeptWhenNull}}));
  return *table;
}
const ReferenceTable& Appellations() {
  static const auto* const table =
      new ReferenceTable("appellations", {{"ogr_code"}},
                         WithFlags({{"rome_code", "text", Role::kPlace},
                                    {"label"},
                                    {"folded"},
                                    {"short_label"},
                                    {"parent_code"},
                                    {"principal", "boolean"},
                                    {"rare", "boolean"}}));
  return *table;
}
const ReferenceTable& SectorLinks() {
  static const auto* const table = new ReferenceTable(
      "profession_sectors", {{"rome_code"}, {"sector_code"}}, {{"principal", "boolean"}});
  return *table;
}
const ReferenceTable& SubSectorLinks() {
  static const auto* const table =
      new ReferenceTable("profession_sub_sectors", {{"rome_code"}, {"sub_sector_code"}}, {});
  return *table;
}
const ReferenceTable& InterestLinks() {
  static const auto* const table = new ReferenceTable(
      "profession_interests", {{"rome_code"}, {"interest_code"}}, {{"principal", "boolean"}});
  return *table;
}
const ReferenceTable& Mobility() {
  static const auto* const table = new ReferenceTable(
      "profession_mobility", {{"rome_code"}, {"target_code"}}, {{"rank", "smallint"}});
  return *table;
}
const ReferenceTable& Items() {
  static const auto* const table = new ReferenceTable("rome_items", {{"ogr_code"}},
                                                      {{"kind", "smallint"},
                                                       {"label"},
                                                       {"category"},
                                                       {"sub_category"},
                                                       {"definition"},
                                                       {"is_macro", "boolean"},
                                                       {"macro_code"},
                                                       {"riasec"},
                                                       {"transition_eco", "boolean"},
                                                       {"transition_num", "boolean"}});
  return *table;
}
const ReferenceTable& ItemLinks() {
  static const auto* const table =
      new ReferenceTable("profession_items", {{"rome_code"}, {"ogr_code"}}, {{"core", "smallint"}});
  return *table;
}
const ReferenceTable& SkillTree() {
  static const auto* const table = new ReferenceTable("rome_skill_tree", {{"macro_code"}},
                                                      {{"macro_ogr_code"},
                                                       {"label"},
                                                       {"objective_code"},
                                                       {"objective"},
                                                       {"issue_code"},
                                                       {"issue"},
                                                       {"domain_code"},
                                                       {"domain"}});
  return *table;
}
const ReferenceTable& Themes() {
  static const auto* const table =
      new ReferenceTable("rome_themes", {{"code"}}, {{"label"}, {"description"}});
  return *table;
}
const ReferenceTable& ThemeLinks() {
  static const auto* const table =
      new ReferenceTable("profession_themes", {{"rome_code"}, {"theme_code"}}, {});
  return *table;
}
const ReferenceTable& NafSectors() {
  static const auto* const table =
      new ReferenceTable("rome_naf_sectors", {{"code"}}, {{"technical_code"}, {"label"}});
  return *table;
}
const ReferenceTable& NafLinks() {
  static const auto* const table =
      new ReferenceTable("profession_naf_sectors", {{"rome_code"}, {"naf_sector_code"}}, {});
  return *table;
}

auto ProfessionFields(const ProfessionRow& row) {
  return std::tuple_cat(
      std::make_tuple(row.rome_code, row.title, row.definition, row.access, row.riasec_major,
                      row.riasec_minor, PlainText(row.title), FoldWords(row.title),
                      FoldWords(row.definition), row.parent_code, row.sheet_code, row.ogr_code,
                      Nullable(row.domain_code)),
      FlagFields(row.flags));
}

auto AppellationFields(const AppellationRow& row) {
  return std::tuple_cat(
      std::make_tuple(row.ogr_code, row.rome_code, row.label, FoldWords(row.label), row.short_label,
                      row.parent_code, row.principal, row.rare),
      FlagFields(row.flags));
}

auto ItemFields(const ItemRow& row) {
  return std::make_tuple(row.ogr_code, row.kind, row.label, row.category, row.sub_category,
                         row.definition, row.is_macro, row.macro_code, row.riasec,
                         Nullable(row.ecological_transition), Nullable(row.digital_transition));
}

auto BranchFields(const SkillBranchRow& row) {
  return std::make_tuple(row.macro_code, row.macro_ogr_code, row.label, row.objective_code,
                         row.objective, row.issue_code, row.issue, row.domain_code, row.domain);
}

auto DescribedFields(const DescribedRow& row) {
  return std::make_tuple(row.code, row.label, row.description);
}
auto PartFields(const PartRow& row) { return std::make_tuple(row.code, row.whole, row.label); }
auto LinkFields(const LinkRow& row) {
  return std::make_tuple(row.rome_code, row.code, row.principal);
}
auto PairFields(const CodePair& row) { return std::make_tuple(row.rome_code, row.code); }

// One import of all tables.
class Tables {
 public:
  explicit Tables(ImportSteps* import) : import_(*import) {}

  template <typename Row, typename ToFields>
  void Import(const ReferenceTable& table, const std::vector<Row>& rows,
              const ToFields& to_fields) {
    Import(table, rows, to_fields, static_cast<int64_t>(rows.size()));
  }
  template <typename Row, typename ToFields>
  void Import(const ReferenceTable& table, const std::vector<Row>& rows, const ToFields& to_fields,
              int64_t read) {
    table.Copy(import_.transaction(), rows, to_fields);
    Compare(table, read);
  }
  template <typename Row, typename ToFields>
  void Import(const ReferenceTable& table, const std::optional<std::vector<Row>>& rows,
              const ToFields& to_fields) {
    if (rows.has_value()) Import(table, *rows, to_fields);
  }

  void Compare(const ReferenceTable& table, int64_t read) {
    if (table.Diff(import_, read).any()) changed_.insert(table.name());
    done_ += read;
    import_.Done(done_);
  }

  ChangedTables changed() const { return changed_; }

 private:
  ImportSteps& import_;
  ChangedTables changed_;
  int64_t done_ = 0;
};

template <typename Row>
int64_t Size(const std::optional<std::vector<Row>>& rows) {
  return rows.has_value() ? static_cast<int64_t>(rows->size()) : 0;
}

int64_t RowsOf(const RomeExport& rome) {
  return static_cast<int64_t>(rome.sectors.size() + rome.interests.size() +
                              rome.professions.size() + rome.appellations.size() +
                              rome.interest_links.size()) +
         rome.sector_link_rows + Size(rome.grand_domains) + Size(rome.domains) +
         Size(rome.sub_sectors) + Size(rome.sub_sector_links) + Size(rome.mobility) +
         Size(rome.items) + Size(rome.profession_items) + Size(rome.skill_tree) +
         Size(rome.themes) + Size(rome.theme_links) + Size(rome.naf_sectors) + Size(rome.naf_links);
}

}  // namespace

absl::StatusOr<ChangedTables> ImportRomeTables(
    ImportSteps& import, const RomeExport& rome,
    absl::FunctionRef<absl::Status()> before_appellations) {
  absl::Status status = import.Stage("Chargement du ROME", RowsOf(rome));
  if (!status.ok()) return status;
  Tables tables(&import);
  tables.Import(GrandDomains(), rome.grand_domains,
                [](const GrandDomainRow& row) { return std::make_tuple(row.code, row.label); });
  tables.Import(Domains(), rome.domains, PartFields);
  tables.Import(Sectors(), rome.sectors, [](const DescribedRow& row) {
    return std::make_tuple(row.code, row.label, row.description, PlainText(row.label));
  });
  tables.Import(SubSectors(), rome.sub_sectors, PartFields);
  tables.Import(Interests(), rome.interests, DescribedFields);
  tables.Import(Themes(), rome.themes, DescribedFields);
  tables.Import(NafSectors(), rome.naf_sectors, [](const NafSectorRow& row) {
    return std::make_tuple(row.code, row.technical_code, row.label);
  });
  tables.Import(SkillTree(), rome.skill_tree, BranchFields);
  tables.Import(Items(), rome.items, ItemFields);
  tables.Import(Professions(), rome.professions, ProfessionFields);

  Appellations().Copy(import.transaction(), rome.appellations, AppellationFields);
  if (status = before_appellations(); !status.ok()) return status;
  tables.Compare(Appellations(), static_cast<int64_t>(rome.appellations.size()));

  tables.Import(SectorLinks(), rome.sector_links, LinkFields, rome.sector_link_rows);
  tables.Import(SubSectorLinks(), rome.sub_sector_links, PairFields);
  tables.Import(InterestLinks(), rome.interest_links, LinkFields);
  tables.Import(Mobility(), rome.mobility, [](const MobilityRow& row) {
    return std::make_tuple(row.rome_code, row.target_code, row.rank);
  });
  tables.Import(ItemLinks(), rome.profession_items, [](const ProfessionItemRow& row) {
    return std::make_tuple(row.rome_code, row.ogr_code, row.core);
  });
  tables.Import(ThemeLinks(), rome.theme_links, PairFields);
  tables.Import(NafLinks(), rome.naf_links, PairFields);
  return tables.changed();
}

}  // namespace dm::catalogue
