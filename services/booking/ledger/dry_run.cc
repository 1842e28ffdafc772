#include "services/booking/ledger/dry_run.h"

#include "common/errors/error.h"
#include "services/booking/domain/decision.h"
#include "services/booking/domain/refusals.h"
#include "services/booking/store/ledger_snapshot.h"

namespace dm::booking {

absl::StatusOr<DryRun> TryOut(database::Database& database, const Terms& terms,
                              const Command& create, absl::Time now, absl::Time deadline) {
  const auto& what = std::get<CreateCommand>(create.what);
  return database.Read(deadline, [&](database::Transaction& transaction) -> absl::StatusOr<DryRun> {
    const Snapshot snapshot =
        LoadSnapshot(transaction, absl::MakeConstSpan(&create, 1), now, Locking::kNone);
    const Session* session = snapshot.FindSession(what.session_id);
    if (session == nullptr || session->name != what.session_name) {
      return SessionUnknown(what.session_name);
    }
    DryRun run;
    absl::StatusOr<Judgement> judgement = Judge(
        Overlay(snapshot, terms), *session, create.actor.person, what.scheme, Detail::kEveryRule);
    if (judgement.ok()) {
      run.judgement = *std::move(judgement);
    } else if (absl::IsInvalidArgument(judgement.status())) {
      return judgement.status();
    }
    const Outcome outcome = DecideAlone(snapshot, terms, create);
    if (const auto* refused = std::get_if<Refused>(&outcome)) run.refusal = refused->status;
    if (const auto* done = std::get_if<Done>(&outcome)) run.state = done->booking.state;
    return run;
  });
}

}  // namespace dm::booking
