#include "services/ambassador/api/cancellations.h"

#include "absl/strings/ascii.h"
#include "destinationmetier/event/v1/resource_events.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"

namespace dm::ambassador {

namespace event = destinationmetier::event::v1;

Canceller CancellerOf(const auth::Caller& caller) {
  Canceller who{.everywhere = caller.Is(auth::Role::kOperator)};
  if (caller.Is(auth::Role::kAmbassador)) {
    who.ambassador = absl::AsciiStrToLower(caller.ambassador);
  }
  if (caller.Is(auth::Role::kAgency)) who.departments = caller.territory;
  return who;
}

std::vector<events::NewEvent> CancellationEvents(const Session& session,
                                                 const std::string& department) {
  event::SessionClosed closed;
  closed.set_session(session.Name());
  closed.set_version(session.version);
  closed.set_cancelled(true);
  closed.set_department(department);
  event::ResourceChanged changed;
  changed.set_name("ambassadors/" + session.ambassador_id);
  return {events::MakeEvent(closed.session(), closed), events::MakeEvent(changed.name(), changed)};
}

}  // namespace dm::ambassador
