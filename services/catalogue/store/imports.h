#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/catalogue/imports/agency_lists.h"
#include "services/catalogue/imports/communes.h"
#include "services/catalogue/imports/rome_export.h"
#include "services/catalogue/store/import_run.h"

#include <vector>

// Rows into tables: each import is one transaction that compares what came with what is there.
namespace dm::catalogue {

// The whole of ROME: what is not in the export becomes obsolete.
absl::StatusOr<ImportOutcome> ImportRome(database::Database& database, const RomeExport& rome,
                                         const ImportRun& run);

// INSEE's list is all that there is of the départements in it: what is not among its rows becomes
// obsolete. La Poste's adds communes that INSEE's does not have and makes nothing obsolete.
absl::StatusOr<ImportOutcome> ImportCommunes(database::Database& database,
                                             const CommuneLists& lists, const ImportRun& run);

// Adds and changes companies. Refused: an unknown commune or sector, a département outside the
// caller's territory.
absl::StatusOr<ImportOutcome> ImportCompanies(database::Database& database,
                                              const std::vector<CompanyRow>& rows,
                                              const ImportRun& run);

// Adds and changes offers and sessions, and announces every session that is new or not as it was.
// Refused: an unknown company, profession or offer, a company outside the caller's territory.
absl::StatusOr<ImportOutcome> ImportOffers(database::Database& database, const OfferLists& lists,
                                           const ImportRun& run);

}  // namespace dm::catalogue
