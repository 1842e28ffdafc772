#include "services/booking/domain/decision.h"

#include "absl/container/flat_hash_map.h"
#include "services/booking/domain/refusals.h"
#include "services/booking/domain/transitions.h"

#include <map>
#include <utility>

namespace dm::booking {
namespace {

using RequestKey = std::pair<std::string, std::string>;

// The world while a batch is decided: the snapshot, and over it what the commands changed.
class Decider {
 public:
  Decider(const Snapshot& snapshot, absl::Span<const Command> commands)
      : snapshot_(snapshot), commands_(commands), now_(snapshot.now()) {
    decision_.outcomes.reserve(commands.size());
  }

  void Take(size_t index) {
    const Command& command = commands_[index];
    decision_.outcomes.push_back(OutcomeOf(command));
    if (std::holds_alternative<Done>(decision_.outcomes.back())) {
      done_here_.emplace(RequestKey(command.actor.person, command.request_id), index);
    }
  }

  Decision Finish() && {
    for (const auto& [id, row] : bookings_) {
      if (row.expected_version.has_value()) {
        decision_.changed.push_back({row.booking, *row.expected_version});
      } else {
        decision_.created.push_back(row.booking);
      }
    }
    for (const auto& [id, session] : sessions_) {
      const int delta = session.held - snapshot_.FindSession(id)->held;
      if (delta != 0) decision_.seats.push_back({session, delta});
    }
    return std::move(decision_);
  }

 private:
  struct Row {
    Booking booking;
    // Absent for a booking that this batch makes.
    std::optional<int64_t> expected_version;
  };

  Outcome OutcomeOf(const Command& command) {
    const std::string& person = command.actor.person;
    if (const auto* recorded = snapshot_.FindRequest(person, command.request_id)) {
      if (recorded->method != command.method || recorded->fingerprint != command.fingerprint) {
        return Refused{RequestIdReused()};
      }
      return Replayed{recorded->answer};
    }
    if (const auto it = done_here_.find(RequestKey(person, command.request_id));
        it != done_here_.end()) {
      const Command& first = commands_[it->second];
      if (first.method != command.method || first.fingerprint != command.fingerprint) {
        return Refused{RequestIdReused()};
      }
      return SameAs{it->second};
    }
    if (const auto* create = std::get_if<CreateCommand>(&command.what)) {
      return Create(command.actor, *create);
    }
    return TakeStep(command.actor, std::get<StepCommand>(command.what));
  }

  // What is true of the person comes first: who is in already is told so, even when it is full.
  absl::Status Admit(const Session& session, const std::string& person) const {
    bool overlaps = false;
    for (const Booking* other : LiveBookingsOf(person)) {
      if (other->session_id == session.id) return AlreadyBooked(session.name);
      overlaps |= other->start_time < session.end_time && session.start_time < other->end_time;
    }
    if (now_ >= session.start_time) return SessionPast(session.name);
    if (!session.open) return SessionClosed(session);
    if (session.held >= session.announced_capacity) return SessionFull(session);
    if (overlaps) return Overlap(session.name);
    return absl::OkStatus();
  }

  Outcome Create(const Actor& actor, const CreateCommand& create) {
    const Session* session = FindSession(create.session_id);
    if (session == nullptr || session->name != create.session_name) {
      return Refused{SessionUnknown(create.session_name)};
    }
    if (absl::Status admitted = Admit(*session, actor.person); !admitted.ok()) {
      return Refused{std::move(admitted)};
    }
    const Entry entry = EntryFor(session->instant_confirmation);
    Booking booking = {.id = create.booking_id,
                       .session_id = session->id,
                       .session_name = session->name,
                       .session_title = session->title,
                       .applicant = actor.person,
                       .host = session->host,
                       .department = session->department,
                       .state = entry.state,
                       .version = 1,
                       .start_time = session->start_time,
                       .end_time = session->end_time,
                       .create_time = now_,
                       .update_time = now_,
                       .reason = ""};
    AddHeld(session->id, HoldsSeat(booking.state) ? 1 : 0);
    const auto [row, added] = bookings_.emplace(booking.id, Row{booking, std::nullopt});
    created_by_[actor.person].push_back(&row->second.booking);
    Record(booking, std::nullopt, Party::kApplicant, actor, entry.why);
    return Done{std::move(booking)};
  }

  Outcome TakeStep(const Actor& actor, const StepCommand& step) {
    const Booking* seen = FindBooking(step.booking_id);
    if (seen == nullptr || !MaySee(actor, *seen)) return Refused{BookingUnknown(step.booking_id)};
    const auto party = PartyFor(actor, *seen, step.step);
    if (!party.has_value()) return Refused{NotYourStep(*seen, step.step)};
    if (step.expected_version.has_value() && *step.expected_version != seen->version) {
      return Refused{EtagMismatch(*seen)};
    }
    const Transition* transition = FindTransition(seen->state, step.step, *party);
    if (transition == nullptr) return Refused{StateConflict(*seen, step.step)};
    if (transition->only_before_start && now_ >= seen->start_time) {
      return Refused{SessionPast(seen->session_name)};
    }
    const BookingState from = seen->state;
    AddHeld(seen->session_id, (HoldsSeat(transition->to) ? 1 : 0) - (HoldsSeat(from) ? 1 : 0));
    const auto [row, added] = bookings_.try_emplace(seen->id, Row{*seen, seen->version});
    Booking& booking = row->second.booking;
    booking.state = transition->to;
    booking.version += 1;
    booking.update_time = now_;
    booking.reason = step.reason;
    Record(booking, from, *party, actor, transition->why);
    return Done{booking};
  }

  void Record(const Booking& booking, std::optional<BookingState> from, Party party,
              const Actor& actor, absl::string_view why) {
    decision_.transitions.push_back({booking, from, party, actor.person, std::string(why)});
  }

  const Session* FindSession(const std::string& id) const {
    const auto changed = sessions_.find(id);
    return changed != sessions_.end() ? &changed->second : snapshot_.FindSession(id);
  }

  const Booking* FindBooking(const std::string& id) const {
    const auto changed = bookings_.find(id);
    return changed != bookings_.end() ? &changed->second.booking : snapshot_.FindBooking(id);
  }

  std::vector<const Booking*> LiveBookingsOf(const std::string& person) const {
    std::vector<const Booking*> live;
    for (const Booking* booking : snapshot_.LiveBookingsOf(person)) {
      const Booking* now = FindBooking(booking->id);
      if (IsLive(now->state)) live.push_back(now);
    }
    if (const auto created = created_by_.find(person); created != created_by_.end()) {
      for (const Booking* booking : created->second) {
        if (IsLive(booking->state)) live.push_back(booking);
      }
    }
    return live;
  }

  void AddHeld(const std::string& session_id, int seats) {
    if (seats == 0) return;
    auto row = sessions_.find(session_id);
    if (row == sessions_.end()) {
      row = sessions_.emplace(session_id, *snapshot_.FindSession(session_id)).first;
    }
    row->second.held += seats;
  }

  const Snapshot& snapshot_;
  const absl::Span<const Command> commands_;
  const absl::Time now_;
  // What differs from the snapshot, in the order of ids: every writer takes row locks in one order.
  std::map<std::string, Session> sessions_;
  std::map<std::string, Row> bookings_;
  absl::flat_hash_map<std::string, std::vector<const Booking*>> created_by_;
  // The commands of this batch that were done, by request.
  absl::flat_hash_map<RequestKey, size_t> done_here_;
  Decision decision_;
};

}  // namespace

Decision Decide(const Snapshot& snapshot, absl::Span<const Command> commands) {
  Decider decider(snapshot, commands);
  for (size_t i = 0; i < commands.size(); ++i) decider.Take(i);
  return std::move(decider).Finish();
}

Outcome DecideAlone(const Snapshot& snapshot, const Command& command) {
  return Decide(snapshot, absl::MakeConstSpan(&command, 1)).outcomes.front();
}

}  // namespace dm::booking
