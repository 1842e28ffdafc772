#include "services/catalogue/store/partner_runs.h"

#include "common/errors/error.h"

namespace dm::catalogue {
namespace {

using database::Statement;
using database::Transaction;

// Two imports at once would each add what the other adds, and lock companies in another order.
constexpr Statement kOneAtATime{"partner_import_one_at_a_time",
                                "SELECT pg_advisory_xact_lock(hashtext('catalogue import'))"};

constexpr Statement kClaimSource{"claim_partner_source", R"sql(
INSERT INTO partner_sources (source, owner) VALUES ($1, $2) ON CONFLICT (source) DO NOTHING
)sql"};

constexpr Statement kOwner{"partner_source_owner",
                           "SELECT owner FROM partner_sources WHERE source = $1"};

constexpr Statement kFindRun{"find_partner_run", R"sql(
SELECT source, number, finished IS NOT NULL AS finished, last_line, added, changed, unchanged,
       withdrawn, refused, archived
FROM partner_runs WHERE run = $1::uuid FOR UPDATE
)sql"};

constexpr Statement kBeginRun{"begin_partner_run", R"sql(
WITH numbered AS (
  UPDATE partner_sources SET runs = runs + 1 WHERE source = $2 RETURNING runs
)
INSERT INTO partner_runs (run, source, number, started)
SELECT $1::uuid, $2, runs, dm_time($3) FROM numbered
RETURNING number
)sql"};

constexpr Statement kKeep{"keep_partner_run", R"sql(
UPDATE partner_runs
SET last_line = $2, added = $3, changed = $4, unchanged = $5, withdrawn = $6, refused = $7,
    archived = $8, finished = coalesce(dm_time($9), finished)
WHERE run = $1::uuid
)sql"};

absl::Status RunInvalid(absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, why,
                   {.reason = "IMPORT_TOKEN_INVALID",
                    .fields = {{"start.run", std::string(why)}},
                    .message_fr = "Cet envoi est terminé, ou il est celui d'une autre source. "
                                  "Commencez-en un nouveau.",
                    .message_en = "This run is finished or another source's. Begin a new one."});
}

PartnerRun ToRun(const std::string& source, const std::string& run, const pqxx::row& row) {
  return {.source = source,
          .run = run,
          .number = row["number"].as<int64_t>(),
          .last_line = row["last_line"].as<int64_t>(),
          .counts = {.added = row["added"].as<int64_t>(),
                     .changed = row["changed"].as<int64_t>(),
                     .unchanged = row["unchanged"].as<int64_t>(),
                     .withdrawn = row["withdrawn"].as<int64_t>(),
                     .refused = row["refused"].as<int64_t>(),
                     .archived = row["archived"].as<int64_t>()}};
}

void Keep(Transaction& transaction, const PartnerRun& run, std::optional<int64_t> finished) {
  const RunCounts& counts = run.counts;
  transaction.Exec(kKeep, run.run, run.last_line, counts.added, counts.changed, counts.unchanged,
                   counts.withdrawn, counts.refused, counts.archived, finished);
}

}  // namespace

absl::StatusOr<PartnerRun> LockRun(Transaction& transaction, const PartnerSender& sender,
                                   const std::string& source, const std::string& run,
                                   absl::Time now) {
  transaction.Exec(kOneAtATime);
  transaction.Exec(kClaimSource, source, sender.person);
  if (transaction.Exec(kOwner, source).at(0)["owner"].c_str() != sender.person) {
    return NotFoundError("sources/" + source);
  }
  const pqxx::result found = transaction.Exec(kFindRun, run);
  if (found.empty()) {
    const pqxx::result begun = transaction.Exec(kBeginRun, run, source, database::ToMicros(now));
    return PartnerRun{.source = source, .run = run, .number = begun.at(0)["number"].as<int64_t>()};
  }
  if (found[0]["source"].c_str() != source) return RunInvalid("the run is another source's");
  if (found[0]["finished"].as<bool>()) return RunInvalid("the run is finished");
  return ToRun(source, run, found[0]);
}

void KeepRun(Transaction& transaction, const PartnerRun& run) {
  Keep(transaction, run, std::nullopt);
}

void FinishRun(Transaction& transaction, const PartnerRun& run, absl::Time now) {
  Keep(transaction, run, database::ToMicros(now));
}

}  // namespace dm::catalogue
