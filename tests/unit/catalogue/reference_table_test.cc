#include "services/catalogue/store/reference_table.h"

#include <gtest/gtest.h>

namespace dm::catalogue {
namespace {

using Role = ReferenceTable::Column::Role;

TEST(ReferenceTable, WritesItsStatementsOut) {
  const ReferenceTable table(
      "titles", {{"code"}, {"part", "smallint"}},
      {{"label"}, {"place", "text", Role::kPlace}, {"domain", "text", Role::kKeptWhenNull}});
  EXPECT_STREQ(table.incoming().name, "incoming_titles");
  EXPECT_STREQ(table.incoming().sql,
               "CREATE TEMPORARY TABLE incoming_titles (code text, part smallint, label text, "
               "place text, domain text) ON COMMIT DROP");
  EXPECT_STREQ(table.diff().name, "diff_titles");
  EXPECT_STREQ(table.diff().sql, R"sql(
WITH diff AS MATERIALIZED (
  SELECT i.code, i.part, i.label AS label, i.place AS place, coalesce(i.domain, t.domain) AS domain, t.code IS NULL AS is_new, t.place <> i.place AS moves,
         (t.label, t.domain, t.obsolete) IS DISTINCT FROM (i.label, coalesce(i.domain, t.domain), false) AS differs
  FROM incoming_titles i LEFT JOIN titles t USING (code, part)
), added AS (
  INSERT INTO titles (code, part, label, place, domain) SELECT code, part, label, place, domain FROM diff WHERE is_new
), changed AS (
  UPDATE titles t SET label = d.label, place = d.place, domain = d.domain, obsolete = false
  FROM diff d WHERE (t.code, t.part) = (d.code, d.part) AND (d.differs OR d.moves) AND NOT d.is_new
), vanished AS (
  UPDATE titles t SET obsolete = true
  WHERE NOT obsolete AND NOT EXISTS (SELECT FROM incoming_titles i WHERE (i.code, i.part) = (t.code, t.part))
  RETURNING 1
)
SELECT $1::bigint AS read, count(*) FILTER (WHERE is_new) AS added,
       count(*) FILTER (WHERE differs AND NOT is_new AND NOT coalesce(moves, false)) AS changed,
       count(*) FILTER (WHERE moves) AS moved, (SELECT count(*) FROM vanished) AS vanished
FROM diff
)sql");
}

}  // namespace
}  // namespace dm::catalogue
