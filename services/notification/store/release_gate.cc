#include "services/notification/store/release_gate.h"

namespace dm::notification {
namespace {

constexpr database::Statement kEnterAsWaiter{"enter_as_waiter", R"sql(
    SELECT pg_advisory_xact_lock_shared(hashtext('notification.release_gate')))sql"};
constexpr database::Statement kEnterAsReleaser{"enter_as_releaser", R"sql(
    SELECT pg_advisory_xact_lock(hashtext('notification.release_gate')))sql"};

}  // namespace

void EnterAsWaiter(database::Transaction& transaction) { transaction.Exec(kEnterAsWaiter); }
void EnterAsReleaser(database::Transaction& transaction) { transaction.Exec(kEnterAsReleaser); }

}  // namespace dm::notification
