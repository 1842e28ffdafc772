#pragma once

#include "services/booking/domain/transitions.h"
#include "tests/model/evidence.h"
#include "tests/model/linearizability.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

// One session as a sequential machine: seats, what is held, who waits, and where each booking
// stands. Histories are composed of their sessions (Herlihy and Wing): the ledger is linearizable
// when each session's history is. A rescheduling leaves one session and enters another.
namespace dm::model {

struct SessionOp {
  enum class Kind : uint8_t {
    // The host tells `seats` and whether it is `open`.
    kAnnounced,
    // A booking was made in the state `to`.
    kMade,
    // A booking took a step to the state `to` at `version`.
    kMoved,
    // Refusals: every seat is taken, no bookings any more, the person has a live booking here, the
    // booking is in the state `to`, it is not at `version`.
    kFull,
    kClosed,
    kAlreadyBooked,
    kConflict,
    kOutdated,
  };
  Kind kind = Kind::kFull;
  // Of the session's bookings, counted from 0.
  size_t booking = 0;
  booking::Step step = booking::Step::kBook;
  booking::Party party = booking::Party::kApplicant;
  booking::BookingState to = booking::BookingState::kPendingHost;
  int64_t version = 0;
  int seats = 0;
  bool open = true;
  // All bookings that the person ever has here: of kMade and kAlreadyBooked.
  std::vector<size_t> theirs;
  // What was asked, for who reads what went wrong.
  std::string text;
};

class SessionModel {
 public:
  using Op = SessionOp;
  struct Place {
    // 0 before it is made.
    int64_t version = 0;
    booking::BookingState state = booking::BookingState::kPendingHost;
    // The person may hold another seat at that time while in line here, so that others may pass.
    bool passable = false;
  };
  struct State {
    int seats = 0;
    bool open = false;
    int held = 0;
    // In the order of coming.
    std::vector<size_t> line;
    std::vector<Place> bookings;
  };

  static bool Apply(const Op& op, State& state);
  static bool Reads(const Op& op);
  static uint64_t Hash(const State& state);
};

// What happened in one session.
struct SessionHistory {
  SessionModel::State start;
  std::vector<Call<SessionOp>> calls;
};

// By session id. Replays count once: a request took effect between its first asking and its first
// answer. What the ledger did of itself comes from the audit trail: after the moment of that row.
std::map<std::string, SessionHistory> SessionHistories(const Evidence& evidence);

}  // namespace dm::model
