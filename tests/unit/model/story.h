#pragma once

#include "absl/strings/str_cat.h"
#include "services/booking/domain/transitions.h"
#include "tests/model/evidence.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace dm::model {

// Tells a run step by step, each committed by itself, and keeps all evidence of it in agreement.
// Nothing is checked: whoever tells of two people on one seat gets evidence of that.
class Story {
 public:
  using State = booking::BookingState;

  static absl::Time At(int second) { return absl::FromUnixSeconds(1'900'000'000 + second); }

  // A session that lasts two hours, from so many hours after the beginning of time.
  Story& Session(const std::string& id, int seats, int start_hour = 100) {
    booking::Session session;
    session.id = id;
    session.start_time = At(3600 * start_hour);
    session.end_time = At(3600 * (start_hour + 2));
    sessions_[id] = session;
    return Announce(id, seats);
  }

  Story& Announce(const std::string& id, int seats, bool open = true) {
    sessions_[id].announced_capacity = seats;
    sessions_[id].open = open;
    evidence_.announcements.push_back({.position = static_cast<int64_t>(evidence_.events.size()),
                                       .session = id,
                                       .capacity = seats,
                                       .open = open,
                                       .cancelled = false,
                                       .invoked = At(now_ + 1),
                                       .answered = At(now_ + 3)});
    now_ += 10;
    return *this;
  }

  // A person asks for a booking of the id and gets it in that state.
  Story& Make(const std::string& id, const std::string& person, const std::string& session,
              State state) {
    Ask ask = AskOf(person, Verb::kCreate, session);
    ask.join_waitlist = state == State::kWaitlisted;
    const char* why = state == State::kWaitlisted  ? "JOINED_WAITLIST"
                      : state == State::kConfirmed ? "CONFIRMED_AT_ONCE"
                                                   : "REQUESTED";
    Step(id, ask.person, "APPLICANT", session, state, why);
    Answered(ask, id);
    return *this;
  }

  Story& Cancel(const std::string& id) {
    booking::Booking& known = bookings_.at(id);
    Ask ask = AskOf(known.applicant, Verb::kCancel, known.session_id);
    ask.booking = id;
    Step(id, ask.person, "APPLICANT", known.session_id, State::kCancelled, "APPLICANT_CANCELLED");
    Answered(ask, id);
    return *this;
  }

  Story& Confirm(const std::string& id) {
    booking::Booking& known = bookings_.at(id);
    Ask ask = AskOf(known.applicant, Verb::kConfirm, known.session_id);
    ask.booking = id;
    Step(id, ask.person, "APPLICANT", known.session_id, State::kPendingHost, "OFFER_TAKEN");
    Answered(ask, id);
    return *this;
  }

  // The ledger offers a seat to a booking that waits.
  Story& Offer(const std::string& id) {
    Step(id, "system", "SYSTEM", bookings_.at(id).session_id, State::kOffered, "SEAT_FREED");
    now_ += 10;
    return *this;
  }

  Story& Refuse(const std::string& person, const std::string& session, const char* refusal) {
    Invocation one = {.ask = AskOf(person, Verb::kCreate, session), .answer = {}};
    one.invoked = At(now_ + 1);
    one.answered = At(now_ + 3);
    one.answer.result = Result::kRefused;
    one.answer.refusal = refusal;
    evidence_.invocations.push_back(std::move(one));
    now_ += 10;
    return *this;
  }

  // The last request that was answered is sent once more and answered alike.
  Story& Again() {
    Invocation again = evidence_.invocations.back();
    again.invoked = At(now_ + 1);
    again.answered = At(now_ + 3);
    evidence_.invocations.push_back(std::move(again));
    now_ += 10;
    return *this;
  }

  Evidence Told() const {
    Evidence told = evidence_;
    told.feed_counter = static_cast<int64_t>(told.events.size());
    std::vector<int64_t> read;
    for (const EventRow& event : told.events) read.push_back(event.seq);
    told.read = read;
    for (const auto& [id, booking] : bookings_) told.bookings.push_back(booking);
    for (auto [id, session] : sessions_) {
      for (const auto& [booking_id, booking] : bookings_) {
        if (booking.session_id != id) continue;
        session.held += HoldsSeat(booking.state) ? 1 : 0;
        session.waitlisted += booking.state == State::kWaitlisted ? 1 : 0;
      }
      told.sessions.push_back(session);
    }
    std::sort(told.transitions.begin(), told.transitions.end(),
              [](const TransitionRow& a, const TransitionRow& b) {
                return std::pair(a.booking, a.version) < std::pair(b.booking, b.version);
              });
    told.end = At(now_ + 10);
    return told;
  }

 private:
  Ask AskOf(const std::string& person, Verb verb, const std::string& session) {
    Ask ask;
    ask.person = person;
    ask.verb = verb;
    ask.session = session;
    ask.request_id = absl::StrCat("request-", ++requests_);
    return ask;
  }

  void Step(const std::string& id, const std::string& person, const char* party,
            const std::string& session, State to, const char* why) {
    booking::Booking& booking = bookings_[id];
    const bool made = booking.id.empty();
    const std::optional<State> from = made ? std::nullopt : std::optional(booking.state);
    if (made) {
      booking.id = id;
      booking.session_id = session;
      booking.applicant = person;
      booking.version = 0;
      booking.start_time = sessions_[session].start_time;
      booking.end_time = sessions_[session].end_time;
    }
    ++booking.version;
    booking.state = to;
    booking.why = why;
    evidence_.transitions.push_back({.booking = id,
                                     .version = booking.version,
                                     .at = At(now_ + 2),
                                     .person = person,
                                     .party = party,
                                     .from = from,
                                     .to = to,
                                     .why = why});
    evidence_.events.push_back({.seq = static_cast<int64_t>(evidence_.events.size()) + 1,
                                .what = BookingStep{.booking = id,
                                                    .session = session,
                                                    .applicant = booking.applicant,
                                                    .from = from,
                                                    .to = to,
                                                    .version = booking.version,
                                                    .why = why,
                                                    .start_time = booking.start_time,
                                                    .end_time = booking.end_time,
                                                    .related = ""}});
  }

  void Answered(const Ask& ask, const std::string& id) {
    const booking::Booking& booking = bookings_.at(id);
    Invocation one = {.ask = ask, .answer = {}};
    one.invoked = At(now_ + 1);
    one.answered = At(now_ + 3);
    one.answer.result = Result::kOk;
    one.answer.bytes = absl::StrCat(id, "@", booking.version);
    one.answer.booking = id;
    one.answer.version = booking.version;
    one.answer.state = booking.state;
    evidence_.answers.push_back(
        {ask.person, ask.request_id, one.answer.bytes, id, booking.version, booking.state});
    evidence_.invocations.push_back(std::move(one));
    now_ += 10;
  }

  Evidence evidence_;
  std::map<std::string, booking::Booking> bookings_;
  std::map<std::string, booking::Session> sessions_;
  int now_ = 0;
  int requests_ = 0;
};

}  // namespace dm::model
