#include "services/ambassador/store/ambassador_erasure.h"

#include "services/ambassador/store/rows.h"

namespace dm::ambassador::store {
namespace {

using database::Statement;

#define DM_ERASABLE \
  "SELECT department, erased IS NOT NULL AS erased FROM ambassadors WHERE id = $1::uuid"

constexpr Statement kFind{"find_erasable_ambassador", DM_ERASABLE};
constexpr Statement kLock{"lock_erasable_ambassador", DM_ERASABLE " FOR UPDATE"};

#undef DM_ERASABLE

constexpr Statement kCancelSessions{"cancel_sessions_of_erased", R"sql(
    UPDATE sessions AS s
    SET cancel_time = dm_time($2), cancelled_by = 'erased', cancel_reason = '',
        version = version + 1
    WHERE ambassador = $1::uuid AND start_time > dm_time($2) AND cancel_time IS NULL
    RETURNING )sql" SESSION_COLUMNS};

constexpr Statement kForgetReasons{"forget_reasons_of_erased", R"sql(
    UPDATE sessions SET cancelled_by = 'erased', cancel_reason = ''
    WHERE ambassador = $1::uuid AND cancelled_by IS NOT NULL)sql"};

constexpr Statement kForgetReads{"forget_reads_of_erased",
                                 "DELETE FROM profile_reads WHERE ambassador = $1::uuid"};

constexpr Statement kEmptyProfile{"empty_profile", R"sql(
    UPDATE ambassadors
    SET display_name = '-', job_title = '-', siret = NULL, company_display_name = '-',
        rome_codes = ARRAY['-'], sectors = '{}', presentation = '', street = '',
        postal_code = '00000', commune = '-', commune_code = '00000', latitude = 0, longitude = 0,
        published = false, erased = dm_time($2)
    WHERE id = $1::uuid)sql"};

std::optional<ErasableAmbassador> ToErasable(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return ErasableAmbassador{Text(rows[0], "department"), rows[0]["erased"].as<bool>()};
}

}  // namespace

std::optional<ErasableAmbassador> LockAmbassador(database::Transaction& transaction,
                                                 const std::string& ambassador_id) {
  return ToErasable(transaction.Exec(kLock, ambassador_id));
}

std::optional<ErasableAmbassador> FindAmbassador(database::Transaction& transaction,
                                                 const std::string& ambassador_id) {
  return ToErasable(transaction.Exec(kFind, ambassador_id));
}

std::vector<Session> EraseAmbassador(database::Transaction& transaction,
                                     const std::string& ambassador_id, absl::Time now) {
  const int64_t micros = database::ToMicros(now);
  std::vector<Session> cancelled;
  for (const pqxx::row& row : transaction.Exec(kCancelSessions, ambassador_id, micros)) {
    cancelled.push_back(ReadSession(row));
  }
  transaction.Exec(kForgetReasons, ambassador_id);
  transaction.Exec(kForgetReads, ambassador_id);
  transaction.Exec(kEmptyProfile, ambassador_id, micros);
  return cancelled;
}

}  // namespace dm::ambassador::store
