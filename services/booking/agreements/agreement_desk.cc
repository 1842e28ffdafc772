#include "services/booking/agreements/agreement_desk.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "common/events/outbox.h"
#include "common/text/uuid.h"
#include "services/booking/agreements/agreement_events.h"
#include "services/booking/agreements/stay_document.h"
#include "services/booking/domain/agreement_refusals.h"
#include "services/booking/domain/refusals.h"
#include "services/booking/domain/signing.h"
#include "services/booking/store/booking_store.h"
#include "services/booking/store/signature_store.h"

#include <utility>

namespace dm::booking {
namespace {

using database::Transaction;

// Another transaction answered this very request, or made an agreement, in this moment.
bool IsRace(const absl::Status& status) {
  return database::ViolatedConstraint(status) == "answered_requests_pkey" ||
         absl::IsAborted(status);
}

}  // namespace

// What a transaction did, for what comes after its commit.
struct AgreementDesk::Outcome {
  std::vector<events::NewEvent> events;
  bool ledger_concerned = false;
};

absl::StatusOr<AgreementParty> AgreementDesk::PartyFor(const Actor& actor, const StayPaper& paper,
                                                       AgreementStep step) {
  const std::vector<AgreementParty> parties = AgreementPartiesOf(actor, paper.booking);
  if (parties.empty() || !paper.agreement.has_value()) return AgreementUnknown(paper.booking.id);
  std::optional<AgreementParty> chosen;
  for (const AgreementParty party : parties) {
    if (!MayTake(party, step)) continue;
    if (IsAgreementStepOf(paper.agreement->state, step, party)) return party;
    if (!chosen.has_value()) chosen = party;
  }
  if (!chosen.has_value()) return NotYourAgreementStep(paper.booking.id, step);
  return *chosen;
}

absl::Status AgreementDesk::Store(Transaction& transaction, AgreementChange change,
                                  StayPaper* paper, absl::Time now, Outcome* outcome) const {
  const absl::Status stored = StoreAgreementChange(transaction, change, paper->booking, now);
  if (!stored.ok()) return stored;
  outcome->events.push_back(EventOf(change, paper->booking));
  switch (change.effect) {
    case AgreementEffect::kValidates:
    case AgreementEffect::kInvalidates:
    case AgreementEffect::kFollowsBooking:
      outcome->ledger_concerned = true;
      break;
    default:
      break;
  }
  paper->agreement = std::move(change.after);
  return absl::OkStatus();
}

absl::Status AgreementDesk::Settle(Transaction& transaction, StayPaper* paper, absl::Time now,
                                   Outcome* outcome) const {
  while (paper->agreement.has_value()) {
    std::optional<AgreementChange> change = ReviewAgreement(*paper->agreement, paper->booking, now);
    if (!change.has_value()) break;
    const absl::Status stored = Store(transaction, *std::move(change), paper, now, outcome);
    if (!stored.ok()) return stored;
  }
  return absl::OkStatus();
}

void AgreementDesk::AfterCommit(const Outcome& outcome) const {
  if (!outcome.events.empty() && parts_.after_commit) parts_.after_commit();
  if (outcome.ledger_concerned && parts_.wake_ledger) parts_.wake_ledger();
}

AgreementDesk::Answer AgreementDesk::Commit(const AgreementRequest& request,
                                            const std::string& booking_id, const Decider& decide,
                                            const Serialize& serialize) {
  Outcome outcome;
  const auto body = [&](Transaction& transaction) -> Answer {
    outcome = {};
    const absl::Time now = parts_.clock->Now();
    auto locked = LockStayPaper(transaction, booking_id);
    if (!locked.ok()) return locked.status();
    if (!locked->has_value()) return AgreementUnknown(booking_id);
    auto replayed = FindAgreementAnswer(transaction, request.write, booking_id);
    if (!replayed.ok()) return replayed.status();
    if (replayed->has_value()) return **replayed;
    StayPaper paper = **std::move(locked);
    absl::Status status = Settle(transaction, &paper, now, &outcome);
    if (!status.ok()) return status;
    auto change = decide(transaction, paper, now);
    if (!change.ok()) return change.status();
    status = Store(transaction, *std::move(change), &paper, now, &outcome);
    if (!status.ok()) return status;
    std::string answer = serialize(paper);
    KeepAgreementAnswer(transaction, request.write, paper.agreement->id, answer, now);
    events::AppendToOutbox(transaction, outcome.events, request.traceparent, now);
    return answer;
  };
  Answer answer = parts_.database->Write(request.deadline, body);
  if (IsRace(answer.status()) && ErrorReasonOf(answer.status()).empty()) {
    answer = parts_.database->Write(request.deadline, body);
  }
  if (answer.ok()) AfterCommit(outcome);
  return answer;
}

AgreementDesk::Answer AgreementDesk::Create(const AgreementRequest& request,
                                            const std::string& booking_id,
                                            const AgreementContent& content,
                                            const Serialize& serialize) {
  const auto decide = [&](Transaction& transaction, const StayPaper& paper,
                          absl::Time now) -> absl::StatusOr<AgreementChange> {
    const std::vector<AgreementParty> parties = AgreementPartiesOf(request.actor, paper.booking);
    if (parties.empty()) return BookingUnknown(booking_id);
    if (paper.agreement.has_value()) return AgreementExists(booking_id);
    return BeginAgreement(NewUuid(now), paper.booking,
                          WithGuardian(transaction, paper.booking, content), parties.front(),
                          request.actor.person, now);
  };
  return Commit(request, booking_id, decide, serialize);
}

AgreementDesk::Answer AgreementDesk::Take(const AgreementRequest& request,
                                          const std::string& booking_id, const StepAsked& asked,
                                          const Serialize& serialize) {
  const auto decide = [&](Transaction& transaction, const StayPaper& paper,
                          absl::Time now) -> absl::StatusOr<AgreementChange> {
    const auto party = PartyFor(request.actor, paper, asked.step);
    if (!party.ok()) return party.status();
    AgreementCommand command;
    command.step = asked.step;
    command.party = *party;
    command.person = request.actor.person;
    command.expected_version = asked.expected_version;
    command.reason = asked.reason;
    if (asked.edit) {
      command.detail = asked.edit(paper.agreement->content);
    } else if (asked.report.has_value()) {
      StayReport written = *asked.report;
      written.party = *party;
      written.person = request.actor.person;
      written.time = now;
      command.detail = std::move(written);
    }
    auto change = Decide(*paper.agreement, paper.booking, std::move(command), now);
    if (change.ok() &&
        (asked.step == AgreementStep::kRecommend || asked.step == AgreementStep::kValidate)) {
      const absl::Status guardian = CheckFixedGuardian(transaction, paper);
      if (!guardian.ok()) return guardian;
    }
    return change;
  };
  return Commit(request, booking_id, decide, serialize);
}

absl::StatusOr<AgreementChange> AgreementDesk::DecideSubmit(
    Transaction& transaction, const StayPaper& paper, AgreementParty party,
    const AgreementRequest& request, std::optional<int64_t> expected_version, absl::Time now) {
  const Agreement& agreement = *paper.agreement;
  AgreementCommand command;
  command.step = AgreementStep::kSubmit;
  command.party = party;
  command.person = request.actor.person;
  command.expected_version = expected_version;
  // What the state refuses is refused first, whatever the text lacks.
  AgreementCommand dry = command;
  dry.detail = FixedText{};
  if (auto refused = Decide(agreement, paper.booking, std::move(dry), now); !refused.ok()) {
    return refused.status();
  }
  auto document = DraftDocument(transaction, parts_.terms(), paper, now);
  if (!document.ok()) return document.status();
  auto text = FixText(*document);
  if (!text.ok()) return text.status();
  const absl::Status guardian = CheckGuardian(transaction, paper.booking, *document);
  if (!guardian.ok()) return guardian;
  const auto wait = WaitForTelling(TellingsOf(transaction, agreement.id, now), now);
  if (wait.has_value()) return LinkTooSoon(*wait);
  command.detail = *std::move(text);
  return Decide(agreement, paper.booking, std::move(command), now);
}

AgreementDesk::Answer AgreementDesk::Submit(const AgreementRequest& request,
                                            const std::string& booking_id,
                                            std::optional<int64_t> expected_version,
                                            const Serialize& serialize) {
  const auto decide = [&](Transaction& transaction, const StayPaper& paper,
                          absl::Time now) -> absl::StatusOr<AgreementChange> {
    const auto party = PartyFor(request.actor, paper, AgreementStep::kSubmit);
    if (!party.ok()) return party.status();
    return DecideSubmit(transaction, paper, *party, request, expected_version, now);
  };
  return Commit(request, booking_id, decide, serialize);
}

absl::StatusOr<StayPaper> AgreementDesk::Show(
    const std::string& booking_id,
    const std::function<std::optional<AgreementParty>(const Booking&)>& as,
    const std::string& person, absl::string_view action, absl::Time deadline) {
  std::optional<AgreementParty> foreign;
  const auto paper =
      parts_.database->Read(deadline, [&](Transaction& transaction) -> absl::StatusOr<StayPaper> {
        auto read = ReadStayPaper(transaction, booking_id);
        if (!read.ok()) return read.status();
        if (!read->has_value() || !(*read)->agreement.has_value()) {
          return AgreementUnknown(booking_id);
        }
        foreign = as((*read)->booking);
        if (!foreign.has_value()) return AgreementUnknown(booking_id);
        return **std::move(read);
      });
  if (!paper.ok()) return paper;
  if (*foreign == AgreementParty::kApplicant || *foreign == AgreementParty::kTutor) return paper;
  const absl::Status kept = parts_.database->Write(deadline, [&](Transaction& transaction) {
    AddAgreementHistory(transaction, *paper->agreement, *foreign, person, action,
                        parts_.clock->Now());
    return absl::OkStatus();
  });
  if (!kept.ok()) return kept;
  return paper;
}

absl::StatusOr<StayPaper> AgreementDesk::See(const Actor& actor, const std::string& booking_id,
                                             absl::string_view action, absl::Time deadline) {
  const auto as = [&](const Booking& booking) -> std::optional<AgreementParty> {
    const std::vector<AgreementParty> parties = AgreementPartiesOf(actor, booking);
    if (parties.empty()) return std::nullopt;
    return parties.front();
  };
  return Show(booking_id, as, actor.person, action, deadline);
}

absl::StatusOr<StayPaper> AgreementDesk::SeeByLink(const Signer& signer, absl::string_view action,
                                                   absl::Time deadline) {
  return Show(
      signer.booking_id, [&](const Booking&) { return signer.by_link; }, "", action, deadline);
}

absl::Status AgreementDesk::KeepLooks(const Actor& actor, const std::vector<AgreementRow>& shown,
                                      absl::Time deadline) {
  std::vector<std::string> foreign;
  for (const AgreementRow& row : shown) {
    if (SeesForAgencyOnly(actor, row.booking)) foreign.push_back(row.booking.id);
  }
  return BookingStore(parts_.database)
      .RecordForeignReads(foreign, actor.person, parts_.clock->Now(), deadline);
}

absl::StatusOr<AgreementDocument> AgreementDesk::DocumentOf(const StayPaper& paper,
                                                            absl::Time deadline) {
  const Agreement& agreement = *paper.agreement;
  if (!agreement.document.empty()) return ParseDocument(agreement.document);
  // The text of what was signed is gone: erased.
  if (!agreement.document_hash.empty()) return AgreementUnknown(paper.booking.id);
  return parts_.database->Read(deadline, [&](Transaction& transaction) {
    return DraftDocument(transaction, parts_.terms(), paper, agreement.update_time);
  });
}

absl::Status AgreementDesk::Review(const std::string& booking_id, absl::Time deadline) {
  Outcome outcome;
  const absl::Status status =
      parts_.database->Write(deadline, [&](Transaction& transaction) -> absl::Status {
        outcome = {};
        const absl::Time now = parts_.clock->Now();
        auto locked = LockStayPaper(transaction, booking_id);
        if (!locked.ok()) return locked.status();
        if (!locked->has_value() || !(*locked)->agreement.has_value()) return absl::OkStatus();
        StayPaper paper = **std::move(locked);
        const absl::Status settled = Settle(transaction, &paper, now, &outcome);
        if (!settled.ok()) return settled;
        StoreAgreementLook(transaction, *paper.agreement);
        events::AppendToOutbox(transaction, outcome.events, "", now);
        return absl::OkStatus();
      });
  if (status.ok()) AfterCommit(outcome);
  return status;
}

}  // namespace dm::booking
