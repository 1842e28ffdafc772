#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/errors/error.h"
#include "common/events/event.h"
#include "services/catalogue/domain/moderation.h"

#include <optional>
#include <string>
#include <vector>

// What a company sets for all its offers. Throws pqxx exceptions, like Transaction::Exec; whoever
// writes has locked the company (store/offer_records.h).
namespace dm::catalogue {

std::optional<CompanySettings> ReadSettings(database::Transaction& transaction,
                                            const std::string& siret, absl::Time now);

// Sites that stand in a commune that is not there or no more, as fields "settings.sites[0].…".
void CheckCommunes(database::Transaction& transaction, const std::vector<Site>& sites,
                   Violations& violations);

// FAILED_PRECONDITION with reason SITE_IN_USE for the first that an offer names.
absl::Status CheckUnused(database::Transaction& transaction, const std::string& siret,
                         const std::vector<std::string>& site_keys);

// Makes the quota and the sites of a company what is given, and where its offers lie what follows.
void WriteSettings(database::Transaction& transaction, const std::string& siret, int quota,
                   const std::vector<Site>& sites);

// What is to be told of it: its offers, and their sessions, of which booking keeps the quota and
// the place. Tells the readers in memory, so right before AppendToOutbox.
std::vector<events::NewEvent> TellSettings(database::Transaction& transaction,
                                           const std::string& siret, absl::Time now);

}  // namespace dm::catalogue
