#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/link_token.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "common/text/uuid.h"
#include "services/booking/agreements/agreement_desk.h"
#include "services/booking/domain/agreement_refusals.h"
#include "services/booking/domain/people_refusals.h"
#include "services/booking/domain/signing.h"
#include "services/booking/store/signature_store.h"

#include <utility>

// The links, codes and signatures of AgreementDesk.
namespace dm::booking {
namespace {

using database::Transaction;

// To take back what a caller who may have gone was not sent.
constexpr absl::Duration kUnsendTime = absl::Seconds(5);

// The party whose signature the caller gives.
absl::StatusOr<AgreementParty> SigningParty(const Actor& actor, const AgreementDesk::Signer& signer,
                                            const StayPaper& paper) {
  if (!paper.agreement.has_value()) return AgreementUnknown(paper.booking.id);
  if (signer.by_link.has_value()) return *signer.by_link;
  const std::vector<AgreementParty> parties = AgreementPartiesOf(actor, paper.booking);
  if (parties.empty()) return AgreementUnknown(paper.booking.id);
  std::optional<AgreementParty> chosen;
  for (const AgreementParty party : parties) {
    if (!MayTake(party, AgreementStep::kSign)) continue;
    const Signatory* signatory = paper.agreement->FindSignatory(party);
    // Who is two parties signs for the one that has yet to.
    if (signatory != nullptr && !signatory->signature.has_value()) return party;
    chosen = party;
  }
  if (!chosen.has_value()) return NotYourAgreementStep(paper.booking.id, AgreementStep::kSign);
  return *chosen;
}

// A request_id belongs to who is signed in, or to the party that came by a link.
void SetCaller(AgreementRequest& request, const AgreementDesk::Signer& signer) {
  if (!signer.by_link.has_value()) return;
  request.write.caller = absl::StrCat("links/", AgreementName(signer.booking_id), "/",
                                      AgreementPartyName(*signer.by_link));
}

AgreementCommand SignCommand(const AgreementRequest& request, AgreementParty party,
                             const AgreementDesk::Signer& signer, const std::string& document_hash,
                             absl::Time now) {
  AgreementCommand command;
  command.step = AgreementStep::kSign;
  command.party = party;
  if (!signer.by_link.has_value()) command.person = request.actor.person;
  command.detail =
      Signature{.time = now,
                .method = signer.by_link.has_value() ? SignatureMethod::kLinkAndCode
                                                     : SignatureMethod::kAccountAndCode,
                .document_hash = document_hash,
                .person = command.person};
  return command;
}

// Whether the party may sign the text that stands: what a signature of that very text would meet.
absl::Status MaySign(const StayPaper& paper, AgreementParty party, absl::Time now) {
  AgreementCommand command;
  command.step = AgreementStep::kSign;
  command.party = party;
  command.detail = Signature{.time = now,
                             .method = SignatureMethod::kLinkAndCode,
                             .document_hash = paper.agreement->document_hash,
                             .person = ""};
  return Decide(*paper.agreement, paper.booking, std::move(command), now).status();
}

OutgoingLink CodeMail(const StayPaper& paper, const Signatory& signatory, std::string code,
                      absl::Time expires, absl::Time now) {
  OutgoingLink mail;
  mail.request_id = NewUuid(now);
  mail.kind = LinkKind::kSignatureCode;
  if (signatory.email.empty()) {
    mail.party = paper.booking.applicant;
  } else {
    mail.display_name = signatory.display_name;
    mail.email = signatory.email;
  }
  mail.secret = std::move(code);
  mail.resource = absl::StrCat("bookings/", paper.booking.id);
  mail.session = paper.booking.session_name;
  mail.expire_time = expires;
  return mail;
}

}  // namespace

AgreementDesk::Answer AgreementDesk::TellAgain(const AgreementRequest& request,
                                               const std::string& booking_id, AgreementParty party,
                                               const Serialize& serialize) {
  const auto body = [&](Transaction& transaction) -> Answer {
    const absl::Time now = parts_.clock->Now();
    auto locked = LockStayPaper(transaction, booking_id);
    if (!locked.ok()) return locked.status();
    if (!locked->has_value()) return AgreementUnknown(booking_id);
    auto replayed = FindAgreementAnswer(transaction, request.write, booking_id);
    if (!replayed.ok()) return replayed.status();
    if (replayed->has_value()) return **replayed;
    const StayPaper& paper = **locked;
    const auto asker = PartyFor(request.actor, paper, AgreementStep::kSubmit);
    if (!asker.ok()) return asker.status();
    const absl::Status open = MaySign(paper, party, now);
    if (!open.ok()) return open;
    const auto told = LockToldTime(transaction, paper.agreement->id, party);
    if (told.has_value() && told->time.has_value() && now < *told->time + kLinkPause) {
      return LinkTooSoon(*told->time + kLinkPause - now);
    }
    const auto wait = WaitForTelling(TellingsOf(transaction, paper.agreement->id, now), now);
    if (wait.has_value()) return LinkTooSoon(*wait);
    dm::booking::TellAgain(transaction, paper.agreement->id, party, now);
    AddAgreementHistory(transaction, *paper.agreement, *asker, request.actor.person, "LINK_RENEWED",
                        now);
    std::string answer = serialize(paper);
    KeepAgreementAnswer(transaction, request.write, paper.agreement->id, answer, now);
    return answer;
  };
  return parts_.database->Write(request.deadline, body);
}

absl::StatusOr<AgreementDesk::Signer> AgreementDesk::FindSigner(const std::string& token,
                                                                absl::Time deadline) {
  return parts_.database->Read(deadline, [&](Transaction& transaction) -> absl::StatusOr<Signer> {
    const auto holder =
        FindLinkHolder(transaction, auth::HashOfLinkToken(token), parts_.clock->Now());
    if (!holder.has_value()) return LinkUnknown();
    return Signer{holder->booking_id, holder->party};
  });
}

AgreementDesk::Answer AgreementDesk::SendCode(AgreementRequest request, const Signer& signer,
                                              const SerializeCode& serialize) {
  SetCaller(request, signer);
  std::string code = NewCode();
  const KeptCode kept = KeepCode(code);
  std::optional<OutgoingLink> mail;
  std::optional<Agreement> agreement;
  AgreementParty party = AgreementParty::kApplicant;
  CodesSent before;
  const auto body = [&](Transaction& transaction) -> Answer {
    mail.reset();
    const absl::Time now = parts_.clock->Now();
    auto read = ReadStayPaper(transaction, signer.booking_id);
    if (!read.ok()) return read.status();
    if (!read->has_value()) return AgreementUnknown(signer.booking_id);
    const StayPaper& paper = **read;
    const auto chosen = SigningParty(request.actor, signer, paper);
    if (!chosen.ok()) return chosen.status();
    party = *chosen;
    // One at a time for a party, so that a repeated request finds the answer of the first.
    const auto sent = LockCodesSent(transaction, paper.agreement->id, party);
    auto replayed = FindAgreementAnswer(transaction, request.write, signer.booking_id);
    if (!replayed.ok()) return replayed.status();
    if (replayed->has_value()) return **replayed;
    const absl::Status open = MaySign(paper, party, now);
    if (!open.ok()) return open;
    if (!sent.has_value()) return NotASignatory(*paper.agreement);
    if (const auto wait = WaitForCode(*sent, now); wait.has_value()) return CodeTooSoon(*wait);
    before = *sent;
    const absl::Time expires = now + kCodeLife;
    StoreCode(transaction, paper.agreement->id, party, kept, expires, AfterCode(*sent, now));
    const Signatory& signatory = *paper.agreement->FindSignatory(party);
    mail = CodeMail(paper, signatory, code, expires, now);
    agreement = paper.agreement;
    std::string answer =
        serialize({.expire_time = expires, .sent_to = MaskedMail(signatory.email)});
    KeepAgreementAnswer(transaction, request.write, paper.agreement->id, answer, now);
    AddAgreementHistory(transaction, *paper.agreement, party, request.actor.person, "CODE_SENT",
                        now);
    return answer;
  };
  Answer answer = parts_.database->Write(request.deadline, body);
  if (!answer.ok() || !mail.has_value()) return answer;
  const absl::Status sent = parts_.sender->Send(*mail, request.deadline);
  if (sent.ok()) return answer;
  // What may be under way all the same counts as sent, but the next one need not wait.
  CodesSent counted = before;
  if (MayHaveBeenTaken(sent)) counted = AfterCode(before, parts_.clock->Now());
  counted.last = before.last;
  const absl::Status taken_back = Unsend(request.write, *agreement, party, kept, counted);
  telemetry::Log(telemetry::Severity::kWarning, "signature_code_not_sent",
                 {{"agreement", agreement->id},
                  {"code", absl::StatusCodeToString(sent.code())},
                  {"taken_back", taken_back.ok()}});
  return BackendUnavailableError("notification");
}

absl::Status AgreementDesk::Unsend(const WriteRequest& write, const Agreement& agreement,
                                   AgreementParty party, const KeptCode& code,
                                   const CodesSent& counted) {
  return parts_.database->Write(absl::Now() + kUnsendTime, [&](Transaction& transaction) {
    ForgetCode(transaction, agreement.id, party, code, counted);
    ForgetAgreementAnswer(transaction, write);
    return absl::OkStatus();
  });
}

AgreementDesk::Answer AgreementDesk::Sign(AgreementRequest request, const Signer& signer,
                                          const std::string& code, const std::string& document_hash,
                                          const Serialize& serialize) {
  SetCaller(request, signer);
  std::string replayed_answer;
  std::string agreement_id;
  AgreementParty party = AgreementParty::kApplicant;
  // What would be refused anyhow costs no guess.
  const absl::Status open =
      parts_.database->Read(request.deadline, [&](Transaction& transaction) -> absl::Status {
        const auto replayed = FindAgreementAnswer(transaction, request.write, signer.booking_id);
        if (!replayed.ok()) return replayed.status();
        if (replayed->has_value()) {
          replayed_answer = **replayed;
          return absl::OkStatus();
        }
        const auto paper = ReadStayPaper(transaction, signer.booking_id);
        if (!paper.ok()) return paper.status();
        if (!paper->has_value()) return AgreementUnknown(signer.booking_id);
        const auto chosen = SigningParty(request.actor, signer, **paper);
        if (!chosen.ok()) return chosen.status();
        party = *chosen;
        agreement_id = (*paper)->agreement->id;
        const absl::Time now = parts_.clock->Now();
        return Decide(*(*paper)->agreement, (*paper)->booking,
                      SignCommand(request, party, signer, document_hash, now), now)
            .status();
      });
  if (!open.ok()) return open;
  if (!replayed_answer.empty()) return replayed_answer;

  const auto guess = parts_.database->Write(
      request.deadline, [&](Transaction& transaction) -> absl::StatusOr<CodeTry> {
        const auto taken = TakeCodeTry(transaction, agreement_id, party, parts_.clock->Now());
        if (!taken.has_value()) return NoCodeToTry();
        return *taken;
      });
  if (!guess.ok()) return guess.status();
  if (!CodeFits(code, guess->code)) return CodeWrong(guess->tries_left);

  const auto decide = [&](Transaction& transaction, const StayPaper& paper,
                          absl::Time now) -> absl::StatusOr<AgreementChange> {
    if (!paper.agreement.has_value()) return AgreementUnknown(signer.booking_id);
    auto change = Decide(*paper.agreement, paper.booking,
                         SignCommand(request, party, signer, document_hash, now), now);
    if (!change.ok()) return change.status();
    if (!SpendCode(transaction, agreement_id, party, guess->code)) return NoCodeToTry();
    return change;
  };
  return Commit(request, signer.booking_id, decide, serialize);
}

}  // namespace dm::booking
