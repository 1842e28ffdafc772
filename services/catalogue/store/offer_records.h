#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/errors/error.h"
#include "services/catalogue/domain/mandate.h"
#include "services/catalogue/domain/offer_record.h"
#include "services/catalogue/domain/page_key.h"

#include <optional>
#include <string>
#include <vector>

// Offers in any state, for those who answer for them.
namespace dm::catalogue {

struct OfferRecordCriteria {
  // Whose offers: all of one company, or all that somebody answers for.
  std::string siret;
  Mandate who;
  // Empty for all.
  std::vector<OfferState> states;
  int limit = 0;
  PageKey after;
};

struct OfferRecordPage {
  std::vector<OfferRecord> records;
  std::optional<PageKey> next;
};

absl::StatusOr<std::optional<OfferRecord>> FindOfferRecord(database::Database& database,
                                                           absl::Time deadline,
                                                           const std::string& id);
absl::StatusOr<std::optional<CompanyStanding>> FindStanding(database::Database& database,
                                                            absl::Time deadline,
                                                            const std::string& siret);
// Last changed first.
absl::StatusOr<OfferRecordPage> ListOfferRecords(database::Database& database, absl::Time deadline,
                                                 const OfferRecordCriteria& criteria);

// Gives records of a list the sessions that a record has.
absl::Status ReadSessions(database::Database& database, absl::Time deadline,
                          std::vector<OfferRecord>& records);

// The rest throws pqxx exceptions, like Transaction::Exec.

std::optional<OfferRecord> ReadOfferRecord(database::Transaction& transaction,
                                           const std::string& id);
std::optional<CompanyStanding> ReadStanding(database::Transaction& transaction,
                                            const std::string& siret);

// The same, locked until the transaction ends. Whatever changes the state of an offer locks its
// company first, and so does whatever bans or closes a company: else an offer that is approved
// while its company is banned would stay in sight. Nobody takes a company's lock after an offer's.
std::optional<CompanyStanding> LockCompany(database::Transaction& transaction,
                                           const std::string& siret);
std::optional<OfferRecord> LockOffer(database::Transaction& transaction, const std::string& id);

// What a content names that is not there: a profession of the current ROME, an appellation of that
// profession, a site of the company. A profession that the offer `had` is no violation when it
// became obsolete. `field` is the path of the offer.
void CheckReferences(database::Transaction& transaction, const std::string& siret,
                     const OfferContent& content, const std::string& had, absl::string_view field,
                     Violations& violations);

// A session of an offer, locked.
std::optional<Session> LockOfferSession(database::Transaction& transaction,
                                        const std::string& offer, const std::string& session);

// Whether the company has an offer of that key, and the first free of "key-2", "key-3" and so on.
bool HasOfferKey(database::Transaction& transaction, const std::string& siret,
                 const std::string& key);
std::string FreeOfferKey(database::Transaction& transaction, const std::string& siret,
                         const std::string& key);

}  // namespace dm::catalogue
