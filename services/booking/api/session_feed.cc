#include "services/booking/api/session_feed.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/codes/official_codes.h"
#include "destinationmetier/event/v1/session_events.pb.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/store/session_store.h"

#include <algorithm>
#include <utility>

namespace dm::booking {
namespace {

namespace pb = destinationmetier::event::v1;

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

Chamber ToChamber(destinationmetier::type::v1::Chamber chamber) {
  switch (chamber) {
    case destinationmetier::type::v1::CHAMBER_CMA:
      return Chamber::kCma;
    case destinationmetier::type::v1::CHAMBER_AGRICULTURE:
      return Chamber::kAgriculture;
    default:
      return Chamber::kCci;
  }
}

ScheduledSession ToScheduled(const pb::SessionScheduled& told, std::string id) {
  ScheduledSession scheduled;
  scheduled.version = told.version();
  Session& session = scheduled.session;
  session.id = std::move(id);
  session.name = absl::AsciiStrToLower(told.session());
  session.host = told.host();
  session.title = told.title();
  session.department = told.place().department();
  session.start_time = TimeOf(told.start_time());
  session.end_time = TimeOf(told.end_time());
  session.announced_capacity = std::max(1, told.capacity());
  session.instant_confirmation = told.instant_confirmation();
  session.kind =
      told.kind() == pb::SESSION_KIND_MEETING ? SessionKind::kMeeting : SessionKind::kMiniStage;
  session.on_site = told.format() != destinationmetier::type::v1::MEETING_FORMAT_PHONE &&
                    told.format() != destinationmetier::type::v1::MEETING_FORMAT_VIDEO;
  session.chamber = ToChamber(told.chamber());
  session.profession = told.profession();
  session.monthly_request_quota = std::max(0, told.monthly_request_quota());
  for (const std::string& school : told.reserved_schools()) {
    // What is no school's number would keep everybody out, and is kept out of the list.
    if (IsUai(school)) session.reserved_schools.push_back(school);
  }
  session.priority_areas_only = told.priority_areas_only();
  return scheduled;
}

absl::Status Unreadable(const pb::Event& event) {
  return absl::InvalidArgumentError(absl::StrCat("event ", event.sequence(), " cannot be read"));
}

}  // namespace

std::vector<std::string> SessionEventTypes() {
  return {pb::SessionScheduled::descriptor()->full_name(),
          pb::SessionClosed::descriptor()->full_name()};
}

absl::Status ApplySessionEvents(database::Transaction& transaction,
                                absl::Span<const pb::Event> events, absl::Time now) {
  std::vector<ScheduledSession> scheduled;
  std::vector<ClosedSession> closed;
  for (const pb::Event& event : events) {
    if (event.data().Is<pb::SessionScheduled>()) {
      pb::SessionScheduled told;
      if (!event.data().UnpackTo(&told)) return Unreadable(event);
      if (auto id = ParseSessionName(told.session())) {
        scheduled.push_back(ToScheduled(told, *std::move(id)));
      }
    } else if (event.data().Is<pb::SessionClosed>()) {
      pb::SessionClosed told;
      if (!event.data().UnpackTo(&told)) return Unreadable(event);
      if (auto id = ParseSessionName(told.session())) {
        closed.push_back({*std::move(id), told.version(), told.cancelled()});
      }
    }
  }
  StoreSessions(transaction, scheduled, now);
  CloseSessions(transaction, closed, now);
  return absl::OkStatus();
}

}  // namespace dm::booking
