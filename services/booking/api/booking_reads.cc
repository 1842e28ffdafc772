// The reading half of BookingService.
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "services/booking/api/booking_messages.h"
#include "services/booking/api/booking_service.h"
#include "services/booking/domain/person_name.h"
#include "services/booking/domain/refusals.h"
#include "services/booking/ledger/dry_run.h"
#include "services/booking/store/declared_access.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace dm::booking {

namespace pb = destinationmetier::booking::v1;

namespace {

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

void SetTime(absl::Time time, google::protobuf::Timestamp* out) {
  const int64_t micros = absl::ToUnixMicros(time);
  out->set_seconds(micros / 1'000'000);
  out->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
}

BookingStore::Filter FilterOf(const Actor& actor, const pb::ListBookingsRequest& request) {
  BookingStore::Filter filter = {.applicant = actor.applicant ? actor.person : "",
                                 .hosts = actor.hosts,
                                 .departments = actor.departments,
                                 .only_host = request.host(),
                                 .only_applicant = request.applicant()};
  for (const int state : request.states()) {
    filter.states.emplace_back(BookingStateName(*ToState(state)));
  }
  if (!request.session().empty()) filter.only_session = ParseSessionName(request.session());
  filter.only_departments.assign(request.departments().begin(), request.departments().end());
  if (request.has_from()) filter.from = TimeOf(request.from());
  if (request.has_to()) filter.to = TimeOf(request.to());
  return filter;
}

pb::Booking ToShown(const BookingStore::Shown& shown) {
  pb::Booking message = ToMessage(shown.booking);
  message.set_waitlist_position(shown.waitlist_position);
  return message;
}

// As whom the caller may give an opinion; absent for who only looks on.
std::optional<Party> SpeakerOf(const Actor& actor, const Booking& booking) {
  if (IsApplicantOf(actor, booking)) return Party::kApplicant;
  if (IsHostOf(actor, booking)) return Party::kHost;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Booking> BookingService::Find(const rpc::Call& call, const std::string& name) {
  const Actor actor = ActorOf(call.caller);
  const auto shown =
      parts_.store->Find(DeclaredAccess(actor), *ParseBookingName(name), call.deadline);
  if (!shown.ok()) return shown.status();
  if (!shown->has_value() || !MaySee(actor, (*shown)->booking)) return NotFoundError(name);
  if (SeesForAgencyOnly(actor, (*shown)->booking)) {
    const absl::Status kept = parts_.store->RecordForeignReads({(*shown)->booking.id}, actor.person,
                                                               parts_.clock->Now(), call.deadline);
    if (!kept.ok()) return kept;
  }
  return (*shown)->booking;
}

absl::StatusOr<BookingService::Message> BookingService::Get(const rpc::Call& call,
                                                            const pb::GetBookingRequest& request) {
  const absl::StatusOr<Booking> booking = Find(call, request.name());
  if (!booking.ok()) return booking.status();
  Message message = ToMessage(*booking);
  if (booking->state == BookingState::kWaitlisted) {
    const auto position = parts_.store->WaitlistPosition(booking->id, call.deadline);
    if (!position.ok()) return position.status();
    message.set_waitlist_position(*position);
  }
  return message;
}

absl::StatusOr<pb::ListBookingsResponse> BookingService::List(
    const rpc::Call& call, const pb::ListBookingsRequest& request) {
  const Actor actor = ActorOf(call.caller);
  // Bound to the caller too: a token of somebody else is foreign.
  const std::string fingerprint = absl::StrCat(rpc::QueryFingerprint(request), "|", actor.person);
  const auto position = parts_.page_tokens->Read(request.page_token(), fingerprint);
  if (!position.ok()) return position.status();
  std::optional<BookingStore::Position> after;
  if (position->size() == 2) {
    after.emplace();
    if (!absl::SimpleAtoi((*position)[0], &after->create_micros)) return absl::InternalError("");
    after->id = (*position)[1];
  }
  const int size = rpc::EffectivePageSize(request.page_size());
  auto bookings = parts_.store->List(FilterOf(actor, request), after, size + 1, call.deadline);
  if (!bookings.ok()) return bookings.status();
  pb::ListBookingsResponse response;
  const bool more = bookings->size() > static_cast<size_t>(size);
  if (more) bookings->pop_back();
  std::vector<std::string> foreign;
  for (const BookingStore::Shown& shown : *bookings) {
    if (SeesForAgencyOnly(actor, shown.booking)) foreign.push_back(shown.booking.id);
    *response.add_bookings() = ToShown(shown);
  }
  const absl::Status kept =
      parts_.store->RecordForeignReads(foreign, actor.person, parts_.clock->Now(), call.deadline);
  if (!kept.ok()) return kept;
  if (more) {
    const Booking& last = bookings->back().booking;
    response.set_next_page_token(parts_.page_tokens->Make(
        fingerprint, {absl::StrCat(database::ToMicros(last.create_time)), last.id}));
  }
  return response;
}

absl::StatusOr<pb::ListBookingHistoryResponse> BookingService::History(
    const rpc::Call& call, const pb::ListBookingHistoryRequest& request) {
  const absl::StatusOr<Booking> booking = Find(call, request.name());
  if (!booking.ok()) return booking.status();
  const Actor actor = ActorOf(call.caller);
  const bool agency = std::find(actor.departments.begin(), actor.departments.end(),
                                booking->department) != actor.departments.end();
  const auto events = parts_.store->History(booking->id, call.deadline);
  if (!events.ok()) return events.status();
  pb::ListBookingHistoryResponse response;
  for (const BookingStore::HistoryEvent& event : *events) {
    const bool look = !event.to.has_value();
    if (look && !agency) continue;
    pb::BookingEvent* shown = response.add_events();
    SetTime(event.time, shown->mutable_time());
    shown->set_party(event.party);
    if (agency || event.person == actor.person) shown->set_person(event.person);
    if (event.from.has_value()) shown->set_from_state(ToMessageState(*event.from));
    if (event.to.has_value()) shown->set_to_state(ToMessageState(*event.to));
    shown->set_why(event.why);
  }
  return response;
}

absl::StatusOr<pb::CheckEligibilityResponse> BookingService::Check(
    const rpc::Call& call, const pb::CheckEligibilityRequest& request) {
  const std::string session_id = *ParseSessionName(request.session());
  Command create = {.actor = ActorOf(call.caller),
                    .request_id = "",
                    .method = call.method,
                    .fingerprint = "",
                    .what = CreateCommand{.session_id = session_id,
                                          .session_name = absl::AsciiStrToLower(request.session()),
                                          .booking_id = "",
                                          .join_waitlist = false,
                                          .scheme = ToScheme(request.scheme())}};
  const auto run =
      TryOut(*parts_.database, parts_.terms(), create, parts_.clock->Now(), call.deadline);
  if (!run.ok()) return run.status();
  pb::CheckEligibilityResponse response;
  response.set_bookable(run->refusal.ok());
  response.set_refusal(ErrorReasonOf(run->refusal));
  response.set_waitlist_possible(response.refusal() == "SESSION_FULL");
  if (run->state.has_value()) response.set_state(ToMessageState(*run->state));
  if (!run->judgement.has_value()) return response;
  response.set_eligible(run->judgement->allowed());
  response.set_scheme(ToMessageScheme(run->judgement->scheme));
  response.set_agreement_required(run->judgement->agreement_needed);
  if (!response.eligible()) response.set_waitlist_possible(false);
  for (const RuleFinding& finding : run->judgement->findings) {
    pb::RuleFinding* shown = response.add_findings();
    shown->set_rule(finding.rule);
    shown->set_version(finding.version);
    shown->set_satisfied(finding.satisfied);
    shown->set_value(finding.value);
    shown->set_limit(finding.limit);
    shown->set_sentence(finding.sentence_fr);
    shown->set_source(finding.source);
  }
  return response;
}

absl::StatusOr<pb::Feedback> BookingService::LeaveFeedback(
    const rpc::Call& call, const pb::LeaveFeedbackRequest& request) {
  const absl::StatusOr<Booking> booking = Find(call, request.name());
  if (!booking.ok()) return booking.status();
  if (IsPseudonym(booking->applicant)) return NotFoundError(request.name());
  const Actor actor = ActorOf(call.caller);
  const std::optional<Party> party = SpeakerOf(actor, *booking);
  if (!party.has_value()) return NotYourStep(*booking, Step::kAttended);
  if (booking->state != BookingState::kCompleted && booking->state != BookingState::kNoShow) {
    return StateConflict(*booking, Step::kAttended);
  }
  const BookingStore::Feedback said = {.booking_id = booking->id,
                                       .party = *party,
                                       .person = actor.person,
                                       .request_id = absl::AsciiStrToLower(request.request_id()),
                                       .rating = request.rating(),
                                       .comment = request.comment(),
                                       .create_time = parts_.clock->Now()};
  const auto answer = parts_.store->KeepFeedback(said, booking->applicant, call.deadline);
  if (!answer.ok()) return answer.status();
  if (!answer->has_value()) return NotFoundError(request.name());
  const BookingStore::Feedback& kept = **answer;
  // The same request again finds what it said; another finds that the party has spoken.
  if (kept.request_id != said.request_id) return FeedbackGiven(booking->id);
  if (kept.rating != said.rating || kept.comment != said.comment) return RequestIdReused();
  pb::Feedback message;
  message.set_booking(absl::StrCat("bookings/", booking->id));
  message.set_party(std::string(PartyName(kept.party)));
  message.set_rating(kept.rating);
  message.set_comment(kept.comment);
  SetTime(kept.create_time, message.mutable_create_time());
  return message;
}

}  // namespace dm::booking
