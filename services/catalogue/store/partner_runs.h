#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/partner_import.h"
#include "services/catalogue/store/offer_writes.h"

#include <cstdint>
#include <string>
#include <vector>

// Runs of partners' imports, a transaction a part of a run. Throws pqxx exceptions, like
// Transaction::Exec.
namespace dm::catalogue {

struct PartnerRun {
  std::string source;
  // UUID in lower case.
  std::string run;
  // Among the runs of the source, from 1.
  int64_t number = 0;
  // Everything up to this line is committed.
  int64_t last_line = 0;
  RunCounts counts;
};

// Begins a run, or goes on with it, alone among imports until the transaction ends: partners' and
// files'. The source becomes the sender's where it is nobody's. NOT_FOUND for a source of somebody
// else; INVALID_ARGUMENT with reason IMPORT_TOKEN_INVALID for a run of another source or one that
// is finished.
absl::StatusOr<PartnerRun> LockRun(database::Transaction& transaction, const PartnerSender& sender,
                                   const std::string& source, const std::string& run,
                                   absl::Time now);

// Takes items in their order, up to the run's counts and last line; what one of them is refused for
// changes nothing. Those that are not after the last line were taken before and are as they were.
std::vector<ItemResult> TakeItems(database::Transaction& transaction, OfferWrites& writes,
                                  const PartnerSender& sender,
                                  const std::vector<PartnerItem>& items, absl::Time now,
                                  PartnerRun* run);

// Archives some of the offers of the source, inside what the sender answers for, that neither this
// run nor a later one named; false when there were none left.
absl::StatusOr<bool> ArchiveUnnamed(database::Transaction& transaction, OfferWrites& writes,
                                    const PartnerSender& sender, int most, absl::Time now,
                                    PartnerRun* run);

// Keeps how far the run has come: before OfferWrites::Finish.
void KeepRun(database::Transaction& transaction, const PartnerRun& run);
void FinishRun(database::Transaction& transaction, const PartnerRun& run, absl::Time now);

}  // namespace dm::catalogue
