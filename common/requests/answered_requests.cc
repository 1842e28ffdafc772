#include "common/requests/answered_requests.h"

#include "common/errors/error.h"

namespace dm::requests {
namespace {

using database::Statement;

// Twice what is promised.
constexpr absl::Duration kKept = absl::Hours(48);

constexpr char kReused[] = "REQUEST_ID_REUSED";

absl::Status RequestIdReused() {
  constexpr char kWhy[] = "this id was used before with another request";
  return MakeError(absl::StatusCode::kFailedPrecondition, kWhy,
                   {.reason = kReused,
                    .metadata = {{"resource", "request_id"}},
                    .preconditions = {{kReused, "request_id", kWhy}},
                    .message_fr = "Cette demande ne correspond pas à celle qui a déjà été envoyée.",
                    .message_en = "This request differs from the one that was sent before."});
}

// Waits for whoever has inserted the same key and not yet committed.
constexpr Statement kClaim{"claim_request", R"sql(
  INSERT INTO answered_requests (caller, request_id, method, fingerprint, answered)
  VALUES ($1, $2::uuid, $3, $4, dm_time($5))
  ON CONFLICT ON CONSTRAINT answered_requests_key DO NOTHING
  RETURNING request_id
)sql"};

constexpr Statement kFind{"find_answered_request", R"sql(
  SELECT method, fingerprint, answer FROM answered_requests
  WHERE caller = $1 AND request_id = $2::uuid
)sql"};

constexpr Statement kKeep{"keep_answer", R"sql(
  UPDATE answered_requests SET answer = $3::bytea WHERE caller = $1 AND request_id = $2::uuid
)sql"};

constexpr Statement kForget{"forget_answered_requests",
                            "DELETE FROM answered_requests WHERE answered < dm_time($1)"};

}  // namespace

absl::StatusOr<std::optional<std::string>> ClaimRequest(database::Transaction& transaction,
                                                        const WriteRequest& request,
                                                        absl::Time now) {
  const pqxx::result claimed =
      transaction.Exec(kClaim, request.caller, request.request_id, request.method,
                       request.fingerprint, database::ToMicros(now));
  if (!claimed.empty()) return std::optional<std::string>();
  const pqxx::result found = transaction.Exec(kFind, request.caller, request.request_id);
  // Forgotten between the two statements: it is new again.
  if (found.empty()) return ClaimRequest(transaction, request, now);
  if (found[0]["method"].c_str() != request.method ||
      found[0]["fingerprint"].c_str() != request.fingerprint) {
    return RequestIdReused();
  }
  return std::optional<std::string>(database::FromBytea(found[0]["answer"]));
}

void KeepAnswer(database::Transaction& transaction, const WriteRequest& request,
                const std::string& answer, absl::Time now) {
  transaction.Exec(kKeep, request.caller, request.request_id, database::ToBytea(answer));
  transaction.Exec(kForget, database::ToMicros(now - kKept));
}

}  // namespace dm::requests
