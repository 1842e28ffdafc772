#pragma once

#include "absl/time/time.h"
#include "services/booking/domain/booking_state.h"
#include "services/booking/domain/scheme.h"
#include "services/booking/domain/session_kind.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dm::booking {

// A dated run of an offer or a meeting, as booking learned it from the feeds, and its seats.
struct Session {
  // UUID, the last segment of `name`.
  std::string id;
  // "offers/{offer}/sessions/{session}" or "ambassadors/{ambassador}/sessions/{session}".
  std::string name;
  // "companies/{siret}" or "ambassadors/{ambassador}".
  std::string host;
  std::string title;
  // Code of the département where it takes place; decides which agency sees its bookings.
  std::string department;
  absl::Time start_time;
  absl::Time end_time;
  // Seats that the host announces. May be below `held` after the host took seats away: nobody who
  // holds one loses it, and nobody is admitted before enough were given back.
  int announced_capacity = 0;
  // Seats held by bookings.
  int held = 0;
  bool instant_confirmation = false;
  bool open = true;
  // It will not take place.
  bool cancelled = false;
  SessionKind kind = SessionKind::kMiniStage;
  bool on_site = true;
  Chamber chamber = Chamber::kCci;
  // ROME code of the profession shown; empty when none is told.
  std::string profession;
  // Bookings in line for a seat.
  int waitlisted = 0;
  // What the next one in line gets; only ever raised, so that the order of the line is kept.
  int64_t next_line_number = 1;
  // Requests that its host takes in a month, over all its sessions; 0 for no limit.
  int monthly_request_quota = 0;
  // Only pupils of these schools may come (UAI); empty for everybody.
  std::vector<std::string> reserved_schools;
  // Only people from priority areas may come.
  bool priority_areas_only = false;

  // What outsiders are told: never less than is held.
  int capacity() const { return announced_capacity > held ? announced_capacity : held; }
  bool has_free_seat() const { return held < announced_capacity; }

  friend bool operator==(const Session&, const Session&) = default;
};

// One person's claim on one seat of one session, with what is shown of its session.
struct Booking {
  // UUIDv7.
  std::string id;
  std::string session_id;
  std::string session_name;
  std::string session_title;
  // "people/{subject}".
  std::string applicant;
  // As in Session.
  std::string host;
  std::string department;
  BookingState state = BookingState::kPendingHost;
  // 1 when made, raised by 1 at each step.
  int64_t version = 1;
  absl::Time start_time;
  absl::Time end_time;
  absl::Time create_time;
  absl::Time update_time;
  // Why it was declined or cancelled, in the words of who did it: free text that a person wrote,
  // never to be logged or sent in an event.
  std::string reason;
  // Why it is in this state: the word of its last transition.
  std::string why;
  Scheme scheme = Scheme::kMiniStageCci;
  // As in Session.
  std::string profession;
  // Place in the order of the line; 0 for who never stood in it.
  int64_t line_number = 0;
  // When this state runs out by itself.
  std::optional<absl::Time> expire_time;
  // When the ledger must look at it again; absent when nothing is due.
  std::optional<absl::Time> review_time;
  // An agreement must be validated before the session starts; whether it is.
  bool agreement_needed = false;
  bool agreement_validated = false;
  // The id of the booking whose place this one took; empty for none.
  std::string rescheduled_from;
  // Whether it counts among the requests of its host in the month in which it was made: not when
  // another took its place, nor when it ended before the host had to answer (host_terms.h).
  bool counted = true;

  friend bool operator==(const Booking&, const Booking&) = default;
};

}  // namespace dm::booking
