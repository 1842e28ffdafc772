#pragma once

#include "services/booking/domain/decision.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace dm::booking {

// The world while a batch is decided: the snapshot, and over it what the commands changed so far.
// Every change of a booking goes through Make and Move, which keep seats, line, audit and times in
// step with it.
class Overlay {
 public:
  Overlay(const Snapshot& snapshot, const Terms& terms) : snapshot_(snapshot), terms_(terms) {}

  const Snapshot& snapshot() const { return snapshot_; }
  const Terms& terms() const { return terms_; }
  absl::Time now() const { return snapshot_.now(); }

  // As they are now; null when there is none. Stays valid until the next change.
  const Session* FindSession(const std::string& id) const;
  const Booking* FindBooking(const std::string& id) const;
  // In ascending order of id.
  std::vector<Booking> BookingsOf(const std::string& person) const;
  std::vector<Booking> LiveBookingsIn(const std::string& session_id) const;
  // Who waits, first in line first; those at hand.
  std::vector<Booking> LineOf(const std::string& session_id) const;

  // Requests that count for a host in this month, those of this batch included.
  int RequestsOf(const std::string& host) const;

  // Who takes a step, as which party.
  struct By {
    Party party = Party::kApplicant;
    std::string person;
  };
  // Adds a booking as the transition makes it; returns it.
  Booking Make(Booking booking, const Transition& transition, const By& by);
  // Leads a booking on; returns it as it is then.
  Booking Move(const Booking& booking, const Transition& transition, const By& by,
               const std::string& reason, const std::string& related_booking = "");
  // Sets when the ledger looks at a booking again.
  void LookAgain(const Booking& booking, std::optional<absl::Time> review_time);

  void MarkReviewed(const std::string& session_id) { reviewed_.insert(session_id); }
  void MarkReviewAgain(const std::string& session_id) { review_again_.insert(session_id); }
  void Tell(Overbooking overbooking) { overbookings_.push_back(std::move(overbooking)); }

  // Everything but the outcomes.
  Decision Finish() &&;

 private:
  struct Row {
    Booking booking;
    // Absent for a booking that this batch makes.
    std::optional<int64_t> expected_version;
  };

  Session& Touch(const std::string& session_id);
  void CountSeats(const std::string& session_id, std::optional<BookingState> from, BookingState to);
  void CountRequest(const Booking& booking, int change);
  void SetTimes(Booking& booking) const;
  std::vector<Booking> Collect(absl::Span<const Booking* const> known,
                               bool (*wanted)(const Booking& booking, const std::string& key),
                               const std::string& key) const;

  const Snapshot& snapshot_;
  const Terms& terms_;
  // What differs from the snapshot, in the order of ids: every writer takes row locks in one order.
  std::map<std::string, Session> sessions_;
  std::map<std::string, Row> bookings_;
  std::map<std::string, Look> looks_;
  std::vector<TransitionRecord> transitions_;
  std::set<std::string> reviewed_;
  std::set<std::string> review_again_;
  std::vector<Overbooking> overbookings_;
  // What this batch adds to the requests of hosts that have a quota.
  std::map<std::string, HostRequests> host_requests_;
};

}  // namespace dm::booking
