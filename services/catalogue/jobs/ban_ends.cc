#include "services/catalogue/jobs/ban_ends.h"

#include "common/events/outbox.h"
#include "common/telemetry/log.h"
#include "services/catalogue/store/company_bans.h"
#include "services/catalogue/store/offer_records.h"

#include <string>
#include <utility>
#include <vector>

namespace dm::catalogue {
namespace {

constexpr absl::Duration kEvery = absl::Seconds(30);
constexpr absl::Duration kMostTime = absl::Seconds(20);
constexpr int kMostAtOnce = 100;

}  // namespace

BanEnds::BanEnds(database::Database* database, const Clock* clock, std::function<void()> on_events)
    : database_(database),
      clock_(clock),
      on_events_(std::move(on_events)),
      task_([this] { return Work(); }) {}

absl::StatusOr<int> BanEnds::LiftNow(absl::Time deadline) {
  const absl::Time now = database::FromMicros(database::ToMicros(clock_->Now()));
  std::vector<std::string> sirets;
  absl::Status status = database_->Read(deadline, [&](database::Transaction& transaction) {
    sirets = CompaniesToFree(transaction, now, kMostAtOnce);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  int lifted = 0;
  for (const std::string& siret : sirets) {
    bool was_over = false;
    status = database_->Write(deadline, [&](database::Transaction& transaction) {
      LockCompany(transaction, siret);
      // Somebody may have lifted it meanwhile, or begun another.
      const std::optional<CompanyBan> ban = ReadRunningBan(transaction, siret);
      was_over = ban.has_value() && ban->until.has_value() && *ban->until <= now;
      if (!was_over) return absl::OkStatus();
      EndBan(transaction, siret, "system", now);
      events::AppendToOutbox(transaction, TellBanEnded(transaction, siret, now), "", now);
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    if (was_over) ++lifted;
  }
  if (lifted > 0) on_events_();
  return lifted;
}

absl::Duration BanEnds::Work() {
  const absl::StatusOr<int> lifted = LiftNow(clock_->Now() + kMostTime);
  if (!lifted.ok()) {
    telemetry::Log(telemetry::Severity::kWarning, "bans_not_lifted",
                   {{"error", lifted.status().message()}});
  }
  return kEvery;
}

}  // namespace dm::catalogue
