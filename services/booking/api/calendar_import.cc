#include "services/booking/api/calendar_import.h"

#include "absl/strings/str_cat.h"
#include "services/booking/imports/calendar_file.h"
#include "services/booking/store/calendar_store.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace dm::booking {
namespace {

namespace type = destinationmetier::type::v1;

constexpr char kTable[] = "school_holidays";

// What rolls a dry run back; never leaves this file.
absl::Status DryRunIsOver() { return absl::CancelledError("validate_only"); }

// The zones whose calendar an agency may write: those of its départements.
std::set<std::string> ZonesOf(const auth::Caller& caller, const RuleBook& rules) {
  std::set<std::string> zones;
  for (const std::string& department : caller.territory) {
    if (auto zone = rules.ZoneOf({.department = department}); zone.has_value()) {
      zones.insert(*std::move(zone));
    }
  }
  return zones;
}

absl::Status CheckZones(const auth::Caller& caller, const RuleBook& rules,
                        const CalendarList& list) {
  if (caller.Is(auth::Role::kOperator)) return absl::OkStatus();
  const std::set<std::string> zones = ZonesOf(caller, rules);
  for (size_t i = 0; i < list.holidays.size(); ++i) {
    if (zones.contains(list.holidays[i].holiday.zone)) continue;
    return rpc::ImportRefused(list.origins[i].file, list.origins[i].line,
                              "cette zone n'est pas celle de votre territoire");
  }
  return absl::OkStatus();
}

// Académies that the list puts into another zone than the rules do in its last school year: their
// pupils would be judged by the holidays of the old one.
std::vector<std::string> WarningsOf(const CalendarList& list, const RuleBook& rules) {
  std::string last_year;
  for (const ListedHoliday& listed : list.holidays) {
    last_year = std::max(last_year, listed.school_year);
  }
  std::set<std::string> warnings;
  for (const ListedHoliday& listed : list.holidays) {
    if (listed.school_year != last_year) continue;
    for (const Academy& academy : rules.rules().academies) {
      if (academy.name != listed.academy || academy.zone == listed.holiday.zone) continue;
      warnings.insert(absl::StrCat("l'académie ", academy.name, " est en zone ", academy.zone,
                                   " dans les règles, en zone ", listed.holiday.zone,
                                   " dans le fichier"));
    }
  }
  return {warnings.begin(), warnings.end()};
}

// "Années scolaires 2015-2016 à 2025-2026".
std::string VersionOf(const CalendarList& list) {
  std::set<std::string> years;
  for (const ListedHoliday& listed : list.holidays) years.insert(listed.school_year);
  if (years.empty()) return "";
  if (years.size() == 1) return absl::StrCat("Année scolaire ", *years.begin());
  return absl::StrCat("Années scolaires ", *years.begin(), " à ", *years.rbegin());
}

type::ImportReport ToReport(const CalendarList& list, const RuleBook& rules,
                            const CalendarChanges& changes) {
  type::ImportReport report;
  type::TableReport& table = (*report.mutable_tables())[kTable];
  table.set_read(list.rows);
  table.set_added(changes.added);
  table.set_changed(changes.changed);
  table.set_vanished(changes.vanished);
  for (const std::string& warning : list.warnings) report.add_warnings(warning);
  for (const std::string& warning : WarningsOf(list, rules)) report.add_warnings(warning);
  report.set_source_version(VersionOf(list));
  return report;
}

}  // namespace

ImportApi::Importer CalendarImporter(database::Database* database,
                                     std::shared_ptr<const RuleBook> rules,
                                     CurrentCalendar* calendar) {
  return [database, rules = std::move(rules), calendar](
             const rpc::Call& call, const rpc::Upload& upload,
             rpc::ImportProgress& progress) -> absl::StatusOr<type::ImportReport> {
    progress.Stage("Lecture du calendrier");
    const absl::StatusOr<CalendarList> list = ReadCalendar(upload.files);
    if (!list.ok()) return list.status();
    if (absl::Status status = CheckZones(call.caller, *rules, *list); !status.ok()) return status;
    progress.Stage("Enregistrement", list->rows);
    CalendarChanges changes;
    const absl::Status status =
        database->Write(call.deadline, [&](database::Transaction& transaction) {
          changes = PutCalendar(transaction, list->holidays);
          if (upload.validate_only) return DryRunIsOver();
          if (progress.Cancelled()) return absl::CancelledError("the caller has gone");
          return absl::OkStatus();
        });
    if (!status.ok() && !(upload.validate_only && status == DryRunIsOver())) return status;
    // What is committed is so even when it cannot be read now: the poll will.
    if (!upload.validate_only && !calendar->Refresh(call.deadline).ok()) calendar->Wake();
    return ToReport(*list, *rules, changes);
  };
}

}  // namespace dm::booking
