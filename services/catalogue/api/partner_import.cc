#include "services/catalogue/api/partner_import.h"

#include "absl/strings/ascii.h"
#include "common/events/outbox.h"
#include "common/requests/answered_requests.h"
#include "services/catalogue/api/exchange_messages.h"

#include <optional>
#include <utility>

namespace dm::catalogue {
namespace {

using database::Transaction;

constexpr absl::string_view kOnlyValidated = "validated, changes nothing";
constexpr int kMostArchivedAtOnce = 200;

bool OnlyValidated(const absl::Status& status) {
  return absl::IsCancelled(status) && status.message() == kOnlyValidated;
}

}  // namespace

PartnerImport::PartnerImport(database::Database* database, const Clock* clock,
                             const rpc::Call* call,
                             const destinationmetier::catalogue::v1::ImportStart* start,
                             const std::function<void()>* on_events)
    : database_(database),
      clock_(clock),
      call_(*call),
      start_(*start),
      on_events_(*on_events),
      sender_(SenderOf(call->caller)),
      run_name_(absl::AsciiStrToLower(start->run())) {}

absl::Status PartnerImport::Locked(Transaction& transaction, absl::Time now,
                                   PartnerRun* run) const {
  auto locked = LockRun(transaction, sender_, start_.source(), run_name_, now);
  if (!locked.ok()) return locked.status();
  *run = *std::move(locked);
  if (!start_.validate_only()) return absl::OkStatus();
  run->last_line = run_.last_line;
  run->counts = run_.counts;
  return absl::OkStatus();
}

absl::Status PartnerImport::InTransaction(const Part& part) {
  bool told = false;
  PartnerRun run;
  const absl::Status status = database_->Write(call_.deadline, [&](Transaction& transaction) {
    // As exact as what is kept.
    const absl::Time now = database::FromMicros(database::ToMicros(clock_->Now()));
    if (absl::Status locked = Locked(transaction, now, &run); !locked.ok()) return locked;
    OfferWrites writes(&transaction, now);
    if (absl::Status done = part(transaction, writes, now, &run); !done.ok()) return done;
    const std::vector<events::NewEvent> news = writes.Finish();
    if (start_.validate_only()) return absl::CancelledError(kOnlyValidated);
    events::AppendToOutbox(transaction, news, call_.traceparent, now);
    told = !news.empty();
    return absl::OkStatus();
  });
  if (!status.ok() && !OnlyValidated(status)) return status;
  run_ = std::move(run);
  if (told) on_events_();
  return absl::OkStatus();
}

absl::StatusOr<PartnerRun> PartnerImport::Open() {
  const absl::Status opened = InTransaction([](auto&&...) { return absl::OkStatus(); });
  if (!opened.ok()) return opened;
  return run_;
}

absl::StatusOr<std::vector<ItemResult>> PartnerImport::TakeTogether(
    const std::vector<PartnerItem>& items) {
  std::vector<ItemResult> results;
  const absl::Status taken = InTransaction(
      [&](Transaction& transaction, OfferWrites& writes, absl::Time now, PartnerRun* run) {
        results = TakeItems(transaction, writes, sender_, items, now, run);
        KeepRun(transaction, *run);
        return absl::OkStatus();
      });
  if (!taken.ok()) return taken;
  return results;
}

absl::StatusOr<std::vector<ItemResult>> PartnerImport::Take(const std::vector<PartnerItem>& items) {
  auto results = TakeTogether(items);
  if (results.ok() || database::ViolatedConstraint(results.status()).empty()) return results;
  // One of them is such that the database refuses it: it alone is to go.
  std::vector<ItemResult> each;
  for (PartnerItem item : items) {
    auto alone = TakeTogether({item});
    if (!alone.ok()) {
      if (database::ViolatedConstraint(alone.status()).empty()) return alone.status();
      item.fault = absl::InternalError("an item broke a constraint");
      alone = TakeTogether({item});
      if (!alone.ok()) return alone.status();
    }
    each.push_back(std::move(alone->front()));
  }
  return each;
}

absl::Status PartnerImport::WhyIncomplete(const RunCounts& counts) const {
  return start_.complete() ? CheckComplete(counts) : absl::OkStatus();
}

absl::StatusOr<PartnerImport::Summary> PartnerImport::Finish() {
  const absl::Status incomplete = WhyIncomplete(run_.counts);
  bool more = start_.complete() && incomplete.ok() && !start_.validate_only();
  while (more) {
    const absl::Status archived = InTransaction([&](Transaction& transaction, OfferWrites& writes,
                                                    absl::Time now, PartnerRun* run) {
      const auto some = ArchiveUnnamed(transaction, writes, sender_, kMostArchivedAtOnce, now, run);
      if (!some.ok()) return some.status();
      more = *some;
      KeepRun(transaction, *run);
      return absl::OkStatus();
    });
    if (!archived.ok()) return archived;
  }
  const absl::Status finished =
      InTransaction([](Transaction& transaction, OfferWrites&, absl::Time now, PartnerRun* run) {
        FinishRun(transaction, *run, now);
        return absl::OkStatus();
      });
  if (!finished.ok()) return finished;
  return Summary{run_.counts, incomplete};
}

absl::StatusOr<std::string> PartnerImport::TakeAll(const std::vector<PartnerItem>& items,
                                                   const std::string& fingerprint,
                                                   const ToAnswer& to_answer) {
  const requests::WriteRequest write{.caller = call_.caller.PersonName(),
                                     .request_id = run_name_,
                                     .method = call_.method,
                                     .fingerprint = fingerprint};
  bool told = false;
  std::string answer;
  const absl::Status status =
      database_->Write(call_.deadline, [&](Transaction& transaction) -> absl::Status {
        const absl::Time now = database::FromMicros(database::ToMicros(clock_->Now()));
        if (!start_.validate_only()) {
          auto earlier = requests::ClaimRequest(transaction, write, now);
          if (!earlier.ok()) return earlier.status();
          if (earlier->has_value()) {
            answer = **std::move(earlier);
            return absl::OkStatus();
          }
        }
        PartnerRun run;
        if (absl::Status locked = Locked(transaction, now, &run); !locked.ok()) return locked;
        OfferWrites writes(&transaction, now);
        const auto results = TakeItems(transaction, writes, sender_, items, now, &run);
        const absl::Status incomplete = WhyIncomplete(run.counts);
        bool more = start_.complete() && incomplete.ok() && !start_.validate_only();
        while (more) {
          const auto some =
              ArchiveUnnamed(transaction, writes, sender_, kMostArchivedAtOnce, now, &run);
          if (!some.ok()) return some.status();
          more = *some;
        }
        FinishRun(transaction, run, now);
        answer = to_answer(results, {run.counts, incomplete});
        if (start_.validate_only()) return absl::CancelledError(kOnlyValidated);
        requests::KeepAnswer(transaction, write, answer, now);
        const std::vector<events::NewEvent> news = writes.Finish();
        events::AppendToOutbox(transaction, news, call_.traceparent, now);
        told = !news.empty();
        return absl::OkStatus();
      });
  if (!status.ok() && !OnlyValidated(status)) return status;
  if (told) on_events_();
  return answer;
}

}  // namespace dm::catalogue
