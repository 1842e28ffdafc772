#include "services/catalogue/store/company_requests.h"

#include <vector>

namespace dm::catalogue {
namespace {

// Whoever listens from the middle on may hear of an end without its beginning.
constexpr database::Statement kAdd{"add_company_requests", R"sql(
INSERT INTO company_requests AS known (siret, month, requests)
SELECT siret, month::date, greatest(0, requests)
FROM unnest($1::text[], $2::text[], $3::int[]) AS told (siret, month, requests)
ORDER BY siret, month
ON CONFLICT (siret, month) DO UPDATE
SET requests = greatest(0, known.requests + (
  SELECT t.requests FROM unnest($1::text[], $2::text[], $3::int[]) AS t (siret, month, requests)
  WHERE t.siret = excluded.siret AND t.month::date = excluded.month))
)sql"};

}  // namespace

void AddRequests(database::Transaction& transaction, const CompanyRequests& requests) {
  std::vector<std::string> sirets, months;
  std::vector<int> counts;
  for (const auto& [of, count] : requests) {
    if (count == 0) continue;
    sirets.push_back(of.first);
    months.push_back(absl::FormatCivilTime(of.second));
    counts.push_back(count);
  }
  if (!sirets.empty()) transaction.Exec(kAdd, sirets, months, counts);
}

}  // namespace dm::catalogue
