#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "tests/model/checks.h"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

namespace dm::model {
namespace {

using booking::BookingState;
using booking::BookingStateName;
using booking::HoldsSeat;
using booking::IsLive;

struct Place {
  BookingStep last;
  // Its person has a seat elsewhere instead, in this very transaction.
  bool leaving = false;
};

struct Seats {
  int announced = 0;
  bool open = false;
  int held = 0;
  // Who waits, in the order in which they came.
  std::vector<std::string> line;
};

class Replay {
 public:
  Replay(const Evidence& evidence, Report* report) : evidence_(evidence), report_(report) {
    announcements_ = evidence.announcements;
    std::stable_sort(
        announcements_.begin(), announcements_.end(),
        [](const Announcement& a, const Announcement& b) { return a.position < b.position; });
  }

  void Run() {
    for (const EventRow& event : evidence_.events) {
      AnnounceBefore(event.seq);
      if (const auto* step = std::get_if<BookingStep>(&event.what)) Take(event.seq, *step);
      if (const auto* told = std::get_if<SeatsTold>(&event.what)) Compare(event.seq, *told);
    }
    AnnounceBefore(INT64_MAX);
    for (const auto& [id, other] : expected_leave_) {
      report_->Add("reschedule", absl::StrCat(other, " was made for ", id, ", which was kept"));
    }
    CheckSettled();
  }

 private:
  void AnnounceBefore(int64_t seq) {
    for (; announced_ < announcements_.size(); ++announced_) {
      const Announcement& told = announcements_[announced_];
      if (told.position >= seq) return;
      Seats& seats = sessions_[told.session];
      seats.announced = told.capacity;
      seats.open = told.open && !told.cancelled;
    }
  }

  void Take(int64_t seq, const BookingStep& step) {
    Seats& seats = sessions_[step.session];
    const auto known = places_.find(step.booking);
    const bool held = known != places_.end() && HoldsSeat(known->second.last.to);
    const bool waited =
        known != places_.end() && known->second.last.to == BookingState::kWaitlisted;
    if (known == places_.end()) CheckOneLive(seq, step);
    if (!step.related.empty()) Pair(seq, step);
    if (!held && HoldsSeat(step.to)) Admit(seq, step, seats, waited);
    // Also of who keeps a seat: the session may have moved.
    if (HoldsSeat(step.to)) CheckOverlap(seq, step);
    if (held && !HoldsSeat(step.to)) --seats.held;
    if (waited && step.to != BookingState::kWaitlisted) std::erase(seats.line, step.booking);
    if (!waited && step.to == BookingState::kWaitlisted) seats.line.push_back(step.booking);
    Place& place = places_[step.booking];
    place.last = step;
    std::vector<std::string>& theirs = of_person_[step.applicant];
    if (IsLive(step.to)) {
      if (std::find(theirs.begin(), theirs.end(), step.booking) == theirs.end()) {
        theirs.push_back(step.booking);
      }
    } else {
      std::erase(theirs, step.booking);
    }
  }

  void CheckOneLive(int64_t seq, const BookingStep& step) {
    for (const std::string& other : of_person_[step.applicant]) {
      if (places_[other].last.session == step.session && !places_[other].leaving) {
        report_->Add("one live booking", absl::StrCat("event ", seq, ": ", step.booking, " beside ",
                                                      other, " of ", step.applicant));
      }
    }
  }

  // The new booking of a rescheduling comes first, then the old one goes.
  void Pair(int64_t seq, const BookingStep& step) {
    if (!step.from.has_value()) {
      expected_leave_[step.related] = step.booking;
      places_[step.related].leaving = true;
      return;
    }
    const auto expected = expected_leave_.find(step.booking);
    if (expected == expected_leave_.end() || expected->second != step.related) {
      report_->Add("reschedule", absl::StrCat("event ", seq, ": ", step.booking, " was left for ",
                                              step.related, ", which was not made"));
    }
    expected_leave_.erase(step.booking);
  }

  void Admit(int64_t seq, const BookingStep& step, Seats& seats, bool from_line) {
    if (seats.held >= seats.announced) {
      report_->Add("capacity",
                   absl::StrCat("event ", seq, ": ", step.booking, " got seat ", seats.held + 1,
                                " of ", seats.announced, " in ", step.session));
    }
    ++seats.held;
    for (const std::string& waiting : seats.line) {
      if (waiting == step.booking) break;
      if (HoldsSeatThen(places_[waiting].last)) continue;
      report_->Add("line", absl::StrCat("event ", seq, ": ", step.booking,
                                        from_line ? " was offered a seat" : " came", " before ",
                                        waiting, " in ", step.session));
      break;
    }
  }

  void CheckOverlap(int64_t seq, const BookingStep& step) {
    for (const std::string& other : of_person_[step.applicant]) {
      const Place& place = places_[other];
      if (other != step.booking && !place.leaving && Clash(place.last, step)) {
        report_->Add("overlap", absl::StrCat("event ", seq, ": ", step.booking, " and ", other,
                                             " of ", step.applicant));
      }
    }
  }

  bool HoldsSeatThen(const BookingStep& waiting) {
    const std::vector<std::string>& theirs = of_person_[waiting.applicant];
    return std::any_of(theirs.begin(), theirs.end(), [&](const std::string& other) {
      return other != waiting.booking && Clash(places_[other].last, waiting);
    });
  }

  // Whether the first holds a seat at the time of the second.
  static bool Clash(const BookingStep& holder, const BookingStep& other) {
    return HoldsSeat(holder.to) && holder.start_time < other.end_time &&
           other.start_time < holder.end_time;
  }

  void Compare(int64_t seq, const SeatsTold& told) {
    const Seats& seats = sessions_[told.session];
    if (told.held != seats.held || told.capacity != std::max(seats.announced, seats.held)) {
      report_->Add("seats told", absl::StrCat("event ", seq, ": ", told.held, " of ", told.capacity,
                                              " held in ", told.session, ", while bookings hold ",
                                              seats.held, " of ", seats.announced));
    }
  }

  void CheckSettled() {
    for (const booking::Session& session : evidence_.sessions) {
      const Seats& seats = sessions_[session.id];
      if (!seats.open || evidence_.end >= session.start_time) continue;
      if (seats.held >= seats.announced) continue;
      for (const std::string& waiting : seats.line) {
        if (HoldsSeatThen(places_[waiting].last)) continue;
        report_->Add("settled", absl::StrCat(waiting, " waits in ", session.id, ", where ",
                                             seats.announced - seats.held, " seats are free"));
        break;
      }
    }
  }

  const Evidence& evidence_;
  Report* const report_;
  std::vector<Announcement> announcements_;
  size_t announced_ = 0;
  std::map<std::string, Seats> sessions_;
  absl::flat_hash_map<std::string, Place> places_;
  // Live bookings.
  absl::flat_hash_map<std::string, std::vector<std::string>> of_person_;
  // From the booking that is to be left to the one that was made for it.
  std::map<std::string, std::string> expected_leave_;
};

}  // namespace

void CheckReplay(const Evidence& evidence, Report* report) { Replay(evidence, report).Run(); }

}  // namespace dm::model
