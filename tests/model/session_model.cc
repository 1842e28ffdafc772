#include "tests/model/session_model.h"

#include <algorithm>

namespace dm::model {
namespace {

using booking::BookingState;
using Kind = SessionOp::Kind;
using State = SessionModel::State;

bool IsHere(const State& state, size_t booking) { return state.bookings[booking].version > 0; }

bool IsLiveHere(const State& state, size_t booking) {
  return IsHere(state, booking) && IsLive(state.bookings[booking].state);
}

bool AnyLive(const State& state, const std::vector<size_t>& bookings) {
  return std::any_of(bookings.begin(), bookings.end(),
                     [&](size_t booking) { return IsLiveHere(state, booking); });
}

// Whether somebody in line comes before the booking, who need not be in line.
bool SomebodyIsBefore(const State& state, size_t booking) {
  for (const size_t waiting : state.line) {
    if (waiting == booking) return false;
    if (!state.bookings[waiting].passable) return true;
  }
  return false;
}

bool MayTakeSeat(const State& state, size_t booking) {
  return state.open && state.held < state.seats && !SomebodyIsBefore(state, booking);
}

bool Make(const SessionOp& op, State& state) {
  if (!state.open || IsHere(state, op.booking) || AnyLive(state, op.theirs)) return false;
  if (HoldsSeat(op.to)) {
    if (!MayTakeSeat(state, op.booking)) return false;
    ++state.held;
  } else {
    if (state.held < state.seats) return false;
    state.line.push_back(op.booking);
  }
  state.bookings[op.booking].version = 1;
  state.bookings[op.booking].state = op.to;
  return true;
}

bool IsInTable(const SessionOp& op, BookingState from) {
  return std::any_of(booking::AllTransitions().begin(), booking::AllTransitions().end(),
                     [&](const booking::Transition& row) {
                       return row.from == from && row.to == op.to && row.party == op.party &&
                              row.step == op.step;
                     });
}

bool Move(const SessionOp& op, State& state) {
  SessionModel::Place& place = state.bookings[op.booking];
  if (place.version == 0 || op.version != place.version + 1) return false;
  if (!IsInTable(op, place.state)) return false;
  const bool held = HoldsSeat(place.state);
  const bool holds = HoldsSeat(op.to);
  if (!held && holds && !MayTakeSeat(state, op.booking)) return false;
  state.held += (holds ? 1 : 0) - (held ? 1 : 0);
  if (place.state == BookingState::kWaitlisted) std::erase(state.line, op.booking);
  place.state = op.to;
  place.version = op.version;
  return true;
}

uint64_t Mix(uint64_t hash, uint64_t value) {
  // The finalizer of SplitMix64.
  hash ^= value + 0x9e3779b97f4a7c15ull + (hash << 6) + (hash >> 2);
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ull;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebull;
  return hash ^ (hash >> 31);
}

}  // namespace

bool SessionModel::Apply(const Op& op, State& state) {
  switch (op.kind) {
    case Kind::kAnnounced:
      state.seats = op.seats;
      state.open = op.open;
      return true;
    case Kind::kMade:
      return Make(op, state);
    case Kind::kMoved:
      return Move(op, state);
    case Kind::kFull:
      return state.held >= state.seats;
    case Kind::kClosed:
      return !state.open;
    case Kind::kAlreadyBooked:
      return AnyLive(state, op.theirs);
    case Kind::kConflict:
      return IsHere(state, op.booking) && state.bookings[op.booking].state == op.to;
    case Kind::kOutdated:
      return IsHere(state, op.booking) && state.bookings[op.booking].version != op.version;
  }
  return false;
}

bool SessionModel::Reads(const Op& op) {
  return op.kind != Kind::kAnnounced && op.kind != Kind::kMade && op.kind != Kind::kMoved;
}

uint64_t SessionModel::Hash(const State& state) {
  uint64_t hash = Mix(static_cast<uint64_t>(state.seats), state.open ? 1 : 0);
  for (const size_t waiting : state.line) hash = Mix(hash, waiting);
  for (const Place& place : state.bookings) {
    hash =
        Mix(hash, static_cast<uint64_t>(place.version) * 16 + static_cast<uint64_t>(place.state));
  }
  return hash;
}

}  // namespace dm::model
