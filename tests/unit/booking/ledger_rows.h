#pragma once

#include "common/errors/error.h"
#include "services/booking/domain/decision.h"
#include "tests/unit/booking/ledger_world.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

// A ledger without a database, for tests of what follows over several batches.
namespace dm::booking {

// What a batch decided, put into the rows that the next one meets.
class Rows {
 public:
  explicit Rows(Terms terms = TestTerms()) : terms_(std::move(terms)) {}

  void Add(const Session& session) { sessions_[session.id] = session; }
  void Add(const std::string& person, Person known) { people_["people/" + person] = known; }

  Decision Decide(const std::vector<Command>& commands, absl::Time now = At(0)) {
    Snapshot snapshot = Known(now);
    for (const auto& [id, session] : sessions_) snapshot.AddSession(session);
    for (const auto& [id, booking] : bookings_) snapshot.AddBooking(booking);
    for (const auto& [name, person] : people_) snapshot.AddPerson(name, person);
    Decision decision = booking::Decide(snapshot, terms_, commands);
    for (const Booking& booking : decision.created) bookings_[booking.id] = booking;
    for (const ChangedBooking& change : decision.changed) {
      bookings_[change.booking.id] = change.booking;
    }
    for (const Look& look : decision.looks) {
      bookings_.at(look.booking_id).expire_time = look.expire_time;
      bookings_.at(look.booking_id).review_time = look.review_time;
    }
    for (const SessionChange& change : decision.sessions) {
      sessions_[change.session.id] = change.session;
    }
    return decision;
  }

  // As whoever changes a fact does.
  void AskForALook(const std::string& id, absl::Time when) { bookings_.at(id).review_time = when; }

  const Booking& booking(const std::string& id) const { return bookings_.at(id); }
  BookingState state(const std::string& id) const { return bookings_.at(id).state; }
  Session& session(const std::string& id) { return sessions_.at(id); }

 private:
  Terms terms_;
  std::map<std::string, Session> sessions_;
  std::map<std::string, Booking> bookings_;
  std::map<std::string, Person> people_;
};

inline Command Join(const std::string& person, const Session& session, const std::string& request) {
  Command command = Create(Pupil(person), session, request);
  std::get<CreateCommand>(command.what).join_waitlist = true;
  return command;
}

inline std::string ReasonOf(const Outcome& outcome) {
  const auto* refused = std::get_if<Refused>(&outcome);
  return refused == nullptr ? "" : ErrorReasonOf(refused->status);
}

inline std::vector<std::string> Whys(const Decision& decision) {
  std::vector<std::string> whys;
  for (const TransitionRecord& record : decision.transitions) {
    whys.push_back(absl::StrCat(record.booking.id, " ", record.why));
  }
  return whys;
}

}  // namespace dm::booking
