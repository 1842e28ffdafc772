#pragma once

#include "absl/status/statusor.h"
#include "common/database/database.h"
#include "services/catalogue/imports/agency_lists.h"
#include "services/catalogue/imports/communes.h"
#include "services/catalogue/imports/everyday_words.h"
#include "services/catalogue/imports/naf.h"
#include "services/catalogue/imports/rome_export.h"
#include "services/catalogue/imports/schools.h"
#include "services/catalogue/imports/sirene.h"
#include "services/catalogue/store/import_run.h"

#include <string>
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

// The whole of one nomenclature, "NAFRev2" or "NAF2025": what is not in the list becomes obsolete.
// Refused: the list of the other one.
absl::StatusOr<ImportOutcome> ImportNaf(database::Database& database, const NafList& list,
                                        const std::string& nomenclature, const ImportRun& run);

// All schools of the départements in the list. Refused: one outside the caller's territory; left
// out with a warning: one in a commune that is unknown.
absl::StatusOr<ImportOutcome> ImportSchools(database::Database& database, const SchoolList& list,
                                            const ImportRun& run);

// Addresses, activities and closings of the companies that are known, and companies that are open
// and have a name; rows outside the caller's territory are passed over. A company that is closed
// has its offers suspended; one that opens again has not what it had.
absl::StatusOr<ImportOutcome> ImportSirene(database::Database& database, const SireneStock& stock,
                                           const ImportRun& run);

// Adds and changes everyday words, and takes back those of a row without professions. Refused: an
// unknown profession.
absl::StatusOr<ImportOutcome> ImportEverydayWords(database::Database& database,
                                                  const std::vector<EverydayWordsRow>& rows,
                                                  const ImportRun& run);

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
