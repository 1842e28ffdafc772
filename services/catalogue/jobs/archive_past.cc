#include "services/catalogue/jobs/archive_past.h"

#include "absl/random/random.h"
#include "common/events/outbox.h"
#include "common/telemetry/log.h"
#include "services/catalogue/domain/offer_rules.h"
#include "services/catalogue/store/offer_records.h"
#include "services/catalogue/store/offer_writes.h"
#include "services/catalogue/store/past_offers.h"

#include <utility>
#include <vector>

namespace dm::catalogue {
namespace {

constexpr absl::Duration kInterval = absl::Minutes(10);
constexpr absl::Duration kPause = absl::Minutes(1);
constexpr absl::Duration kPatience = absl::Seconds(30);

// Replicas that were started together do not come together ever after.
absl::Duration SomeTime(absl::Duration about) {
  thread_local absl::BitGen random;
  return about * absl::Uniform(random, 0.8, 1.2);
}

bool IsPast(const OfferRecord& record, absl::Time now) {
  for (const Session& session : record.offer.sessions) {
    if (session.end > now) return false;
  }
  return !record.offer.sessions.empty();
}

// OK also for an offer that is no longer due: somebody was at it before it was locked.
absl::Status Archive(database::Transaction& transaction, OfferWrites& writes, const std::string& id,
                     absl::Time now) {
  std::optional<OfferRecord> record = LockOffer(transaction, id);
  if (!record.has_value() || record->offer.state != OfferState::kPublished ||
      !IsPast(*record, now)) {
    return absl::OkStatus();
  }
  const auto step = DecideOfferStep(record->Name(), record->offer.state, OfferStep::kSessionsPast,
                                    OfferParty::kSystem, FactsOf(*record, now));
  if (!step.ok()) return step.status();
  return writes.Step(&*record, *step, OfferActor{});
}

}  // namespace

ArchivePast::ArchivePast(database::Database* database, const Clock* clock,
                         std::function<void()> on_events, int most)
    : database_(database),
      clock_(clock),
      on_events_(std::move(on_events)),
      most_(most),
      task_([this] {
        const absl::StatusOr<int> archived = RunOnce();
        if (!archived.ok()) {
          telemetry::Log(telemetry::Severity::kWarning, "past_offers_not_archived",
                         {{"code", static_cast<int64_t>(archived.status().code())}});
          return SomeTime(kPause);
        }
        if (*archived > 0) {
          telemetry::Log(telemetry::Severity::kInfo, "past_offers_archived",
                         {{"offers", static_cast<int64_t>(*archived)}});
        }
        return SomeTime(kInterval);
      }) {}

absl::StatusOr<int> ArchivePast::RunOnce() const {
  int archived = 0;
  while (true) {
    const absl::StatusOr<Batch> batch = RunBatch();
    if (!batch.ok()) return batch.status();
    archived += batch->archived;
    if (!batch->more) return archived;
  }
}

absl::StatusOr<ArchivePast::Batch> ArchivePast::RunBatch() const {
  bool has_events = false;
  const auto batch = database_->Write(
      absl::Now() + kPatience, [&](database::Transaction& transaction) -> absl::StatusOr<Batch> {
        const absl::Time now = clock_->Now();
        const auto past = TakePastOffers(transaction, now, most_);
        if (!past.has_value()) return Batch{};
        OfferWrites writes(&transaction, now);
        for (const std::string& id : past->ids) {
          absl::Status status = Archive(transaction, writes, id, now);
          if (!status.ok()) return status;
        }
        KeepPastPosition(transaction, past->position);
        const int archived = writes.steps();
        const std::vector<events::NewEvent> news = writes.Finish();
        has_events = !news.empty();
        events::AppendToOutbox(transaction, news, "", now);
        return Batch{archived, static_cast<int>(past->ids.size()) == most_};
      });
  if (batch.ok() && has_events) on_events_();
  return batch;
}

}  // namespace dm::catalogue
