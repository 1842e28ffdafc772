#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "services/booking/domain/booking.h"

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

// What a batch of commands meets. It holds at least: the sessions and the recorded requests of the
// commands, the bookings that they take a step on with their sessions, and every live booking of
// who wants a new one.
class Snapshot {
 public:
  explicit Snapshot(absl::Time now) : now_(now) {}

  // Adding again what is there already changes nothing.
  void AddSession(Session session);
  void AddBooking(Booking booking);
  void AddRequest(std::string person, std::string request_id, RecordedRequest request);

  absl::Time now() const { return now_; }
  // Null when there is none.
  const Session* FindSession(const std::string& id) const;
  const Booking* FindBooking(const std::string& id) const;
  const RecordedRequest* FindRequest(const std::string& person,
                                     const std::string& request_id) const;
  // The live bookings of a person.
  absl::Span<const Booking* const> LiveBookingsOf(const std::string& person) const;

 private:
  absl::Time now_;
  absl::flat_hash_map<std::string, Session> sessions_;
  absl::node_hash_map<std::string, Booking> bookings_;
  absl::flat_hash_map<std::string, std::vector<const Booking*>> live_;
  absl::flat_hash_map<std::pair<std::string, std::string>, RecordedRequest> requests_;
};

}  // namespace dm::booking
