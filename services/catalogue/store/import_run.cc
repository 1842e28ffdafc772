#include "services/catalogue/store/import_run.h"

#include "absl/strings/str_cat.h"
#include "common/events/outbox.h"
#include "common/rpc/file_upload.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "services/catalogue/store/search_changes.h"

#include <utility>

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;

// Two imports at once would each add what the other adds.
constexpr Statement kOneAtATime{"import_one_at_a_time",
                                "SELECT pg_advisory_xact_lock(hashtext('catalogue import'))"};

constexpr absl::string_view kOnlyValidated = "validated, changes nothing";

}  // namespace

absl::Status ImportSteps::Stage(absl::string_view stage, int64_t rows) {
  if (run_->stage != nullptr && !run_->stage(stage, rows)) {
    return absl::CancelledError("the caller of the import has gone");
  }
  return absl::OkStatus();
}

const TableCounts& ImportSteps::Count(const std::string& table, const pqxx::result& diff) {
  const pqxx::row row = diff.at(0);
  return outcome_.tables[table] = {.read = row["read"].as<int64_t>(),
                                   .added = row["added"].as<int64_t>(),
                                   .changed = row["changed"].as<int64_t>(),
                                   .moved = row["moved"].as<int64_t>(),
                                   .vanished = row["vanished"].as<int64_t>()};
}

void ImportSteps::Announce(const std::string& collection) {
  destinationmetier::event::v1::ResourceChanged changed;
  changed.set_name(collection);
  events_.push_back(events::MakeEvent(collection, changed));
}

void ImportSteps::Announce(const SessionEvents& sessions) {
  TouchOffers(sessions.NotedOffers());
  for (events::NewEvent& event : sessions.Announce()) events_.push_back(std::move(event));
}

absl::Status ImportSteps::Refused(const Origin& origin, absl::string_view cause) const {
  const std::string file = origin.file < run_->files.size() ? run_->files[origin.file] : "";
  return rpc::ImportRefused(file, origin.line, cause);
}

void ImportSteps::Warn(const Origin& origin, absl::string_view what) {
  const std::string file = origin.file < run_->files.size() ? run_->files[origin.file] : "";
  outcome_.warnings.push_back(absl::StrCat(file, ", ligne ", origin.line, " : ", what));
}

absl::StatusOr<ImportOutcome> RunImport(database::Database& database, const ImportRun& run,
                                        const std::function<absl::Status(ImportSteps&)>& steps) {
  ImportOutcome outcome;
  const absl::Status status = database.Write(run.deadline, [&](Transaction& transaction) {
    transaction.Exec(kOneAtATime);
    ImportSteps import(&transaction, &run);
    if (absl::Status failed = steps(import); !failed.ok()) return failed;
    outcome = std::move(import.outcome());
    if (run.validate_only) return absl::CancelledError(kOnlyValidated);
    for (const std::string& offers : import.touched_offers()) {
      TouchOffers(transaction, offers, run.now);
    }
    if (import.touched_words()) TouchWords(transaction, run.now);
    outcome.has_events = !import.events().empty();
    events::AppendToOutbox(transaction, import.events(), run.traceparent, run.now);
    return absl::OkStatus();
  });
  const bool validated = absl::IsCancelled(status) && status.message() == kOnlyValidated;
  if (!status.ok() && !validated) return status;
  return outcome;
}

}  // namespace dm::catalogue
