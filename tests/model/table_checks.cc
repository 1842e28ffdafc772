#include "absl/strings/str_cat.h"
#include "tests/model/checks.h"

#include <map>

namespace dm::model {
namespace {

using booking::BookingState;

void CheckCounters(const Evidence& evidence, Report* report) {
  std::map<std::string, int> held, waiting;
  for (const booking::Booking& booking : evidence.bookings) {
    if (HoldsSeat(booking.state)) ++held[booking.session_id];
    if (booking.state == BookingState::kWaitlisted) ++waiting[booking.session_id];
  }
  for (const booking::Session& session : evidence.sessions) {
    if (session.held != held[session.id] || session.waitlisted != waiting[session.id]) {
      report->Add("counters",
                  absl::StrCat("session ", session.id, " says ", session.held, " held and ",
                               session.waitlisted, " waiting, bookings say ", held[session.id],
                               " and ", waiting[session.id]));
    }
  }
}

void CheckFeed(const Evidence& evidence, Report* report) {
  int64_t expected = 0;
  for (const EventRow& event : evidence.events) {
    if (event.seq != ++expected) {
      report->Add("feed", absl::StrCat("number ", expected, " is missing before ", event.seq));
      expected = event.seq;
    }
  }
  if (evidence.feed_counter != expected) {
    report->Add("feed", absl::StrCat("the counter says ", evidence.feed_counter,
                                     ", the last number is ", expected));
  }
  if (!evidence.read.has_value()) return;
  std::map<int64_t, int> times;
  int64_t last = 0;
  for (const int64_t seq : *evidence.read) {
    ++times[seq];
    if (seq < last) report->Add("reader", absl::StrCat("the reader got ", seq, " after ", last));
    last = seq;
  }
  for (const EventRow& event : evidence.events) {
    if (times[event.seq] == 1) continue;
    report->Add("reader",
                absl::StrCat("the reader got ", event.seq, " ", times[event.seq], " times"));
  }
}

// What ran out, or went with its session, is over.
void CheckOverdue(const Evidence& evidence, Report* report) {
  std::map<std::string, const booking::Session*> sessions;
  for (const booking::Session& session : evidence.sessions) sessions[session.id] = &session;
  for (const booking::Booking& booking : evidence.bookings) {
    if (!IsLive(booking.state)) continue;
    if (booking.expire_time.has_value() && *booking.expire_time <= evidence.end) {
      report->Add("settled", absl::StrCat(booking.id, " ran out and is still ",
                                          BookingStateName(booking.state)));
    }
    const auto session = sessions.find(booking.session_id);
    if (session != sessions.end() && session->second->cancelled) {
      report->Add("settled", absl::StrCat(booking.id, " is live in a session that is cancelled"));
    }
  }
}

}  // namespace

void CheckTables(const Evidence& evidence, Report* report) {
  CheckCounters(evidence, report);
  CheckFeed(evidence, report);
  CheckOverdue(evidence, report);
  if (evidence.deadlocks > 0) {
    report->Add("deadlock", absl::StrCat(evidence.deadlocks, " transactions"));
  }
  if (!evidence.left_undone.empty()) report->Add("due", evidence.left_undone);
}

Report CheckAll(const Evidence& evidence) {
  Report report;
  CheckReplay(evidence, &report);
  CheckTrail(evidence, &report);
  CheckRequests(evidence, &report);
  CheckTables(evidence, &report);
  CheckRealTime(evidence, &report);
  CheckLinearizable(evidence, &report);
  return report;
}

}  // namespace dm::model
