// What BookingService shows in place of a booking that was lost.
#include "services/booking/store/similar_sessions.h"

#include "services/booking/api/booking_service.h"

#include <vector>

namespace dm::booking {

namespace pb = destinationmetier::booking::v1;

namespace {

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

pb::SimilarSession ToMessage(const Session& session) {
  pb::SimilarSession message;
  message.set_session(session.name);
  message.set_title(session.title);
  message.set_host(session.host);
  message.set_department(session.department);
  SetTime(session.start_time, message.mutable_start_time());
  SetTime(session.end_time, message.mutable_end_time());
  message.set_seats_left(session.announced_capacity - session.held);
  return message;
}

}  // namespace

absl::StatusOr<pb::ListSimilarSessionsResponse> BookingService::Similar(
    const rpc::Call& call, const pb::ListSimilarSessionsRequest& request) {
  const absl::StatusOr<Booking> booking = Find(call, request.name());
  if (!booking.ok()) return booking.status();
  const Actor actor = ActorOf(call.caller);
  const bool own = actor.applicant && actor.person == booking->applicant;
  // What is left out for an applicant would tell others when that person is taken.
  const LostPlace place = {
      .session_id = booking->session_id,
      .applicant = own ? booking->applicant : "",
      .hosts = SimilarHostsAfter(booking->state, booking->why).value_or(SimilarHosts::kAny)};
  using Response = absl::StatusOr<pb::ListSimilarSessionsResponse>;
  return parts_.database->Read(call.deadline, [&](database::Transaction& transaction) -> Response {
    const auto similar = FindSimilarSessions(transaction, {place}, parts_.clock->Now());
    pb::ListSimilarSessionsResponse response;
    for (const Session& session : similar.front()) *response.add_sessions() = ToMessage(session);
    return response;
  });
}

}  // namespace dm::booking
