#include "services/ambassador/store/cancellation_store.h"

#include "services/ambassador/store/rows.h"

namespace dm::ambassador::store {

using database::Statement;

constexpr Statement kLockSession{"lock_session", "SELECT " SESSION_COLUMNS R"sql(, a.department
    FROM sessions s JOIN ambassadors a ON a.id = s.ambassador
    WHERE s.id = $2::uuid AND s.ambassador = $1::uuid
    FOR UPDATE OF s)sql"};

std::optional<HostedSession> LockSession(database::Transaction& transaction,
                                         const std::string& ambassador_id,
                                         const std::string& session_id) {
  const pqxx::result rows = transaction.Exec(kLockSession, ambassador_id, session_id);
  if (rows.empty()) return std::nullopt;
  return HostedSession{ReadSession(rows.front()), Text(rows.front(), "department")};
}

constexpr Statement kCancelSession{"cancel_session", R"sql(
    UPDATE sessions AS s
    SET cancel_time = dm_time($4::bigint), cancelled_by = $2, cancel_reason = $3,
        version = version + 1
    WHERE id = $1::uuid
    RETURNING )sql" SESSION_COLUMNS};

Session CancelSession(database::Transaction& transaction, const std::string& session_id,
                      absl::string_view person, absl::string_view reason, absl::Time now) {
  return ReadSession(
      transaction.Exec(kCancelSession, session_id, person, reason, database::ToMicros(now)).at(0));
}

}  // namespace dm::ambassador::store
