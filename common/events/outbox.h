#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/events/event.h"

#include <vector>

namespace dm::events {

// Appends events to the service's own outbox, numbered from the feed's counter row. Must be the
// last statement of the transaction: the counter's row lock is what makes the numbers gapless and
// in commit order, and it is held until the commit. `traceparent` is of the events that have none
// of their own. Does nothing for no events. Throws pqxx exceptions, like Transaction::Exec.
void AppendToOutbox(database::Transaction& transaction, const std::vector<NewEvent>& events,
                    absl::string_view traceparent, absl::Time now);

}  // namespace dm::events
