#include "common/database/migrations.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/database/database.h"

#include <openssl/sha.h>

#include <array>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace dm::database {
namespace {

// Long enough for an index over a large table.
constexpr absl::Duration kFileTime = absl::Minutes(30);
constexpr absl::Duration kCheckTime = absl::Seconds(10);

constexpr absl::string_view kBreaking = "_breaking";

// Held to the end of the transaction, so it works behind a pooler too. The key is the schema's.
constexpr Statement kLockRunner{
    "migrations_lock",
    "SELECT pg_advisory_xact_lock(hashtextextended('schema_migrations ' || current_schema(), 0))"};

constexpr char kCreateRecord[] = R"sql(
CREATE TABLE IF NOT EXISTS schema_migrations (
  series text NOT NULL,
  id text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT schema_migrations_key PRIMARY KEY (series, id)
))sql";

// The record may be missing: a schema that was never migrated.
constexpr Statement kHasRecord{
    "migrations_has_record",
    "SELECT to_regclass(quote_ident(current_schema()) || '.schema_migrations') IS NOT NULL"};
constexpr Statement kReadRecord{"migrations_read",
                                "SELECT series, id, sha256 FROM schema_migrations"};
constexpr Statement kAddRecord{
    "migrations_add", "INSERT INTO schema_migrations (series, id, sha256) VALUES ($1, $2, $3)"};
constexpr Statement kTransactionId{"migrations_transaction", "SELECT pg_current_xact_id()::text"};

using Record = std::map<std::pair<std::string, std::string>, std::string>;

std::string Sha256(absl::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest.data()), digest.size()));
}

Record ReadRecord(Transaction& transaction) {
  Record record;
  for (const pqxx::row& row : transaction.Exec(kReadRecord)) {
    record[{row[0].as<std::string>(), row[1].as<std::string>()}] = row[2].as<std::string>();
  }
  return record;
}

absl::Status Refused(absl::string_view series, absl::string_view id, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat("migration ", series, "/", id, " ", why));
}

struct Pending {
  absl::string_view series;
  const Migration* migration = nullptr;
  // Recorded files that this program has not.
  Record unknown;
};

// The first file that is not recorded, none when all are. An error when the record and the files
// contradict each other.
absl::StatusOr<Pending> FirstPending(Record record, const std::vector<MigrationSeries>& series) {
  Pending pending;
  for (const MigrationSeries& one : series) {
    bool missing = false;
    for (const Migration& migration : *one.migrations) {
      const auto found = record.find({std::string(one.name), std::string(migration.id)});
      if (found == record.end()) {
        missing = true;
        if (pending.migration == nullptr) pending = {one.name, &migration};
        continue;
      }
      if (found->second != Sha256(migration.sql)) {
        return Refused(one.name, migration.id, "was changed after it was applied");
      }
      if (missing)
        return Refused(one.name, migration.id, "was applied before one with a lower number");
      record.erase(found);
    }
  }
  pending.unknown = std::move(record);
  return pending;
}

absl::Status RefusedAsUnknown(const Record& unknown) {
  const auto& [series, id] = unknown.begin()->first;
  return Refused(series, id, "is not known here: the schema is newer than this program");
}

// Whether a file of a newer program leaves this one working: it comes after all that are known here
// and does not say otherwise.
bool IsHarmless(const Record::key_type& file, const std::vector<MigrationSeries>& series) {
  const auto& [series_name, id] = file;
  for (const MigrationSeries& one : series) {
    if (one.name != series_name) continue;
    if (!one.migrations->empty() && id < one.migrations->back().id) return false;
  }
  return !absl::EndsWith(id, kBreaking);
}

absl::Status Apply(Transaction& transaction, const Pending& pending) {
  const std::string id = transaction.Exec(kTransactionId)[0][0].as<std::string>();
  transaction.raw().exec(std::string(pending.migration->sql));
  if (transaction.Exec(kTransactionId)[0][0].as<std::string>() != id) {
    return absl::InternalError(
        absl::StrCat("migration ", pending.series, "/", pending.migration->id,
                     " ended its transaction: it must not contain BEGIN or COMMIT"));
  }
  transaction.Exec(kAddRecord, pending.series, pending.migration->id,
                   Sha256(pending.migration->sql));
  return absl::OkStatus();
}

}  // namespace

absl::Status Migrate(Database& database, const std::vector<MigrationSeries>& series) {
  // Row-level security binds the owner of the tables too: without it a migration would silently
  // change none of the rows that it is for.
  const std::unique_ptr<Database> all_rows = database.As(Access::OfService());
  bool done = false;
  while (!done) {
    const absl::Status status =
        all_rows->Write(absl::Now() + kFileTime, [&](Transaction& transaction) -> absl::Status {
          transaction.Exec(kLockRunner);
          if (!transaction.Exec(kHasRecord)[0][0].as<bool>()) {
            transaction.raw().exec(kCreateRecord);
          }
          const absl::StatusOr<Pending> pending = FirstPending(ReadRecord(transaction), series);
          if (!pending.ok()) return pending.status();
          if (!pending->unknown.empty()) return RefusedAsUnknown(pending->unknown);
          done = pending->migration == nullptr;
          return done ? absl::OkStatus() : Apply(transaction, *pending);
        });
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status CheckSchema(Database& database, const std::vector<MigrationSeries>& series) {
  return database.Read(absl::Now() + kCheckTime, [&](Transaction& transaction) -> absl::Status {
    Record record;
    if (transaction.Exec(kHasRecord)[0][0].as<bool>()) record = ReadRecord(transaction);
    const absl::StatusOr<Pending> pending = FirstPending(std::move(record), series);
    if (!pending.ok()) return pending.status();
    if (pending->migration != nullptr) {
      if (!pending->unknown.empty()) return RefusedAsUnknown(pending->unknown);
      return Refused(pending->series, pending->migration->id,
                     "is not applied: run the program with --migrate");
    }
    for (const auto& unknown : pending->unknown) {
      if (!IsHarmless(unknown.first, series)) return RefusedAsUnknown({unknown});
    }
    return absl::OkStatus();
  });
}

}  // namespace dm::database
