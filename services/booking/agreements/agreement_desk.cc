#include "services/booking/agreements/agreement_desk.h"

#include "absl/strings/str_cat.h"
#include "common/errors/error.h"
#include "common/events/outbox.h"
#include "common/text/uuid.h"
#include "services/booking/agreements/agreement_events.h"
#include "services/booking/agreements/stay_document.h"
#include "services/booking/domain/agreement_refusals.h"
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

absl::StatusOr<AgreementParty> AgreementDesk::PartyFor(const Actor& actor,
                                                       const BookingWithAgreement& stay,
                                                       AgreementStep step) {
  const std::vector<AgreementParty> parties = AgreementPartiesOf(actor, stay.booking);
  if (parties.empty() || !stay.agreement.has_value()) return AgreementUnknown(stay.booking.id);
  std::optional<AgreementParty> chosen;
  for (const AgreementParty party : parties) {
    if (!MayTake(party, step)) continue;
    if (IsAgreementStepOf(stay.agreement->state, step, party)) return party;
    if (!chosen.has_value()) chosen = party;
  }
  if (!chosen.has_value()) return NotYourAgreementStep(stay.booking.id, step);
  return *chosen;
}

absl::Status AgreementDesk::Store(Transaction& transaction, AgreementChange change,
                                  BookingWithAgreement* stay, absl::Time now,
                                  Outcome* outcome) const {
  const absl::Status stored = StoreAgreementChange(transaction, change, stay->booking, now);
  if (!stored.ok()) return stored;
  outcome->events.push_back(EventOf(change, stay->booking));
  switch (change.effect) {
    case AgreementEffect::kValidates:
    case AgreementEffect::kInvalidates:
    case AgreementEffect::kFollowsBooking:
      outcome->ledger_concerned = true;
      break;
    default:
      break;
  }
  stay->agreement = std::move(change.after);
  return absl::OkStatus();
}

absl::Status AgreementDesk::Settle(Transaction& transaction, BookingWithAgreement* stay,
                                   absl::Time now, Outcome* outcome) const {
  while (stay->agreement.has_value()) {
    std::optional<AgreementChange> change = ReviewAgreement(*stay->agreement, stay->booking, now);
    if (!change.has_value()) break;
    const absl::Status stored = Store(transaction, *std::move(change), stay, now, outcome);
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
    auto locked = LockBookingWithAgreement(transaction, booking_id);
    if (!locked.ok()) return locked.status();
    if (!locked->has_value()) return AgreementUnknown(booking_id);
    auto replayed = FindAgreementAnswer(transaction, request.write, booking_id);
    if (!replayed.ok()) return replayed.status();
    if (replayed->has_value()) return **replayed;
    BookingWithAgreement stay = **std::move(locked);
    absl::Status status = Settle(transaction, &stay, now, &outcome);
    if (!status.ok()) return status;
    auto change = decide(transaction, stay, now);
    if (!change.ok()) return change.status();
    status = Store(transaction, *std::move(change), &stay, now, &outcome);
    if (!status.ok()) return status;
    std::string answer = serialize(stay);
    KeepAgreementAnswer(transaction, request.write, stay.agreement->id, answer, now);
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
  const auto decide = [&](Transaction& transaction, const BookingWithAgreement& stay,
                          absl::Time now) -> absl::StatusOr<AgreementChange> {
    const std::vector<AgreementParty> parties = AgreementPartiesOf(request.actor, stay.booking);
    // Word for word what is said of a booking that does not exist.
    if (parties.empty()) return AgreementUnknown(booking_id);
    if (stay.agreement.has_value()) return AgreementExists(booking_id);
    return BeginAgreement(NewUuid(now), stay.booking,
                          WithGuardian(transaction, stay.booking, content), parties.front(),
                          request.actor.person, now);
  };
  return Commit(request, booking_id, decide, serialize);
}

AgreementDesk::Answer AgreementDesk::Take(const AgreementRequest& request,
                                          const std::string& booking_id, const StepAsked& asked,
                                          const Serialize& serialize) {
  const auto decide = [&](Transaction& transaction, const BookingWithAgreement& stay,
                          absl::Time now) -> absl::StatusOr<AgreementChange> {
    const auto party = PartyFor(request.actor, stay, asked.step);
    if (!party.ok()) return party.status();
    AgreementCommand command;
    command.step = asked.step;
    command.party = *party;
    command.person = request.actor.person;
    command.expected_version = asked.expected_version;
    command.reason = asked.reason;
    if (asked.edit) {
      command.detail = asked.edit(stay.agreement->content);
    } else if (asked.report.has_value()) {
      StayReport written = *asked.report;
      written.party = *party;
      written.person = request.actor.person;
      written.time = now;
      command.detail = std::move(written);
    }
    auto change = Decide(*stay.agreement, stay.booking, std::move(command), now);
    if (change.ok() &&
        (asked.step == AgreementStep::kRecommend || asked.step == AgreementStep::kValidate)) {
      const absl::Status guardian = CheckFixedGuardian(transaction, stay);
      if (!guardian.ok()) return guardian;
    }
    return change;
  };
  return Commit(request, booking_id, decide, serialize);
}

absl::StatusOr<AgreementChange> AgreementDesk::DecideSubmit(
    Transaction& transaction, const BookingWithAgreement& stay, AgreementParty party,
    const AgreementRequest& request, std::optional<int64_t> expected_version, absl::Time now) {
  const Agreement& agreement = *stay.agreement;
  AgreementCommand command;
  command.step = AgreementStep::kSubmit;
  command.party = party;
  command.person = request.actor.person;
  command.expected_version = expected_version;
  // What the state refuses is refused first, whatever the text lacks.
  AgreementCommand dry = command;
  dry.detail = FixedText{};
  if (auto refused = Decide(agreement, stay.booking, std::move(dry), now); !refused.ok()) {
    return refused.status();
  }
  auto document = DraftDocument(transaction, parts_.terms(), stay, now);
  if (!document.ok()) return document.status();
  auto text = FixText(*document);
  if (!text.ok()) return text.status();
  const absl::Status guardian = CheckGuardian(transaction, stay.booking, *document);
  if (!guardian.ok()) return guardian;
  const auto wait = WaitForTelling(TellingsOf(transaction, agreement.id, now), now);
  if (wait.has_value()) return LinkTooSoon(*wait);
  command.detail = *std::move(text);
  return Decide(agreement, stay.booking, std::move(command), now);
}

AgreementDesk::Answer AgreementDesk::Submit(const AgreementRequest& request,
                                            const std::string& booking_id,
                                            std::optional<int64_t> expected_version,
                                            const Serialize& serialize) {
  const auto decide = [&](Transaction& transaction, const BookingWithAgreement& stay,
                          absl::Time now) -> absl::StatusOr<AgreementChange> {
    const auto party = PartyFor(request.actor, stay, AgreementStep::kSubmit);
    if (!party.ok()) return party.status();
    return DecideSubmit(transaction, stay, *party, request, expected_version, now);
  };
  return Commit(request, booking_id, decide, serialize);
}

absl::StatusOr<BookingWithAgreement> AgreementDesk::Show(
    const std::string& booking_id,
    const std::function<std::optional<AgreementParty>(const Booking&)>& as,
    const std::string& person, absl::string_view action, absl::Time deadline) {
  std::optional<AgreementParty> foreign;
  const auto stay = parts_.database->Read(
      deadline, [&](Transaction& transaction) -> absl::StatusOr<BookingWithAgreement> {
        auto read = ReadBookingWithAgreement(transaction, booking_id);
        if (!read.ok()) return read.status();
        if (!read->has_value() || !(*read)->agreement.has_value()) {
          return AgreementUnknown(booking_id);
        }
        foreign = as((*read)->booking);
        if (!foreign.has_value()) return AgreementUnknown(booking_id);
        return **std::move(read);
      });
  if (!stay.ok()) return stay;
  if (*foreign == AgreementParty::kApplicant || *foreign == AgreementParty::kTutor) return stay;
  const absl::Status kept = parts_.database->Write(deadline, [&](Transaction& transaction) {
    AddAgreementHistory(transaction, *stay->agreement, *foreign, person, action,
                        parts_.clock->Now());
    return absl::OkStatus();
  });
  if (!kept.ok()) return kept;
  return stay;
}

absl::StatusOr<BookingWithAgreement> AgreementDesk::See(const Actor& actor,
                                                        const std::string& booking_id,
                                                        absl::string_view action,
                                                        absl::Time deadline) {
  const auto as = [&](const Booking& booking) -> std::optional<AgreementParty> {
    const std::vector<AgreementParty> parties = AgreementPartiesOf(actor, booking);
    if (parties.empty()) return std::nullopt;
    return parties.front();
  };
  return Show(booking_id, as, actor.person, action, deadline);
}

absl::StatusOr<BookingWithAgreement> AgreementDesk::SeeByLink(const Signer& signer,
                                                              absl::string_view action,
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

absl::StatusOr<AgreementDocument> AgreementDesk::DocumentOf(const BookingWithAgreement& stay,
                                                            absl::Time deadline) {
  const Agreement& agreement = *stay.agreement;
  if (!agreement.document.empty()) return ParseDocument(agreement.document);
  // The text of what was signed is gone: erased.
  if (!agreement.document_hash.empty()) return AgreementUnknown(stay.booking.id);
  return parts_.database->Read(deadline, [&](Transaction& transaction) {
    return DraftDocument(transaction, parts_.terms(), stay, agreement.update_time);
  });
}

absl::Status AgreementDesk::Review(const std::string& booking_id, absl::Time deadline) {
  Outcome outcome;
  const absl::Status status =
      parts_.database->Write(deadline, [&](Transaction& transaction) -> absl::Status {
        outcome = {};
        const absl::Time now = parts_.clock->Now();
        auto locked = LockBookingWithAgreement(transaction, booking_id);
        if (!locked.ok()) return locked.status();
        if (!locked->has_value() || !(*locked)->agreement.has_value()) return absl::OkStatus();
        BookingWithAgreement stay = **std::move(locked);
        const absl::Status settled = Settle(transaction, &stay, now, &outcome);
        if (!settled.ok()) return settled;
        StoreAgreementLook(transaction, *stay.agreement);
        events::AppendToOutbox(transaction, outcome.events, "", now);
        return absl::OkStatus();
      });
  if (status.ok()) AfterCommit(outcome);
  return status;
}

}  // namespace dm::booking
