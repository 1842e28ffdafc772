#include "services/gateway/store/rate_limit_store.h"

#include "absl/strings/str_cat.h"

#include <map>
#include <string>
#include <utility>

namespace dm::gateway {
namespace {

// The database's clock alone counts: those of the replicas may differ.
constexpr database::Statement kCharge{"charge_rate_limits", R"sql(
    INSERT INTO rate_limits AS known (caller, rate_class, full_at)
    SELECT caller, rate_class, now() + micros * interval '1 microsecond'
    FROM unnest($1::uuid[], $2::smallint[], $3::bigint[]) AS spent (caller, rate_class, micros)
    ON CONFLICT ON CONSTRAINT rate_limits_key DO UPDATE
      SET full_at = greatest(known.full_at, now()) + (EXCLUDED.full_at - now())
    RETURNING replace(caller::text, '-', ''), rate_class,
              (extract(epoch FROM full_at - now()) * 1000000)::bigint)sql"};

constexpr database::Statement kForget{"forget_rate_limits", R"sql(
    DELETE FROM rate_limits WHERE full_at < now() - interval '10 seconds')sql"};

std::string HexOf(const AllowanceKey& key) {
  return absl::StrCat(absl::Hex(absl::Uint128High64(key.caller), absl::kZeroPad16),
                      absl::Hex(absl::Uint128Low64(key.caller), absl::kZeroPad16));
}

}  // namespace

absl::StatusOr<std::vector<SpendingLedger::Balance>> RateLimitStore::Charge(
    const std::vector<Spending>& spendings, absl::Time deadline) {
  std::vector<std::string> callers;
  std::vector<int> classes;
  std::vector<int64_t> micros;
  std::map<std::pair<std::string, int>, AllowanceKey> keys;
  for (const Spending& spending : spendings) {
    callers.push_back(HexOf(spending.key));
    classes.push_back(static_cast<int>(spending.key.rate_class));
    micros.push_back(absl::ToInt64Microseconds(spending.time));
    keys[{callers.back(), classes.back()}] = spending.key;
  }
  return database_->Write(
      deadline, [&](database::Transaction& transaction) -> absl::StatusOr<std::vector<Balance>> {
        std::vector<Balance> balances;
        for (const pqxx::row& row : transaction.Exec(kCharge, callers, classes, micros)) {
          balances.push_back({keys.at({row[0].as<std::string>(), row[1].as<int>()}),
                              absl::Microseconds(row[2].as<int64_t>())});
        }
        return balances;
      });
}

absl::Status RateLimitStore::Forget(absl::Time deadline) {
  return database_->Write(deadline, [](database::Transaction& transaction) {
    transaction.Exec(kForget);
    return absl::OkStatus();
  });
}

}  // namespace dm::gateway
