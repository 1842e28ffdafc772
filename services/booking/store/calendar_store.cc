#include "services/booking/store/calendar_store.h"

#include "absl/time/civil_time.h"

#include <string>

namespace dm::booking {
namespace {

using database::Statement;

constexpr Statement kLockCalendar{"lock_calendar",
                                  "SELECT version FROM school_calendar_version FOR UPDATE"};

constexpr Statement kPutHolidays{"put_holidays", R"sql(
  INSERT INTO school_holidays AS h
    (zone, academy, school_year, population, name, first_day, last_day)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[],
                       $7::date[])
  ON CONFLICT ON CONSTRAINT school_holidays_pkey DO UPDATE SET
    last_day = excluded.last_day, obsolete = false
  WHERE h.last_day <> excluded.last_day OR h.obsolete
  RETURNING h.xmax = 0 AS added
)sql"};

constexpr Statement kDropHolidays{"drop_holidays", R"sql(
  WITH listed AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::date[])
      AS l (zone, academy, school_year, population, name, first_day))
  UPDATE school_holidays h SET obsolete = true
  WHERE NOT h.obsolete
    AND (h.zone, h.school_year) IN (SELECT zone, school_year FROM listed)
    AND (h.zone, h.academy, h.school_year, h.population, h.name, h.first_day)
        NOT IN (SELECT zone, academy, school_year, population, name, first_day FROM listed)
)sql"};

constexpr Statement kRaiseCalendarVersion{
    "raise_calendar_version", "UPDATE school_calendar_version SET version = version + 1"};

constexpr Statement kReadCalendarVersion{"read_calendar_version",
                                         "SELECT version FROM school_calendar_version"};

constexpr Statement kReadHolidays{"read_holidays", R"sql(
  SELECT zone, population, name, first_day, last_day FROM school_holidays WHERE NOT obsolete
  ORDER BY zone, first_day, last_day, population, name
)sql"};

// One value of every row, for a column of unnest().
template <typename Get>
std::vector<std::string> Column(const std::vector<ListedHoliday>& rows, Get get) {
  std::vector<std::string> column;
  column.reserve(rows.size());
  for (const ListedHoliday& row : rows) column.push_back(get(row));
  return column;
}

std::string DayText(absl::CivilDay day) { return absl::FormatCivilTime(day); }

absl::CivilDay DayOf(const pqxx::field& field) {
  absl::CivilDay day;
  absl::ParseCivilTime(field.c_str(), &day);
  return day;
}

}  // namespace

CalendarChanges PutCalendar(database::Transaction& transaction,
                            const std::vector<ListedHoliday>& holidays) {
  const auto zone = Column(holidays, [](const ListedHoliday& row) { return row.holiday.zone; });
  const auto academy = Column(holidays, [](const ListedHoliday& row) { return row.academy; });
  const auto year = Column(holidays, [](const ListedHoliday& row) { return row.school_year; });
  const auto population =
      Column(holidays, [](const ListedHoliday& row) { return row.holiday.population; });
  const auto name = Column(holidays, [](const ListedHoliday& row) { return row.holiday.name; });
  const auto first_day =
      Column(holidays, [](const ListedHoliday& row) { return DayText(row.holiday.first_day); });
  const auto last_day =
      Column(holidays, [](const ListedHoliday& row) { return DayText(row.holiday.last_day); });

  transaction.Exec(kLockCalendar);
  CalendarChanges changes;
  for (const pqxx::row& row :
       transaction.Exec(kPutHolidays, zone, academy, year, population, name, first_day, last_day)) {
    ++(row["added"].as<bool>() ? changes.added : changes.changed);
  }
  changes.vanished = static_cast<int64_t>(
      transaction.Exec(kDropHolidays, zone, academy, year, population, name, first_day)
          .affected_rows());
  if (changes.any()) transaction.Exec(kRaiseCalendarVersion);
  return changes;
}

int64_t ReadCalendarVersion(database::Transaction& transaction) {
  return transaction.Exec(kReadCalendarVersion)[0][0].as<int64_t>();
}

std::vector<SchoolHoliday> ReadCalendarHolidays(database::Transaction& transaction) {
  std::vector<SchoolHoliday> holidays;
  for (const pqxx::row& row : transaction.Exec(kReadHolidays)) {
    holidays.push_back({.zone = row["zone"].c_str(),
                        .name = row["name"].c_str(),
                        .population = row["population"].c_str(),
                        .first_day = DayOf(row["first_day"]),
                        .last_day = DayOf(row["last_day"])});
  }
  return holidays;
}

}  // namespace dm::booking
