#include "services/booking/store/answer_store.h"

#include "services/booking/domain/refusals.h"

namespace dm::booking {
namespace {

using database::Statement;

constexpr Statement kFindAnswer{"find_answer", R"sql(
  SELECT method, fingerprint, answer FROM answered_requests
  WHERE person = $1 AND request_id = $2::uuid
)sql"};

constexpr Statement kKeepAnswer{"keep_answer", R"sql(
  INSERT INTO answered_requests (person, request_id, method, fingerprint, answer, answered, about)
  VALUES ($1, $2::uuid, $3, $4, $5::bytea, dm_time($6), $7)
)sql"};

}  // namespace

absl::StatusOr<std::optional<std::string>> FindAnswer(database::Transaction& transaction,
                                                      const WriteRequest& request) {
  const pqxx::result rows = transaction.Exec(kFindAnswer, request.caller, request.request_id);
  if (rows.empty()) return std::optional<std::string>();
  if (rows[0]["method"].c_str() != request.method ||
      rows[0]["fingerprint"].c_str() != request.fingerprint) {
    return RequestIdReused();
  }
  return std::optional<std::string>(database::FromBytea(rows[0]["answer"]));
}

void KeepAnswer(database::Transaction& transaction, const WriteRequest& request,
                const std::string& answer, absl::Time now, const std::string& about) {
  transaction.Exec(kKeepAnswer, request.caller, request.request_id, request.method,
                   request.fingerprint, database::ToBytea(answer), database::ToMicros(now), about);
}

}  // namespace dm::booking
