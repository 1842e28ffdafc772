#include "services/catalogue/feeds/erasure_feed.h"

#include "destinationmetier/event/v1/person_events.pb.h"
#include "services/catalogue/store/person_erasure.h"

#include <string>
#include <vector>

namespace dm::catalogue {

namespace event = destinationmetier::event::v1;

void ApplyErasures(database::Transaction& transaction, absl::Span<const event::Event> events) {
  std::vector<std::string> people;
  for (const event::Event& one : events) {
    event::PersonErased erased;
    if (!one.data().Is<event::PersonErased>() || !one.data().UnpackTo(&erased)) continue;
    if (!erased.person().empty()) people.push_back(erased.person());
  }
  ForgetPeople(transaction, people);
}

}  // namespace dm::catalogue
