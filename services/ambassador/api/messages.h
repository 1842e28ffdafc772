#pragma once

#include "destinationmetier/ambassador/v1/ambassador_service.pb.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/ambassador/domain/ambassador.h"
#include "services/ambassador/domain/search.h"

// What the domain knows as messages of the protos, and back.
namespace dm::ambassador {

destinationmetier::ambassador::v1::Ambassador ToMessage(const Profile& profile);
destinationmetier::ambassador::v1::Session ToMessage(const Session& session);
destinationmetier::event::v1::SessionScheduled ToMessage(const ScheduledSession& scheduled);

// A format that the proto does not know becomes empty text, which CheckSearch refuses.
Search ToSearch(const destinationmetier::ambassador::v1::SearchAmbassadorsRequest& request);

}  // namespace dm::ambassador
