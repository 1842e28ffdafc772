#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/events/event.h"
#include "services/catalogue/imports/source_table.h"
#include "services/catalogue/store/session_events.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {

// What an import needs to know beside its rows.
struct ImportRun {
  // Does everything, then rolls back.
  bool validate_only = false;
  absl::Time now;
  absl::Time deadline;
  std::string traceparent;
  // "people/{subject}" of the caller.
  std::string person;
  // Names of the upload's files, for refusals.
  std::vector<std::string> files;
  // Départements that the caller may write; absent for all.
  std::optional<std::vector<std::string>> territory;
  // Told what is done next; false when the caller has gone. May be null.
  std::function<bool(absl::string_view stage, int64_t rows)> stage;
};

// As destinationmetier.type.v1.TableReport has it.
struct TableCounts {
  int64_t read = 0;
  int64_t added = 0;
  int64_t changed = 0;
  int64_t moved = 0;
  int64_t vanished = 0;

  bool any() const { return added + changed + moved + vanished > 0; }
  friend bool operator==(const TableCounts&, const TableCounts&) = default;
};

struct ImportOutcome {
  std::map<std::string, TableCounts> tables;
  std::vector<std::string> warnings;
  // Whether events were committed, that is whether readers of the feed are to be woken.
  bool has_events = false;
};

// One import in progress: its transaction, what it found and the events that it will send.
class ImportSteps {
 public:
  ImportSteps(database::Transaction* transaction, const ImportRun* run)
      : transaction_(transaction), run_(run) {}

  database::Transaction& transaction() { return *transaction_; }
  const ImportRun& run() const { return *run_; }
  ImportOutcome& outcome() { return outcome_; }
  std::vector<events::NewEvent>& events() { return events_; }
  const std::vector<std::string>& touched_offers() const { return touched_offers_; }
  bool touched_words() const { return touched_words_; }

  // Tells the caller; CANCELLED when nobody listens any more.
  absl::Status Stage(absl::string_view stage, int64_t rows);
  // Keeps the counts of a table; `diff` is the one row of a statement with the columns read, added,
  // changed, moved and vanished.
  const TableCounts& Count(const std::string& table, const pqxx::result& diff);
  // Announces that a collection changed ("offers/-").
  void Announce(const std::string& collection);
  // Announces the sessions that were noted, and their offers to readers in memory.
  void Announce(const SessionEvents& sessions);
  // Tells the readers in memory at the end of the import, as search_changes.h says; `offer_ids` is
  // an array as PostgreSQL writes it.
  void TouchOffers(std::string offer_ids) { touched_offers_.push_back(std::move(offer_ids)); }
  void TouchWords() { touched_words_ = true; }
  absl::Status Refused(const Origin& origin, absl::string_view cause) const;

 private:
  database::Transaction* transaction_;
  const ImportRun* run_;
  ImportOutcome outcome_;
  std::vector<events::NewEvent> events_;
  std::vector<std::string> touched_offers_;
  bool touched_words_ = false;
};

// Runs the steps in one transaction, alone among imports; then tells the readers in memory, and
// appends the events last.
absl::StatusOr<ImportOutcome> RunImport(database::Database& database, const ImportRun& run,
                                        const std::function<absl::Status(ImportSteps&)>& steps);

}  // namespace dm::catalogue
