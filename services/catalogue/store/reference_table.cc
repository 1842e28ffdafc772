#include "services/catalogue/store/reference_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"

namespace dm::catalogue {
namespace {

using Column = ReferenceTable::Column;

// "d.code, d.label".
std::string List(const std::vector<Column>& columns, absl::string_view prefix = "") {
  return absl::StrJoin(columns, ", ", [&](std::string* out, const Column& column) {
    absl::StrAppend(out, prefix, column.name);
  });
}

// "(i.a, i.b) = (t.a, t.b)".
std::string Same(const std::vector<Column>& key, absl::string_view left, absl::string_view right) {
  return absl::StrCat("(", List(key, left), ") = (", List(key, right), ")");
}

// The value that a row is to have.
std::string Wanted(const Column& column) {
  if (column.role != Column::Role::kKeptWhenNull) return absl::StrCat("i.", column.name);
  return absl::StrCat("coalesce(i.", column.name, ", t.", column.name, ")");
}

std::string IncomingSql(const std::string& incoming, const std::vector<Column>& columns) {
  return absl::Substitute("CREATE TEMPORARY TABLE $0 ($1) ON COMMIT DROP", incoming,
                          absl::StrJoin(columns, ", ", [](std::string* out, const Column& column) {
                            absl::StrAppend(out, column.name, " ", column.type);
                          }));
}

// The expressions of the comparison: what is wanted, and whether a row that is there moves or
// differs otherwise.
struct Comparison {
  std::string wanted;
  std::string moves = "false";
  std::string differs;
  std::string sets;
};

Comparison Compare(const std::vector<Column>& key, const std::vector<Column>& values) {
  Comparison comparison{.wanted = List(key, "i.")};
  std::string there;
  std::string wanted;
  for (const Column& column : values) {
    absl::StrAppend(&comparison.wanted, ", ", Wanted(column), " AS ", column.name);
    absl::StrAppend(&comparison.sets, column.name, " = d.", column.name, ", ");
    if (column.role == Column::Role::kPlace) {
      comparison.moves = absl::StrCat("t.", column.name, " <> i.", column.name);
      continue;
    }
    absl::StrAppend(&there, "t.", column.name, ", ");
    absl::StrAppend(&wanted, Wanted(column), ", ");
  }
  comparison.differs = absl::StrCat("(", there, "t.obsolete) IS DISTINCT FROM (", wanted, "false)");
  return comparison;
}

std::string DiffSql(const char* table, const std::string& incoming, const std::vector<Column>& key,
                    const std::vector<Column>& values) {
  const Comparison comparison = Compare(key, values);
  std::vector<Column> all = key;
  all.insert(all.end(), values.begin(), values.end());
  const auto first_key = key.front().name;
  return absl::StrCat(absl::Substitute(R"sql(
WITH diff AS MATERIALIZED (
  SELECT $0, t.$1 IS NULL AS is_new, $2 AS moves,
         $3 AS differs
  FROM $4 i LEFT JOIN $5 t USING ($6)
), added AS (
  INSERT INTO $5 ($7) SELECT $7 FROM diff WHERE is_new
))sql",
                                       comparison.wanted, first_key, comparison.moves,
                                       comparison.differs, incoming, table, List(key), List(all)),
                      absl::Substitute(R"sql(, changed AS (
  UPDATE $0 t SET $1obsolete = false
  FROM diff d WHERE $2 AND (d.differs OR d.moves) AND NOT d.is_new
), vanished AS (
  UPDATE $0 t SET obsolete = true
  WHERE NOT obsolete AND NOT EXISTS (SELECT FROM $3 i WHERE $4)
  RETURNING 1
)
SELECT $$1::bigint AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new AND NOT coalesce(moves, false)) AS changed,
       count(*) FILTER (WHERE moves) AS moved, (SELECT count(*) FROM vanished) AS vanished
FROM diff
)sql",
                                       table, comparison.sets, Same(key, "t.", "d."), incoming,
                                       Same(key, "i.", "t.")));
}

}  // namespace

ReferenceTable::ReferenceTable(const char* name, const std::vector<Column>& key,
                               const std::vector<Column>& values)
    : name_(name),
      incoming_name_(absl::StrCat("incoming_", name)),
      diff_name_(absl::StrCat("diff_", name)) {
  std::vector<Column> all = key;
  all.insert(all.end(), values.begin(), values.end());
  incoming_sql_ = IncomingSql(incoming_name_, all);
  diff_sql_ = DiffSql(name, incoming_name_, key, values);
}

}  // namespace dm::catalogue
