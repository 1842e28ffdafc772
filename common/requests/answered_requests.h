#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

#include <optional>
#include <string>

// Of one caller, a request_id has one effect, whichever method it was for: a write claims its id
// first, does its work, and keeps its answer, all in one transaction. A service that uses this has
// the migration series "requests" in its schema. Both functions throw as Transaction::Exec does.
namespace dm::requests {

struct WriteRequest {
  // "people/{subject}".
  std::string caller;
  // UUID in lower case.
  std::string request_id;
  // Full path of the RPC method, and a hash of what was asked.
  std::string method;
  std::string fingerprint;
};

// The first answer, when there was one; absent when the request is new and its work is to be done.
// A call at the same time with the same id waits here until the other transaction has ended. What
// is refused is rolled back and leaves the id free. FAILED_PRECONDITION with reason
// REQUEST_ID_REUSED when the id stands for another request.
absl::StatusOr<std::optional<std::string>> ClaimRequest(database::Transaction& transaction,
                                                        const WriteRequest& request,
                                                        absl::Time now);

// Keeps the answer of a request that was claimed in this transaction, for two days. It must hold no
// personal data.
void KeepAnswer(database::Transaction& transaction, const WriteRequest& request,
                const std::string& answer, absl::Time now);

}  // namespace dm::requests
