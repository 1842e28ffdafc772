#pragma once

#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/catalogue/domain/mandate.h"
#include "services/catalogue/domain/moderation.h"
#include "services/catalogue/domain/page_key.h"

#include <optional>
#include <string>
#include <vector>

// What people report of offers. Throws pqxx exceptions, like Transaction::Exec.
namespace dm::catalogue {

// Whose offer is reported; absent when it is not published.
struct ReportedOffer {
  std::string siret;
  std::string department;
};
std::optional<ReportedOffer> FindReportable(database::Transaction& transaction,
                                            const std::string& offer_id);

// False when the person has an open report of the offer.
bool AddReport(database::Transaction& transaction, const OfferReport& report);

std::optional<OfferReport> ReadReport(database::Transaction& transaction, const std::string& id);
std::optional<OfferReport> LockReport(database::Transaction& transaction, const std::string& id);
void ResolveReport(database::Transaction& transaction, const OfferReport& report,
                   const std::string& by);

struct ReportCriteria {
  // Whose reports: agencies' territories or everything; hosts see none.
  Mandate who;
  // Empty for all.
  std::string offer;
  bool open_only = false;
  int limit = 0;
  PageKey after;
};
struct ReportPage {
  std::vector<OfferReport> reports;
  std::optional<PageKey> next;
};
// Those without an answer first, oldest first.
ReportPage ListReports(database::Transaction& transaction, const ReportCriteria& criteria);

// Keeps that somebody looked at reports of others.
void RecordReportReads(database::Transaction& transaction, const std::vector<std::string>& ids,
                       const std::string& reader, absl::Time now);

}  // namespace dm::catalogue
