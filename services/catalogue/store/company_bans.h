#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/events/event.h"
#include "services/catalogue/domain/moderation.h"

#include <optional>
#include <string>
#include <vector>

// Bans of companies. Throws pqxx exceptions, like Transaction::Exec; whoever writes has locked the
// company (store/offer_records.h). What becomes of its offers is OfferWrites' business.
namespace dm::catalogue {

std::optional<CompanyBan> ReadRunningBan(database::Transaction& transaction,
                                         const std::string& siret);
// The last, running or lifted.
std::optional<CompanyBan> ReadLastBan(database::Transaction& transaction, const std::string& siret);
// The one that began then.
std::optional<CompanyBan> ReadBan(database::Transaction& transaction, const std::string& siret,
                                  absl::Time from);

// `by` is "people/{subject}". None runs.
void AddBan(database::Transaction& transaction, const CompanyBan& ban, const std::string& by);
// One runs. `by` is "people/{subject}", or "system" when its time is over.
void EndBan(database::Transaction& transaction, const std::string& siret, const std::string& by,
            absl::Time now);

// What is to be told of an end; tells the readers in memory, so right before AppendToOutbox.
std::vector<events::NewEvent> TellBanEnded(database::Transaction& transaction,
                                           const std::string& siret, absl::Time now);

// The companies whose running ban ended by then, at most so many.
std::vector<std::string> CompaniesToFree(database::Transaction& transaction, absl::Time now,
                                         int most);

}  // namespace dm::catalogue
