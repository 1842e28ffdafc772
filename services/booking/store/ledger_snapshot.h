#pragma once

#include "absl/time/time.h"
#include "absl/types/span.h"
#include "common/database/database.h"
#include "services/booking/domain/command.h"
#include "services/booking/domain/snapshot.h"

#include <cstdint>

// The rows that a batch of commands is decided on, each kind in one statement.
namespace dm::booking {

// Whether what is read stays as it is until the transaction ends: sessions are locked in the order
// of their ids, then the counted requests of hosts that have a quota, then everybody concerned in
// the order of their names.
enum class Locking : uint8_t { kNone, kForUpdate };

Snapshot LoadSnapshot(database::Transaction& transaction, absl::Span<const Command> commands,
                      absl::Time now, Locking locking);

}  // namespace dm::booking
