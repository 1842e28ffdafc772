#pragma once

#include "common/database/database.h"

// A message waits when its contact or session is not there yet, and whoever brings that releases
// it. Neither sees what the other has not committed, so without a lock both may miss: the message
// would wait for ever.
namespace dm::notification {

// Before looking whether contacts and sessions are there. Held to the end of the transaction,
// together with others that do the same.
void EnterAsWaiter(database::Transaction& transaction);

// Before bringing contacts or sessions. Held to the end of the transaction, alone.
void EnterAsReleaser(database::Transaction& transaction);

}  // namespace dm::notification
