#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/consent.h"
#include "services/booking/domain/person.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace dm::booking {

// A write that was answered before.
struct RecordedRequest {
  // As in Command.
  std::string method;
  std::string fingerprint;
  // The bytes of the first answer.
  std::string answer;
};

// What is known of somebody who books.
struct Person {
  std::optional<Applicant> profile;
  bool guardian_known = false;
  // Given, refused or taken back; the newest last.
  std::vector<Consent> consents;
  // Asked to be erased: nothing new is made for them.
  bool erased = false;
};

// What a batch of commands meets. It holds at least:
// - the sessions of the commands, their recorded requests, the bookings that they take a step on;
// - the first in line of those sessions, and all live bookings of sessions that are reviewed;
// - of everybody concerned: what is known of them, their live bookings, and those of the last year
//   that took place;
// - of every host of these sessions that has a quota: how many requests count this month.
// When all commands find no seat (admission.h), only the bookings of who asks, of people.
class Snapshot {
 public:
  explicit Snapshot(absl::Time now) : now_(now) {}

  // Adding again what is there already changes nothing.
  void AddSession(Session session);
  void AddBooking(Booking booking);
  void AddRequest(std::string person, std::string request_id, RecordedRequest request);
  void AddPerson(std::string name, Person person);
  // Requests that count for a host in the month of `now`.
  void AddHostRequests(std::string host, int requests);

  absl::Time now() const { return now_; }
  // Null when there is none.
  const Session* FindSession(const std::string& id) const;
  const Booking* FindBooking(const std::string& id) const;
  const RecordedRequest* FindRequest(const std::string& person,
                                     const std::string& request_id) const;
  // What is known of them: nothing, when nobody was added.
  const Person& PersonNamed(const std::string& name) const;
  // 0 where nothing was added.
  int RequestsOf(const std::string& host) const;
  absl::Span<const Booking* const> BookingsOf(const std::string& person) const;
  absl::Span<const Booking* const> BookingsIn(const std::string& session_id) const;

 private:
  absl::Time now_;
  absl::flat_hash_map<std::string, Session> sessions_;
  absl::node_hash_map<std::string, Booking> bookings_;
  absl::flat_hash_map<std::string, std::vector<const Booking*>> of_person_;
  absl::flat_hash_map<std::string, std::vector<const Booking*>> in_session_;
  absl::flat_hash_map<std::pair<std::string, std::string>, RecordedRequest> requests_;
  absl::node_hash_map<std::string, Person> people_;
  absl::flat_hash_map<std::string, int> host_requests_;
};

}  // namespace dm::booking
