#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

#include <optional>
#include <string>

// The answers of writes outside the ledger, which keeps its own in batches: of one caller, a
// request_id has one effect, whichever method it was for. Both throw as Transaction::Exec does.
namespace dm::booking {

struct WriteRequest {
  // Whom the request_id belongs to: "people/{subject}", or "links/{id}" for who came by a link.
  std::string caller;
  // UUID in lower case.
  std::string request_id;
  // The RPC method and a hash of the request.
  std::string method;
  std::string fingerprint;
};

// What was answered before; absent for a request that is new. FAILED_PRECONDITION with reason
// REQUEST_ID_REUSED when the id stands for another request.
absl::StatusOr<std::optional<std::string>> FindAnswer(database::Transaction& transaction,
                                                      const WriteRequest& request);

// Keeps what is needed to give the answer again; no personal data, unless of `about`
// ("people/{subject}") alone, with whom it goes when they are erased.
void KeepAnswer(database::Transaction& transaction, const WriteRequest& request,
                const std::string& answer, absl::Time now, const std::string& about = "");

}  // namespace dm::booking
