#include "services/booking/ledger/batch_writer.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "common/events/outbox.h"
#include "services/booking/domain/refusals.h"
#include "services/booking/ledger/ledger_events.h"
#include "services/booking/store/decision_store.h"
#include "services/booking/store/ledger_snapshot.h"
#include "services/booking/store/similar_sessions.h"

#include <optional>
#include <utility>

namespace dm::booking {
namespace {

// For a whole batch, whoever waits for it: its callers' own deadlines were looked at before.
constexpr absl::Duration kTransactionTime = absl::Seconds(5);

// Whether one command of a batch may be to blame, so that each is worth a try alone. A lost
// connection or a deadline would only happen again.
bool MayBeOneCommand(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      return false;
    default:
      return true;
  }
}

// The session that the command wants a seat of; empty for none.
std::string WantedSession(const Command& command) {
  if (const auto* create = std::get_if<CreateCommand>(&command.what)) return create->session_name;
  const auto* move = std::get_if<RescheduleCommand>(&command.what);
  return move == nullptr ? "" : move->session_name;
}

// What a constraint says that the decision did not: another process's commit came between.
absl::Status Explain(const absl::Status& status, const Command& command) {
  const std::string constraint = database::ViolatedConstraint(status);
  const std::string wanted = WantedSession(command);
  if (constraint.empty() || wanted.empty()) return status;
  if (constraint == "bookings_one_live_per_session") return AlreadyBooked(wanted);
  if (constraint == "bookings_no_overlap") return Overlap(wanted);
  if (constraint == "sessions_held_within_capacity") {
    Session session;
    session.name = wanted;
    return SessionFull(session);
  }
  return status;
}

// What is offered instead to who lost a booking. Asks the database only when somebody did.
SimilarNames FindSimilar(database::Transaction& transaction,
                         const std::vector<TransitionRecord>& transitions, absl::Time now) {
  std::vector<size_t> indices;
  std::vector<LostPlace> places;
  for (size_t i = 0; i < transitions.size(); ++i) {
    const Booking& booking = transitions[i].booking;
    const auto hosts = SimilarHostsAfter(booking.state, transitions[i].why);
    if (!hosts.has_value()) continue;
    indices.push_back(i);
    places.push_back({booking.session_id, booking.applicant, *hosts});
  }
  SimilarNames names;
  if (places.empty()) return names;
  const auto similar = FindSimilarSessions(transaction, places, now);
  for (size_t i = 0; i < similar.size(); ++i) {
    for (const Session& session : similar[i]) names[indices[i]].push_back(session.name);
  }
  return names;
}

// Of the commands that were done; the first of a session stands for what else happened in it.
Causes CausesOf(const Decision& decision, absl::Span<const std::string> traces) {
  Causes causes;
  for (size_t i = 0; i < decision.outcomes.size(); ++i) {
    const auto* done = std::get_if<Done>(&decision.outcomes[i]);
    if (done == nullptr) continue;
    causes.try_emplace(absl::StrCat("bookings/", done->booking.id), traces[i]);
    causes.try_emplace(done->booking.session_name, traces[i]);
  }
  return causes;
}

}  // namespace

BatchWriter::BatchWriter(database::Database* database, const Clock* clock,
                         Ledger::TermsSource terms, Ledger::Serialize serialize,
                         std::function<void()> after_commit)
    : database_(database),
      clock_(clock),
      terms_(std::move(terms)),
      serialize_(std::move(serialize)),
      after_commit_(std::move(after_commit)) {}

BatchWriter::Answers BatchWriter::Write(const std::vector<Command>& commands,
                                        absl::Span<const std::string> traces,
                                        bool try_reading_first) const {
  if (try_reading_first) {
    absl::StatusOr<Answers> answers = Read(commands);
    if (answers.ok() && !answers->empty()) return *std::move(answers);
  }
  absl::StatusOr<Answers> answers = Commit(commands, traces);
  if (answers.ok()) return *std::move(answers);
  Answers alone;
  const bool apart = MayBeOneCommand(answers.status());
  for (size_t i = 0; i < commands.size(); ++i) {
    alone.push_back(apart ? CommitAlone(commands[i], traces[i]) : answers.status());
  }
  return alone;
}

// Empty when there is something to write.
absl::StatusOr<BatchWriter::Answers> BatchWriter::Read(const std::vector<Command>& commands) const {
  const absl::Time now = clock_->Now();
  const Terms terms = terms_();
  return database_->Read(
      now + kTransactionTime, [&](database::Transaction& transaction) -> absl::StatusOr<Answers> {
        const Decision decision =
            Decide(LoadSnapshot(transaction, commands, now, Locking::kNone), terms, commands);
        return decision.WritesNothing() ? ToAnswers(decision) : Answers();
      });
}

absl::StatusOr<BatchWriter::Answers> BatchWriter::Commit(
    const std::vector<Command>& commands, absl::Span<const std::string> traces) const {
  bool wrote = false;
  const Terms terms = terms_();
  const absl::Time deadline = clock_->Now() + kTransactionTime;
  absl::StatusOr<Answers> answers = database_->Write(
      deadline, [&](database::Transaction& transaction) -> absl::StatusOr<Answers> {
        const absl::Time now = clock_->Now();
        const Decision decision =
            Decide(LoadSnapshot(transaction, commands, now, Locking::kForUpdate), terms, commands);
        Answers given = ToAnswers(decision);
        wrote = !decision.WritesNothing();
        if (!wrote) return given;
        std::vector<AnsweredRequest> kept;
        for (size_t i = 0; i < commands.size(); ++i) {
          const auto* done = std::get_if<Done>(&decision.outcomes[i]);
          if (commands[i].request_id.empty() || done == nullptr) continue;
          const std::string& applicant = done->booking.applicant;
          const bool own = applicant == commands[i].actor.person;
          kept.push_back({&commands[i], *given[i], own ? "" : applicant});
        }
        const absl::Status stored = StoreDecision(transaction, decision, kept, now);
        if (!stored.ok()) return stored;
        // After what is stored: seats that this batch took are no longer free.
        const SimilarNames similar = FindSimilar(transaction, decision.transitions, now);
        events::AppendToOutbox(transaction, EventsOf(decision, similar, CausesOf(decision, traces)),
                               traces[0], now);
        return given;
      });
  if (answers.ok() && wrote && after_commit_) after_commit_();
  return answers;
}

absl::StatusOr<std::string> BatchWriter::CommitAlone(const Command& command,
                                                     const std::string& trace) const {
  absl::StatusOr<Answers> answers = Commit({command}, {trace});
  // Somebody else answered this very request, or took a step, in this moment: once more, and the
  // decision sees it.
  const std::string constraint = database::ViolatedConstraint(answers.status());
  if (absl::IsAborted(answers.status()) || constraint == "answered_requests_pkey") {
    answers = Commit({command}, {trace});
  }
  if (!answers.ok()) return Explain(answers.status(), command);
  return std::move((*answers)[0]);
}

BatchWriter::Answers BatchWriter::ToAnswers(const Decision& decision) const {
  Answers answers;
  answers.reserve(decision.outcomes.size());
  for (const Outcome& outcome : decision.outcomes) {
    if (const auto* refused = std::get_if<Refused>(&outcome)) {
      answers.emplace_back(refused->status);
    } else if (const auto* done = std::get_if<Done>(&outcome)) {
      answers.emplace_back(serialize_(done->booking));
    } else if (std::holds_alternative<Reviewed>(outcome)) {
      answers.emplace_back(std::string());
    } else if (const auto* replayed = std::get_if<Replayed>(&outcome)) {
      answers.emplace_back(replayed->answer);
    } else {
      // An earlier command of this batch, so it is there.
      answers.push_back(answers[std::get<SameAs>(outcome).command]);
    }
  }
  return answers;
}

}  // namespace dm::booking
