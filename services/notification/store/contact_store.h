#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "common/time/clock.h"
#include "services/notification/domain/contact.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace dm::notification {

struct StoredContact {
  Contact contact;
  int64_t version = 1;
};

struct ContactWrite {
  Contact contact;
  // What the caller has of RightToSet; never kNone.
  SettingRight right = SettingRight::kFirst;
  // The version that the caller saw; absent for "whatever it is now".
  std::optional<int64_t> expected_version;
  // Who asks, "people/{subject}"; request ids belong to them.
  std::string caller;
  // UUID; empty for none.
  std::string request_id;
  // As FingerprintOf gives it.
  std::string fingerprint;
};

struct ContactImportOutcome {
  int64_t added = 0;
  int64_t changed = 0;
  // The first in the list that is another one already and may not be replaced. Then nothing was
  // changed.
  std::optional<size_t> kept;
};

// The contacts. Every write releases the messages that waited for it. Thread-safe.
class ContactStore {
 public:
  // Both outlive this.
  ContactStore(database::Database* database, const Clock* clock)
      : database_(database), clock_(clock) {}

  // Absent when there is none that the access may see.
  absl::StatusOr<std::optional<StoredContact>> Find(
      absl::Time deadline, const std::string& party,
      database::Access access = database::Access::OfService());

  // Sets or replaces a contact; the same content again changes nothing. PERMISSION_DENIED
  // (CONTACT_BOUND) when there is another one that may not be replaced, ABORTED (ETAG_MISMATCH)
  // when it has another version, FAILED_PRECONDITION (REQUEST_ID_REUSED) when the request id stands
  // for another write. Of two that set the first at once, one does.
  absl::StatusOr<StoredContact> Write(absl::Time deadline, const ContactWrite& write);

  // Sets all of them in one transaction; no party may appear twice. When `cancelled` answers true,
  // nothing is changed and the result is CANCELLED; it must not wait for anything, because messages
  // cannot be planned meanwhile. With `validate_only` nothing is changed either.
  absl::StatusOr<ContactImportOutcome> Import(absl::Time deadline,
                                              absl::Span<const ListedContact> contacts,
                                              bool validate_only,
                                              const std::function<bool()>& cancelled);

 private:
  database::Database* const database_;
  const Clock* const clock_;
};

}  // namespace dm::notification
