#include "services/booking/domain/snapshot.h"

namespace dm::booking {
namespace {

using Index = absl::flat_hash_map<std::string, std::vector<const Booking*>>;

absl::Span<const Booking* const> Look(const Index& index, const std::string& key) {
  const auto found = index.find(key);
  if (found == index.end()) return {};
  return found->second;
}

}  // namespace

void Snapshot::AddSession(Session session) {
  std::string id = session.id;
  sessions_.emplace(std::move(id), std::move(session));
}

void Snapshot::AddBooking(Booking booking) {
  std::string id = booking.id;
  const auto [entry, added] = bookings_.emplace(std::move(id), std::move(booking));
  if (!added) return;
  of_person_[entry->second.applicant].push_back(&entry->second);
  in_session_[entry->second.session_id].push_back(&entry->second);
}

void Snapshot::AddRequest(std::string person, std::string request_id, RecordedRequest request) {
  requests_.emplace(std::make_pair(std::move(person), std::move(request_id)), std::move(request));
}

void Snapshot::AddPerson(std::string name, Person person) {
  people_.emplace(std::move(name), std::move(person));
}

void Snapshot::AddHostRequests(std::string host, int requests) {
  host_requests_.insert_or_assign(std::move(host), requests);
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

const Person& Snapshot::PersonNamed(const std::string& name) const {
  static const Person kUnknown;
  const auto found = people_.find(name);
  return found == people_.end() ? kUnknown : found->second;
}

int Snapshot::RequestsOf(const std::string& host) const {
  const auto found = host_requests_.find(host);
  return found == host_requests_.end() ? 0 : found->second;
}

absl::Span<const Booking* const> Snapshot::BookingsOf(const std::string& person) const {
  return Look(of_person_, person);
}

absl::Span<const Booking* const> Snapshot::BookingsIn(const std::string& session_id) const {
  return Look(in_session_, session_id);
}

}  // namespace dm::booking
