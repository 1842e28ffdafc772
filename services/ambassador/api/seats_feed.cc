#include "services/ambassador/api/seats_feed.h"

#include "absl/strings/str_cat.h"
#include "common/events/event.h"
#include "common/events/outbox.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/ambassador/domain/search.h"
#include "services/ambassador/store/listing_store.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dm::ambassador {

namespace event = destinationmetier::event::v1;

absl::Status ApplySeatsChanged(database::Transaction& transaction,
                               absl::Span<const event::Event> events, absl::Time now) {
  // What is told last of a session counts.
  std::map<std::string, int> held;
  for (const event::Event& one : events) {
    event::SeatsChanged seats;
    if (!one.data().Is<event::SeatsChanged>() || !one.data().UnpackTo(&seats)) continue;
    const std::optional<SessionIds> ids = SessionIdsFrom(seats.session());
    if (ids.has_value()) held[ids->session] = seats.held();
  }
  std::vector<store::SeatsHeld> seats;
  seats.reserve(held.size());
  for (const auto& [id, count] : held) seats.push_back({id, count});
  std::vector<events::NewEvent> news;
  for (const std::string& ambassador : store::PutSeatsHeld(transaction, seats)) {
    event::ResourceChanged changed;
    changed.set_name(absl::StrCat("ambassadors/", ambassador));
    news.push_back(events::MakeEvent(changed.name(), changed));
  }
  events::AppendToOutbox(transaction, news, "", now);
  return absl::OkStatus();
}

}  // namespace dm::ambassador
