#include "services/booking/domain/snapshot.h"

namespace dm::booking {

void Snapshot::AddSession(Session session) {
  std::string id = session.id;
  sessions_.emplace(std::move(id), std::move(session));
}

void Snapshot::AddBooking(Booking booking) {
  std::string id = booking.id;
  const auto [entry, added] = bookings_.emplace(std::move(id), std::move(booking));
  if (added && IsLive(entry->second.state))
    live_[entry->second.applicant].push_back(&entry->second);
}

void Snapshot::AddRequest(std::string person, std::string request_id, RecordedRequest request) {
  requests_.emplace(std::make_pair(std::move(person), std::move(request_id)), std::move(request));
}

const Session* Snapshot::FindSession(const std::string& id) const {
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : &found->second;
}

const Booking* Snapshot::FindBooking(const std::string& id) const {
  const auto found = bookings_.find(id);
  return found == bookings_.end() ? nullptr : &found->second;
}

const RecordedRequest* Snapshot::FindRequest(const std::string& person,
                                             const std::string& request_id) const {
  const auto found = requests_.find(std::make_pair(person, request_id));
  return found == requests_.end() ? nullptr : &found->second;
}

absl::Span<const Booking* const> Snapshot::LiveBookingsOf(const std::string& person) const {
  const auto found = live_.find(person);
  if (found == live_.end()) return {};
  return found->second;
}

}  // namespace dm::booking
