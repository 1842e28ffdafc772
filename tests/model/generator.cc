#include "tests/model/generator.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include <utility>

namespace dm::model {
namespace {

using booking::BookingState;
using booking::Party;

constexpr size_t kMostRemembered = 1500;

size_t Index(std::mt19937& random, size_t size) {
  return std::uniform_int_distribution<size_t>(0, size - 1)(random);
}

bool IsOver(BookingState state) { return !IsLive(state); }

// As whom a verb is meant to be said.
Party PartyFor(Verb verb) {
  switch (verb) {
    case Verb::kAccept:
    case Verb::kDecline:
    case Verb::kAttended:
    case Verb::kApplicantAbsent:
      return Party::kHost;
    default:
      return Party::kApplicant;
  }
}

}  // namespace

void Knowledge::SetSessions(std::vector<std::string> sessions) {
  absl::MutexLock lock(&mutex_);
  sessions_ = std::move(sessions);
}

void Knowledge::Asked(const Ask& ask) {
  absl::MutexLock lock(&mutex_);
  asks_.push_back(ask);
  if (asks_.size() > kMostRemembered) asks_.pop_front();
}

void Knowledge::Heard(const Ask& ask, const Answer& answer) {
  absl::MutexLock lock(&mutex_);
  if (answer.result == Result::kOk) {
    Seen& seen = bookings_[answer.booking];
    if (seen.booking.empty()) {
      // Whoever makes one is its applicant.
      seen = {.booking = answer.booking, .session = answer.session, .person = ask.person};
      recent_.push_back(answer.booking);
    }
    if (answer.version > seen.version) {
      seen.version = answer.version;
      seen.state = answer.state;
    }
  } else if (answer.refused_in.has_value() && bookings_.contains(ask.booking)) {
    bookings_[ask.booking].state = *answer.refused_in;
  }
  while (recent_.size() > kMostRemembered) {
    bookings_.erase(recent_.front());
    recent_.pop_front();
  }
}

void Knowledge::Noticed(const BookingStep& step) {
  absl::MutexLock lock(&mutex_);
  const auto seen = bookings_.find(step.booking);
  if (seen == bookings_.end() || seen->second.version >= step.version) return;
  seen->second.version = step.version;
  seen->second.state = step.to;
}

std::string Knowledge::SomeSession(std::mt19937& random) const {
  absl::MutexLock lock(&mutex_);
  return sessions_.empty() ? "" : sessions_[Index(random, sessions_.size())];
}

Knowledge::Seen Knowledge::SomeBooking(std::mt19937& random) const {
  absl::MutexLock lock(&mutex_);
  Seen seen;
  // Mostly one that is not over.
  for (int tries = 0; tries < 4 && !recent_.empty(); ++tries) {
    seen = bookings_.at(recent_[Index(random, recent_.size())]);
    if (!IsOver(seen.state)) break;
  }
  return seen;
}

Ask Knowledge::SomeAsk(std::mt19937& random) const {
  absl::MutexLock lock(&mutex_);
  return asks_.empty() ? Ask() : asks_[Index(random, asks_.size())];
}

Ask Generator::Next() {
  if (Chance(20)) {
    Ask earlier = knowledge_->SomeAsk(random_);
    if (!earlier.request_id.empty()) return Again(std::move(earlier));
  }
  if (Chance(50)) return Create();
  const Knowledge::Seen seen = knowledge_->SomeBooking(random_);
  return seen.booking.empty() ? Create() : StepOn(seen);
}

// One in five with another body.
Ask Generator::Again(Ask ask) {
  if (!Chance(20)) return ask;
  if (ask.verb == Verb::kCreate) {
    ask.join_waitlist = !ask.join_waitlist;
  } else if (Chance(50)) {
    ask.verb = ask.verb == Verb::kCancel ? Verb::kConfirm : Verb::kCancel;
  } else {
    ++ask.expected_version;
  }
  return ask;
}

Ask Generator::Create() {
  Ask ask;
  ask.person = people_[static_cast<size_t>(Pick(static_cast<int>(people_.size())))];
  ask.verb = Verb::kCreate;
  ask.session = knowledge_->SomeSession(random_);
  ask.join_waitlist = Chance(20);
  ask.request_id = NewRequestId();
  return ask;
}

Ask Generator::StepOn(const Knowledge::Seen& seen) {
  Ask ask;
  ask.verb = VerbFor(seen.state);
  ask.party = PartyFor(ask.verb);
  if (ask.verb == Verb::kCancel && Chance(15)) ask.party = Party::kHost;
  if (ask.party != Party::kApplicant && ask.verb != Verb::kAccept && ask.verb != Verb::kDecline &&
      Chance(30)) {
    ask.party = Party::kAgency;
  }
  ask.person = ask.party == Party::kApplicant ? seen.person
               : ask.party == Party::kHost    ? "people/hote"
                                              : "people/agence";
  ask.booking = seen.booking;
  ask.session = ask.verb == Verb::kReschedule ? knowledge_->SomeSession(random_) : seen.session;
  if (Chance(25)) ask.expected_version = seen.version;
  if (Chance(10)) ask.reason = "Malade";
  ask.request_id = NewRequestId();
  return ask;
}

Verb Generator::VerbFor(BookingState state) {
  constexpr Verb kAny[] = {Verb::kAccept,     Verb::kDecline,   Verb::kConfirm,
                           Verb::kCancel,     Verb::kAttended,  Verb::kApplicantAbsent,
                           Verb::kReschedule, Verb::kHostAbsent};
  const int chance = Pick(100);
  if (chance < 8) return kAny[Pick(8)];
  switch (state) {
    case BookingState::kWaitlisted:
      return chance < 15 ? Verb::kConfirm : Verb::kCancel;
    case BookingState::kOffered:
      return chance < 75 ? Verb::kConfirm : Verb::kCancel;
    case BookingState::kPendingHost:
      return chance < 50   ? Verb::kAccept
             : chance < 65 ? Verb::kDecline
             : chance < 85 ? Verb::kCancel
                           : Verb::kReschedule;
    case BookingState::kConfirmed:
      return chance < 45   ? Verb::kCancel
             : chance < 80 ? Verb::kReschedule
             : chance < 92 ? Verb::kAttended
                           : Verb::kApplicantAbsent;
    default:
      return kAny[Pick(8)];
  }
}

std::string Generator::NewRequestId() {
  return absl::StrFormat("%08x-%04x-4%03x-8%03x-%08x%04x", random_(), random_() & 0xffffu,
                         random_() & 0xfffu, random_() & 0xfffu, random_(), random_() & 0xffffu);
}

Generators::Generators(uint32_t seed, int clients, const std::vector<std::string>& people,
                       Knowledge* knowledge)
    : knowledge_(knowledge) {
  for (int client = 0; client < clients; ++client) {
    generators_.emplace_back(seed * 7919u + static_cast<uint32_t>(client), people, knowledge);
  }
}

Ask Generators::Next(size_t client) {
  Ask ask = generators_[client].Next();
  knowledge_->Asked(ask);
  return ask;
}

}  // namespace dm::model
