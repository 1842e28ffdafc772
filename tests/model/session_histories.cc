#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "tests/model/checks.h"
#include "tests/model/session_model.h"

#include <optional>
#include <set>
#include <utility>

namespace dm::model {
namespace {

using Kind = SessionOp::Kind;
using StepKey = std::pair<std::string, int64_t>;

// More than any run needs whose order is about that of its commits.
constexpr size_t kMostConfigurations = 100'000;
// Sessions without an explanation: there is no need to look for more.
constexpr int kMostFailures = 3;

// When one request took effect, at the earliest and at the latest.
struct Window {
  absl::Time invoked = absl::InfiniteFuture();
  absl::Time answered = absl::InfiniteFuture();
  const Ask* ask = nullptr;
};

class Builder {
 public:
  explicit Builder(const Evidence& evidence) : evidence_(evidence) {}

  std::map<std::string, SessionHistory> Build() && {
    NumberBookings();
    for (const Announcement& told : evidence_.announcements) AddAnnouncement(told);
    for (const Invocation& one : evidence_.invocations) {
      Widen(one);
      if (one.answer.result == Result::kRefused) AddRefusal(one);
    }
    MapAnswers();
    for (const EventRow& event : evidence_.events) {
      if (const auto* step = std::get_if<BookingStep>(&event.what)) AddStep(event.seq, *step);
    }
    return std::move(histories_);
  }

 private:
  void NumberBookings() {
    for (const TransitionRow& row : evidence_.transitions) rows_[{row.booking, row.version}] = &row;
    for (const EventRow& event : evidence_.events) {
      const auto* step = std::get_if<BookingStep>(&event.what);
      if (step == nullptr || step->from.has_value()) continue;
      SessionHistory& history = histories_[step->session];
      const size_t number = history.start.bookings.size();
      if (!numbers_.emplace(step->booking, number).second) continue;
      history.start.bookings.emplace_back();
      sessions_[step->booking] = step->session;
      theirs_[{step->applicant, step->session}].push_back(number);
      made_[step->applicant].push_back(step);
    }
    for (const auto& [person, steps] : made_) {
      for (const BookingStep* one : steps) {
        for (const BookingStep* other : steps) {
          const bool clash = one->start_time < other->end_time && other->start_time < one->end_time;
          if (one->session == other->session || !clash) continue;
          histories_[one->session].start.bookings[numbers_[one->booking]].passable = true;
        }
      }
    }
  }

  void AddAnnouncement(const Announcement& told) {
    SessionOp op;
    op.kind = Kind::kAnnounced;
    op.seats = told.capacity;
    op.open = told.open && !told.cancelled;
    op.text = absl::StrCat("the host tells ", told.capacity, " seats");
    // Twice the numbers of the feed, so that there is room between two of them.
    histories_[told.session].calls.push_back(
        {op, told.invoked, told.answered, false, 2 * told.position + 1});
  }

  void Widen(const Invocation& one) {
    if (one.answer.result == Result::kRefused) return;
    Window& window = windows_[{one.ask.person, one.ask.request_id}];
    window.invoked = std::min(window.invoked, one.invoked);
    if (one.answer.result == Result::kOk) {
      window.answered = std::min(window.answered, one.answered);
      window.ask = &one.ask;
    } else if (window.ask == nullptr) {
      window.ask = &one.ask;
    }
  }

  void MapAnswers() {
    for (const AnswerRow& row : evidence_.answers) {
      const auto window = windows_.find({row.person, row.request_id});
      if (window != windows_.end()) effects_[{row.booking, row.version}] = window->second;
    }
  }

  void AddRefusal(const Invocation& one) {
    SessionOp op;
    op.text = absl::StrCat(ToText(one.ask), " refused: ", one.answer.refusal);
    std::string session = one.ask.session;
    const std::string& refusal = one.answer.refusal;
    if (refusal == "SESSION_FULL") {
      op.kind = Kind::kFull;
    } else if (refusal == "SESSION_CLOSED") {
      op.kind = Kind::kClosed;
    } else if (refusal == "ALREADY_BOOKED") {
      op.kind = Kind::kAlreadyBooked;
      const auto theirs = theirs_.find({one.ask.person, session});
      if (theirs != theirs_.end()) op.theirs = theirs->second;
      // Who moves within a session is told so too, whatever else they have there.
      if (one.ask.verb == Verb::kReschedule) return;
    } else if (refusal == "STATE_CONFLICT" || refusal == "ETAG_MISMATCH") {
      const auto number = numbers_.find(one.ask.booking);
      if (number == numbers_.end()) return;
      op.booking = number->second;
      session = sessions_.at(one.ask.booking);
      if (refusal == "ETAG_MISMATCH") {
        op.kind = Kind::kOutdated;
        op.version = one.ask.expected_version;
      } else {
        if (!one.answer.refused_in.has_value()) return;
        op.kind = Kind::kConflict;
        op.to = *one.answer.refused_in;
      }
    } else {
      // It is about more than one session, or about the time.
      return;
    }
    histories_[session].calls.push_back({std::move(op), one.invoked, one.answered, false, 0});
  }

  void AddStep(int64_t seq, const BookingStep& step) {
    const auto number = numbers_.find(step.booking);
    if (number == numbers_.end()) return;
    SessionOp op;
    op.booking = number->second;
    op.to = step.to;
    op.version = step.version;
    op.text = absl::StrCat(step.booking, " ", step.why, " at version ", step.version);
    Window window;
    const auto row = rows_.find({step.booking, step.version});
    const bool by_system =
        row == rows_.end() || row->second->party == PartyName(booking::Party::kSystem);
    const bool left = step.from.has_value() && !step.related.empty();
    if (by_system) {
      window.invoked = row == rows_.end() ? absl::InfinitePast() : row->second->at;
      op.party = booking::Party::kSystem;
      op.step = step.to == booking::BookingState::kOffered ? booking::Step::kOffer
                                                           : booking::Step::kReview;
    } else {
      const auto effect =
          effects_.find(left ? StepKey(step.related, 1) : StepKey(step.booking, step.version));
      if (effect != effects_.end()) window = effect->second;
      if (window.ask == nullptr) window.invoked = absl::InfinitePast();
      if (window.ask != nullptr) {
        op.party = window.ask->party;
        op.step = StepOf(window.ask->verb);
        op.text = absl::StrCat(ToText(*window.ask), ": ", op.text);
      }
    }
    op.kind = step.from.has_value() ? Kind::kMoved : Kind::kMade;
    if (op.kind == Kind::kMade) op.theirs = theirs_[{step.applicant, step.session}];
    histories_[step.session].calls.push_back(
        {std::move(op), window.invoked, window.answered, false, 2 * seq});
  }

  const Evidence& evidence_;
  std::map<std::string, SessionHistory> histories_;
  absl::flat_hash_map<StepKey, const TransitionRow*> rows_;
  absl::flat_hash_map<std::string, size_t> numbers_;
  absl::flat_hash_map<std::string, std::string> sessions_;
  absl::flat_hash_map<std::pair<std::string, std::string>, std::vector<size_t>> theirs_;
  absl::flat_hash_map<std::string, std::vector<const BookingStep*>> made_;
  absl::flat_hash_map<std::pair<std::string, std::string>, Window> windows_;
  absl::flat_hash_map<StepKey, Window> effects_;
};

}  // namespace

std::map<std::string, SessionHistory> SessionHistories(const Evidence& evidence) {
  return Builder(evidence).Build();
}

void CheckLinearizable(const Evidence& evidence, Report* report) {
  int failures = 0;
  for (auto& [session, history] : SessionHistories(evidence)) {
    LinearizabilitySearch<SessionModel> search(std::move(history.calls), std::move(history.start),
                                               kMostConfigurations);
    const Verdict verdict = search.Run();
    if (verdict == Verdict::kLinearizable) continue;
    if (++failures > kMostFailures) return;
    std::string stuck;
    for (const SessionOp& op : search.Stuck()) absl::StrAppend(&stuck, "\n    ", op.text);
    report->Add(
        "linearizable",
        absl::StrCat("session ", session,
                     verdict == Verdict::kNot ? " has no sequential explanation" : " was given up",
                     "; stuck at:", stuck));
  }
}

void CheckRealTime(const Evidence& evidence, Report* report) {
  for (const auto& [session, history] : SessionHistories(evidence)) {
    std::vector<const Call<SessionOp>*> committed;
    for (const Call<SessionOp>& call : history.calls) {
      if (!SessionModel::Reads(call.op)) committed.push_back(&call);
    }
    std::stable_sort(committed.begin(), committed.end(),
                     [](const auto* a, const auto* b) { return a->rank < b->rank; });
    const Call<SessionOp>* latest = nullptr;
    for (const Call<SessionOp>* call : committed) {
      if (latest != nullptr && call->answered < latest->invoked) {
        report->Add("real time",
                    absl::StrCat("in ", session, ": ", call->op.text,
                                 " was answered before, and came after ", latest->op.text));
      }
      if (latest == nullptr || call->invoked > latest->invoked) latest = call;
    }
  }
}

}  // namespace dm::model
