#include "services/catalogue/store/statistics.h"

#include "common/time/clock.h"

#include <algorithm>

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;

constexpr Statement kClaim{
    "claim_monthly_figures",
    "SELECT pg_try_advisory_xact_lock(hashtext('monthly figures')) AS claimed"};

constexpr Statement kPosition{"monthly_figures_position", R"sql(
SELECT dm_micros(position) AS position FROM job_cursors WHERE job = 'monthly_figures'
)sql"};

// The first and the last instant that there is something of, since one that begins a month.
constexpr Statement kEnds{"monthly_figures_ends", R"sql(
SELECT dm_micros(min(first)) AS first, dm_micros(max(last)) AS last
FROM (
  SELECT min(start_time) AS first, max(start_time) AS last
  FROM sessions WHERE start_time >= dm_time($1)
  UNION ALL
  SELECT min(month)::timestamp AT TIME ZONE 'Europe/Paris',
         max(month)::timestamp AT TIME ZONE 'Europe/Paris'
  FROM monthly_figures WHERE month >= $2::date
) AS ends
)sql"};

// Month by month, so that no transaction grows with the years.
constexpr Statement kRefresh{"refresh_monthly_figures", R"sql(
WITH fresh AS MATERIALIZED (
  SELECT o.id AS offer_id, o.siret, o.department, coalesce(o.rome_code, '') AS rome_code,
         o.sectors, count(*) AS sessions, sum(s.capacity) AS seats,
         sum(least(s.held, s.capacity)) AS held
  FROM sessions s
  JOIN offers o ON o.id = s.offer_id
  WHERE s.start_time >= dm_time($2) AND s.start_time < dm_time($3) AND s.cancel_time IS NULL
    AND (o.published OR o.publish_time IS NOT NULL)
  GROUP BY o.id
), gone AS (
  DELETE FROM monthly_figures t
  WHERE t.month = $1::date AND NOT EXISTS (SELECT FROM fresh f WHERE f.offer_id = t.offer_id)
  RETURNING 1
), written AS (
  INSERT INTO monthly_figures AS t
    (month, offer_id, siret, department, rome_code, sectors, sessions, seats, held)
  SELECT $1::date, offer_id, siret, department, rome_code, sectors, sessions, seats, held
  FROM fresh
  ON CONFLICT (month, offer_id) DO UPDATE
  SET department = excluded.department, rome_code = excluded.rome_code,
      sectors = excluded.sectors, sessions = excluded.sessions, seats = excluded.seats,
      held = excluded.held
  WHERE (t.department, t.rome_code, t.sectors, t.sessions, t.seats, t.held)
        IS DISTINCT FROM (excluded.department, excluded.rome_code, excluded.sectors,
                          excluded.sessions, excluded.seats, excluded.held)
  RETURNING 1
)
SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM written) AS changed
)sql"};

constexpr Statement kKeepPosition{"keep_monthly_figures_position", R"sql(
INSERT INTO job_cursors (job, position) VALUES ('monthly_figures', dm_time($1))
ON CONFLICT (job) DO UPDATE SET position = excluded.position
)sql"};

constexpr Statement kRead{"read_statistics", R"sql(
SELECT g.*, coalesce(s.label, '') AS sector_label, coalesce(p.title, '') AS profession_title
FROM (
  SELECT department, sector, profession, month, count(DISTINCT offer_id) AS offers,
         count(DISTINCT siret) AS companies, sum(sessions) AS sessions, sum(seats) AS seats,
         sum(held) AS held
  FROM figures($1::date, $2::date, $3::text[], $4, $5, $6, $7)
  GROUP BY department, sector, profession, month
) AS g
LEFT JOIN sectors s ON s.code = g.sector
LEFT JOIN professions p ON p.rome_code = g.profession
ORDER BY department COLLATE "C", sector COLLATE "C", profession COLLATE "C", month COLLATE "C"
LIMIT $8
)sql"};

// An offer, and a company, counts once in the sum however many of the rows it is in.
constexpr Statement kReadSum{"read_statistics_sum", R"sql(
SELECT '' AS department, '' AS sector, '' AS profession, '' AS month, '' AS sector_label,
       '' AS profession_title, count(DISTINCT offer_id) AS offers,
       count(DISTINCT siret) AS companies, coalesce(sum(sessions), 0) AS sessions,
       coalesce(sum(seats), 0) AS seats, coalesce(sum(held), 0) AS held
FROM (
  SELECT DISTINCT ON (f.offer_id, f.starts_in)
         f.offer_id, f.siret, f.sessions, f.seats, f.held
  FROM figures($1::date, $2::date, $3::text[], $4, $5, $6, $7) AS f
  JOIN unnest($8::text[], $9::text[], $10::text[], $11::text[])
    AS wanted (department, sector, profession, month)
    USING (department, sector, profession, month)
) AS once
)sql"};

std::string DayOf(absl::CivilMonth month) { return absl::FormatCivilTime(absl::CivilDay(month)); }

Figures ToFigures(const pqxx::row& row) {
  return {.keys = {row["department"].c_str(), row["sector"].c_str(), row["profession"].c_str(),
                   row["month"].c_str()},
          .sector_label = row["sector_label"].c_str(),
          .profession_title = row["profession_title"].c_str(),
          .offers = row["offers"].as<int>(),
          .companies = row["companies"].as<int>(),
          .sessions = row["sessions"].as<int>(),
          .seats = row["seats"].as<int64_t>(),
          .held = row["held"].as<int64_t>()};
}

std::vector<Figures> ReadRows(Transaction& transaction, const StatisticsQuery& query) {
  std::vector<Figures> rows;
  for (const pqxx::row& row : transaction.Exec(
           kRead, DayOf(query.first), DayOf(query.last), query.departments, query.by.department,
           query.by.sector, query.by.profession, query.by.month, kMostStatisticsRows + 1)) {
    rows.push_back(ToFigures(row));
  }
  return rows;
}

Figures ReadSum(Transaction& transaction, const StatisticsQuery& query,
                const std::vector<FigureKeys>& wanted) {
  std::vector<std::string> departments;
  std::vector<std::string> sectors;
  std::vector<std::string> professions;
  std::vector<std::string> months;
  for (const FigureKeys& keys : wanted) {
    departments.push_back(keys.department);
    sectors.push_back(keys.sector);
    professions.push_back(keys.profession);
    months.push_back(keys.month);
  }
  return ToFigures(transaction
                       .Exec(kReadSum, DayOf(query.first), DayOf(query.last), query.departments,
                             query.by.department, query.by.sector, query.by.profession,
                             query.by.month, departments, sectors, professions, months)
                       .at(0));
}

Figures ReadTotal(Transaction& transaction, StatisticsQuery query) {
  query.by = {};
  return ReadSum(transaction, query, {FigureKeys{}});
}

// Adds up what rests on few companies.
void Fold(Transaction& transaction, const StatisticsQuery& query,
          const absl::flat_hash_set<std::string>& seen_exactly, Statistics* statistics) {
  std::vector<Figures>& rows = statistics->rows;
  std::vector<size_t> folded = RowsToFold(rows, seen_exactly);
  if (folded.empty()) return;
  const auto sum = [&] {
    std::vector<FigureKeys> keys;
    for (const size_t row : folded) keys.push_back(rows[row].keys);
    return ReadSum(transaction, query, keys);
  };
  Figures together = sum();
  if (together.companies < kFewestShownCompanies) {
    if (const auto next = NextRowToFold(rows, folded, seen_exactly); next.has_value()) {
      folded.push_back(*next);
      together = sum();
    }
  }
  std::sort(folded.rbegin(), folded.rend());
  for (const size_t row : folded) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(row));
  if (together.companies >= kFewestShownCompanies) statistics->folded = std::move(together);
}

absl::CivilMonth ParisMonth(absl::Time time) {
  return absl::CivilMonth(absl::ToCivilDay(time, ParisTimeZone()));
}

absl::Time StartOf(absl::CivilMonth month) { return StartOfParisDay(absl::CivilDay(month)); }

struct Months {
  absl::CivilMonth first;
  absl::CivilMonth last;
};

// Absent when there is nothing to refresh.
absl::StatusOr<std::optional<Months>> MonthsToRefresh(database::Database& database,
                                                      absl::Time deadline) {
  using Found = std::optional<Months>;
  return database.Read(deadline, [](Transaction& transaction) -> absl::StatusOr<Found> {
    absl::CivilMonth first(1970, 1);
    if (const pqxx::result rows = transaction.Exec(kPosition); !rows.empty()) {
      first = ParisMonth(database::FromMicros(rows[0]["position"].as<int64_t>())) - 1;
    }
    const pqxx::result ends =
        transaction.Exec(kEnds, database::ToMicros(StartOf(first)), DayOf(first));
    const pqxx::row row = ends.at(0);
    if (row["first"].is_null()) return Found();
    return Found({ParisMonth(database::FromMicros(row["first"].as<int64_t>())),
                  ParisMonth(database::FromMicros(row["last"].as<int64_t>()))});
  });
}

// Absent when another replica is at it.
absl::StatusOr<std::optional<int64_t>> RefreshMonth(database::Database& database,
                                                    absl::Time deadline, absl::CivilMonth month) {
  using Changed = std::optional<int64_t>;
  return database.Write(deadline, [month](Transaction& transaction) -> absl::StatusOr<Changed> {
    if (!transaction.Exec(kClaim).at(0)["claimed"].as<bool>()) return Changed();
    const pqxx::result refreshed =
        transaction.Exec(kRefresh, DayOf(month), database::ToMicros(StartOf(month)),
                         database::ToMicros(StartOf(month + 1)));
    return Changed(refreshed.at(0)["changed"].as<int64_t>());
  });
}

}  // namespace

absl::StatusOr<std::optional<int64_t>> RefreshMonthlyFigures(database::Database& database,
                                                             absl::Time deadline, absl::Time now) {
  const auto months = MonthsToRefresh(database, deadline);
  if (!months.ok()) return months.status();
  int64_t changed = 0;
  if (months->has_value()) {
    for (absl::CivilMonth month = (*months)->first; month <= (*months)->last; ++month) {
      const auto refreshed = RefreshMonth(database, deadline, month);
      if (!refreshed.ok() || !refreshed->has_value()) return refreshed;
      changed += **refreshed;
    }
  }
  const absl::Status kept = database.Write(deadline, [now](Transaction& transaction) {
    transaction.Exec(kKeepPosition, database::ToMicros(now));
    return absl::OkStatus();
  });
  if (!kept.ok()) return kept;
  return std::optional<int64_t>(changed);
}

absl::StatusOr<Statistics> ReadStatistics(database::Database& database, absl::Time deadline,
                                          const StatisticsQuery& query,
                                          const StatisticsSight& sight) {
  return database.Read(deadline, [&](Transaction& transaction) -> absl::StatusOr<Statistics> {
    Statistics statistics{.rows = ReadRows(transaction, query)};
    if (statistics.rows.size() > kMostStatisticsRows) {
      Violations violations;
      violations.Add("group_by",
                     "gives more than 5,000 rows: ask for fewer dimensions, months or "
                     "départements");
      return violations.ToStatus();
    }
    Figures total = ReadTotal(transaction, query);
    if (sight.everything) {
      statistics.total = std::move(total);
      return statistics;
    }
    const absl::flat_hash_set<std::string> nowhere;
    Fold(transaction, query, query.by.department ? sight.departments : nowhere, &statistics);
    if (total.companies == 0 || total.companies >= kFewestShownCompanies) {
      statistics.total = std::move(total);
    }
    return statistics;
  });
}

}  // namespace dm::catalogue
