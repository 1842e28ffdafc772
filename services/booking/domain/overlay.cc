#include "services/booking/domain/overlay.h"

#include "services/booking/domain/host_terms.h"

#include <algorithm>
#include <utility>

namespace dm::booking {
namespace {

// Sooner than time alone would have it.
bool LookIsAskedFor(const Booking& booking) {
  return booking.review_time.has_value() &&
         (!booking.expire_time.has_value() || *booking.review_time < *booking.expire_time);
}

}  // namespace

const Session* Overlay::FindSession(const std::string& id) const {
  const auto changed = sessions_.find(id);
  return changed != sessions_.end() ? &changed->second : snapshot_.FindSession(id);
}

const Booking* Overlay::FindBooking(const std::string& id) const {
  const auto changed = bookings_.find(id);
  return changed != bookings_.end() ? &changed->second.booking : snapshot_.FindBooking(id);
}

std::vector<Booking> Overlay::Collect(absl::Span<const Booking* const> known,
                                      bool (*wanted)(const Booking&, const std::string&),
                                      const std::string& key) const {
  std::vector<Booking> found;
  for (const Booking* booking : known) {
    if (!bookings_.contains(booking->id) && wanted(*booking, key)) found.push_back(*booking);
  }
  for (const auto& [id, row] : bookings_) {
    if (wanted(row.booking, key)) found.push_back(row.booking);
  }
  return found;
}

std::vector<Booking> Overlay::BookingsOf(const std::string& person) const {
  return Collect(
      snapshot_.BookingsOf(person),
      +[](const Booking& booking, const std::string& key) { return booking.applicant == key; },
      person);
}

std::vector<Booking> Overlay::LiveBookingsIn(const std::string& session_id) const {
  return Collect(
      snapshot_.BookingsIn(session_id),
      +[](const Booking& booking, const std::string& key) {
        return booking.session_id == key && IsLive(booking.state);
      },
      session_id);
}

std::vector<Booking> Overlay::LineOf(const std::string& session_id) const {
  std::vector<Booking> line = Collect(
      snapshot_.BookingsIn(session_id),
      +[](const Booking& booking, const std::string& key) {
        return booking.session_id == key && booking.state == BookingState::kWaitlisted;
      },
      session_id);
  std::sort(line.begin(), line.end(),
            [](const Booking& a, const Booking& b) { return a.line_number < b.line_number; });
  return line;
}

Booking Overlay::Make(Booking booking, const Transition& transition, const By& by) {
  booking.state = transition.to;
  booking.version = 1;
  booking.create_time = now();
  booking.update_time = now();
  booking.why = std::string(transition.why);
  if (booking.state == BookingState::kWaitlisted) {
    booking.line_number = Touch(booking.session_id).next_line_number++;
  }
  // What takes another's place in the same month is the same request, and counts in its stead.
  const Booking* const left =
      booking.rescheduled_from.empty() ? nullptr : FindBooking(booking.rescheduled_from);
  const bool is_new = booking.rescheduled_from.empty();
  booking.counted = is_new || (left != nullptr && HandsItsPlaceOn(*left, now()));
  if (is_new) CountRequest(booking, 1);
  SetTimes(booking);
  CountSeats(booking.session_id, std::nullopt, booking.state);
  transitions_.push_back({.booking = booking,
                          .from = std::nullopt,
                          .party = by.party,
                          .person = by.person,
                          .why = booking.why,
                          .related_booking = booking.rescheduled_from,
                          .counted_requests = is_new ? 1 : 0});
  bookings_.emplace(booking.id, Row{booking, std::nullopt});
  return booking;
}

Booking Overlay::Move(const Booking& booking, const Transition& transition, const By& by,
                      const std::string& reason, const std::string& related_booking) {
  const BookingState from = booking.state;
  Booking moved = booking;
  moved.state = transition.to;
  moved.version += 1;
  moved.update_time = now();
  moved.why = std::string(transition.why);
  moved.reason = reason;
  SetTimes(moved);
  // A look that somebody asked for, because a fact changed, is still due after any other step.
  if (transition.step != Step::kReview && LookIsAskedFor(booking)) {
    moved.review_time = booking.review_time;
  }
  const bool gives_back = moved.counted && GivesPlaceBack(from, transition);
  if (gives_back) CountRequest(moved, -1);
  if (gives_back || (transition.step == Step::kMove && HandsItsPlaceOn(booking, now()))) {
    moved.counted = false;
  }
  CountSeats(moved.session_id, from, moved.state);
  transitions_.push_back({.booking = moved,
                          .from = from,
                          .party = by.party,
                          .person = by.person,
                          .why = moved.why,
                          .related_booking = related_booking,
                          .counted_requests = gives_back ? -1 : 0});
  const auto [row, added] = bookings_.try_emplace(moved.id, Row{moved, booking.version});
  if (!added) row->second.booking = moved;
  looks_.erase(moved.id);
  return moved;
}

void Overlay::LookAgain(const Booking& booking, std::optional<absl::Time> review_time) {
  const std::optional<absl::Time> expire_time = ExpireTime(booking, terms_.policy);
  const auto row = bookings_.find(booking.id);
  if (row != bookings_.end()) {
    row->second.booking.review_time = review_time;
    return;
  }
  looks_.insert_or_assign(booking.id, Look{booking.id, expire_time, review_time});
}

Session& Overlay::Touch(const std::string& session_id) {
  const auto row = sessions_.find(session_id);
  if (row != sessions_.end()) return row->second;
  return sessions_.emplace(session_id, *snapshot_.FindSession(session_id)).first->second;
}

void Overlay::CountSeats(const std::string& session_id, std::optional<BookingState> from,
                         BookingState to) {
  const int held = (HoldsSeat(to) ? 1 : 0) - (from.has_value() && HoldsSeat(*from) ? 1 : 0);
  const int waiting =
      (to == BookingState::kWaitlisted ? 1 : 0) - (from == BookingState::kWaitlisted ? 1 : 0);
  if (held == 0 && waiting == 0) return;
  Session& session = Touch(session_id);
  session.held += held;
  session.waitlisted += waiting;
}

int Overlay::RequestsOf(const std::string& host) const {
  const auto changed = host_requests_.find(host);
  return snapshot_.RequestsOf(host) +
         (changed == host_requests_.end() ? 0 : changed->second.change);
}

// Months that are over are not counted any more: nobody is admitted to them.
void Overlay::CountRequest(const Booking& booking, int change) {
  const Session* session = FindSession(booking.session_id);
  if (session == nullptr || session->monthly_request_quota == 0 || session->host != booking.host ||
      MonthOf(booking.create_time) != MonthOf(now())) {
    return;
  }
  HostRequests& requests = host_requests_[booking.host];
  requests.host = booking.host;
  // Sessions learn of another quota one after the other: what any of them let in is let in.
  requests.quota = std::max(requests.quota, session->monthly_request_quota);
  requests.change += change;
}

void Overlay::SetTimes(Booking& booking) const {
  booking.expire_time = ExpireTime(booking, terms_.policy);
  booking.review_time = booking.expire_time;
}

Decision Overlay::Finish() && {
  Decision decision;
  for (auto& [id, row] : bookings_) {
    if (row.expected_version.has_value()) {
      const Booking& before = *snapshot_.FindBooking(id);
      const bool moved =
          row.booking.start_time != before.start_time || row.booking.end_time != before.end_time;
      decision.changed.push_back({std::move(row.booking), *row.expected_version, moved});
    } else {
      decision.created.push_back(std::move(row.booking));
    }
  }
  for (auto& [id, look] : looks_) decision.looks.push_back(std::move(look));
  for (const std::string& id : reviewed_) Touch(id);
  for (const std::string& id : review_again_) Touch(id);
  for (auto& [id, session] : sessions_) {
    const Session* before = snapshot_.FindSession(id);
    SessionChange change = {.session = session,
                            .held_delta = session.held - before->held,
                            .waitlisted_delta = session.waitlisted - before->waitlisted,
                            .reviewed = reviewed_.contains(id),
                            .review_again = review_again_.contains(id)};
    if (change.held_delta == 0 && change.waitlisted_delta == 0 && !change.reviewed &&
        !change.review_again && session.next_line_number == before->next_line_number) {
      continue;
    }
    decision.sessions.push_back(std::move(change));
  }
  for (auto& [host, requests] : host_requests_) {
    if (requests.change != 0) decision.host_requests.push_back(std::move(requests));
  }
  decision.transitions = std::move(transitions_);
  decision.overbookings = std::move(overbookings_);
  return decision;
}

}  // namespace dm::booking
