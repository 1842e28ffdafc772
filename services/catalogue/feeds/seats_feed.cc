#include "services/catalogue/feeds/seats_feed.h"

#include "absl/strings/str_cat.h"
#include "common/events/event.h"
#include "common/events/outbox.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/catalogue/domain/session_name.h"
#include "services/catalogue/store/search_changes.h"
#include "services/catalogue/store/seats.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace dm::catalogue {

namespace event = destinationmetier::event::v1;

absl::Status ApplySeatsChanged(database::Transaction& transaction,
                               absl::Span<const event::Event> events, absl::Time now) {
  // What is told last of a session counts.
  std::map<std::string, int> held;
  for (const event::Event& one : events) {
    event::SeatsChanged seats;
    if (!one.data().Is<event::SeatsChanged>() || !one.data().UnpackTo(&seats)) continue;
    const auto name = ParseSessionName(seats.session());
    if (name.has_value()) held[name->session] = std::max(0, seats.held());
  }
  std::vector<events::NewEvent> news;
  const std::vector<std::string> offers = StoreHeldSeats(transaction, held);
  for (const std::string& offer : offers) {
    event::ResourceChanged changed;
    changed.set_name(absl::StrCat("offers/", offer));
    news.push_back(events::MakeEvent(changed.name(), changed));
  }
  TouchOffers(transaction, offers, now);
  events::AppendToOutbox(transaction, news, "", now);
  return absl::OkStatus();
}

}  // namespace dm::catalogue
