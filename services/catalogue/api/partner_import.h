#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "common/time/clock.h"
#include "destinationmetier/catalogue/v1/offer_exchange_service.pb.h"
#include "services/catalogue/domain/partner_import.h"
#include "services/catalogue/store/partner_runs.h"

#include <functional>
#include <string>
#include <vector>

namespace dm::catalogue {

// One stream's, or one call's, work on a run: a bounded transaction for each part, each of which
// begins by finding out how far the run is, so that nothing is done twice whoever else works on it.
// With validate_only each transaction is undone in the end, the run itself included.
class PartnerImport {
 public:
  // All outlive this. `on_events` runs after each commit that sent events.
  PartnerImport(database::Database* database, const Clock* clock, const rpc::Call* call,
                const destinationmetier::catalogue::v1::ImportStart* start,
                const std::function<void()>* on_events);

  // Begins the run or goes on with it; afterwards the other methods may be called.
  absl::StatusOr<PartnerRun> Open();

  // Takes some items in one transaction; where that fails for what one of them is, each in its own.
  absl::StatusOr<std::vector<ItemResult>> Take(const std::vector<PartnerItem>& items);

  struct Summary {
    RunCounts counts;
    // Why nothing was archived, or OK.
    absl::Status incomplete;
  };
  // Archives what a complete run did not name, and ends the run.
  absl::StatusOr<Summary> Finish();

  // Does all of this in one transaction and keeps `ToAnswer` of it: the same run gets the same
  // answer again, and one with other items FAILED_PRECONDITION with reason REQUEST_ID_REUSED.
  using ToAnswer = std::function<std::string(const std::vector<ItemResult>&, const Summary&)>;
  absl::StatusOr<std::string> TakeAll(const std::vector<PartnerItem>& items,
                                      const std::string& fingerprint, const ToAnswer& to_answer);

 private:
  using Part = std::function<absl::Status(database::Transaction&, OfferWrites&, absl::Time now,
                                          PartnerRun*)>;

  absl::Status InTransaction(const Part& part);
  // After the run is found and before anything else of it.
  absl::Status Locked(database::Transaction& transaction, absl::Time now, PartnerRun* run) const;
  absl::StatusOr<std::vector<ItemResult>> TakeTogether(const std::vector<PartnerItem>& items);
  // OK where there is nothing to archive too.
  absl::Status WhyIncomplete(const RunCounts& counts) const;

  database::Database* const database_;
  const Clock* const clock_;
  const rpc::Call& call_;
  const destinationmetier::catalogue::v1::ImportStart& start_;
  const std::function<void()>& on_events_;
  const PartnerSender sender_;
  const std::string run_name_;
  // As it was committed last; what a run that only validates would have come to.
  PartnerRun run_;
};

}  // namespace dm::catalogue
