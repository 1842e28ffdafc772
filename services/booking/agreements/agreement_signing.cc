#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/link_token.h"
#include "common/errors/error.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "common/text/uuid.h"
#include "services/booking/agreements/agreement_desk.h"
#include "services/booking/agreements/stay_document.h"
#include "services/booking/domain/agreement_refusals.h"
#include "services/booking/domain/people_refusals.h"
#include "services/booking/domain/signing.h"
#include "services/booking/store/signature_store.h"

#include <utility>

// The links, codes and signatures of AgreementDesk.
namespace dm::booking {
namespace {

using database::Transaction;

// To keep whether a code was sent.
constexpr absl::Duration kSettleTime = absl::Seconds(5);

// The party whose signature the caller gives.
absl::StatusOr<AgreementParty> SigningParty(const Actor& actor, const AgreementDesk::Signer& signer,
                                            const BookingWithAgreement& stay) {
  if (!stay.agreement.has_value()) return AgreementUnknown(stay.booking.id);
  if (signer.by_link.has_value()) return *signer.by_link;
  const std::vector<AgreementParty> parties = AgreementPartiesOf(actor, stay.booking);
  if (parties.empty()) return AgreementUnknown(stay.booking.id);
  std::optional<AgreementParty> chosen;
  for (const AgreementParty party : parties) {
    if (!MayTake(party, AgreementStep::kSign)) continue;
    const Signatory* signatory = stay.agreement->FindSignatory(party);
    // Who is two parties signs for the one that has yet to.
    if (signatory != nullptr && !signatory->signature.has_value()) return party;
    chosen = party;
  }
  if (!chosen.has_value()) return NotYourAgreementStep(stay.booking.id, AgreementStep::kSign);
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

// What a signature makes of the agreement. A guardian signs only while it is the one on file.
absl::StatusOr<AgreementChange> DecideSignature(Transaction& transaction,
                                                const BookingWithAgreement& stay,
                                                AgreementCommand command, absl::Time now) {
  const AgreementParty party = command.party;
  auto change = Decide(*stay.agreement, stay.booking, std::move(command), now);
  if (change.ok() && party == AgreementParty::kGuardian) {
    const absl::Status guardian = CheckFixedGuardian(transaction, stay);
    if (!guardian.ok()) return guardian;
  }
  return change;
}

// Whether the party may sign the text that stands: what a signature of that very text would meet.
absl::Status MaySign(Transaction& transaction, const BookingWithAgreement& stay,
                     AgreementParty party, absl::Time now) {
  AgreementCommand command;
  command.step = AgreementStep::kSign;
  command.party = party;
  command.detail = Signature{.time = now,
                             .method = SignatureMethod::kLinkAndCode,
                             .document_hash = stay.agreement->document_hash,
                             .person = ""};
  return DecideSignature(transaction, stay, std::move(command), now).status();
}

// A code that is asked for, and may be sent.
struct CodeAsked {
  BookingWithAgreement stay;
  AgreementParty party = AgreementParty::kApplicant;
  // When the one before it was sent.
  absl::Time last_before;
  // What the same request was answered; then there is nothing to send.
  std::optional<std::string> replayed;
};

using FindCodes = std::optional<CodesSent> (*)(Transaction&, const std::string&, AgreementParty,
                                               absl::Time);

// `codes` reads those that the party was sent, or also locks them.
absl::StatusOr<CodeAsked> AskCode(Transaction& transaction, const AgreementRequest& request,
                                  const AgreementDesk::Signer& signer, FindCodes codes,
                                  absl::Time now) {
  auto read = ReadBookingWithAgreement(transaction, signer.booking_id);
  if (!read.ok()) return read.status();
  if (!read->has_value()) return AgreementUnknown(signer.booking_id);
  CodeAsked asked{.stay = **std::move(read)};
  const auto party = SigningParty(request.actor, signer, asked.stay);
  if (!party.ok()) return party.status();
  asked.party = *party;
  // Before the answers are read: who waits here for the same request finds that of the first.
  const auto sent = codes(transaction, asked.stay.agreement->id, *party, now);
  auto replayed = FindAgreementAnswer(transaction, request.write, signer.booking_id);
  if (!replayed.ok()) return replayed.status();
  asked.replayed = *std::move(replayed);
  if (asked.replayed.has_value()) return asked;
  const absl::Status open = MaySign(transaction, asked.stay, *party, now);
  if (!open.ok()) return open;
  if (!sent.has_value()) return NotASignatory(*asked.stay.agreement);
  if (const auto wait = WaitForCode(*sent, now); wait.has_value()) return CodeTooSoon(*wait);
  asked.last_before = sent->last;
  return asked;
}

// A code and what is kept of it, which is slow by intent.
struct NewlyMade {
  std::string code;
  KeptCode kept;
};
NewlyMade MakeCode() {
  static auto& made =
      telemetry::CounterOf("dm_signature_codes_made_total", "Codes to sign with that were made");
  made.Increment();
  NewlyMade made_now{.code = NewCode(), .kept = {}};
  made_now.kept = KeepCode(made_now.code);
  return made_now;
}

OutgoingLink CodeMail(const BookingWithAgreement& stay, const Signatory& signatory,
                      std::string code, absl::Time expires, absl::Time now) {
  OutgoingLink mail;
  mail.request_id = NewUuid(now);
  mail.kind = LinkKind::kSignatureCode;
  if (signatory.email.empty()) {
    mail.party = stay.booking.applicant;
  } else {
    mail.display_name = signatory.display_name;
    mail.email = signatory.email;
  }
  mail.secret = std::move(code);
  mail.resource = absl::StrCat("bookings/", stay.booking.id);
  mail.session = stay.booking.session_name;
  mail.expire_time = expires;
  return mail;
}

}  // namespace

AgreementDesk::Answer AgreementDesk::TellAgain(const AgreementRequest& request,
                                               const std::string& booking_id, AgreementParty party,
                                               const Serialize& serialize) {
  const auto body = [&](Transaction& transaction) -> Answer {
    const absl::Time now = parts_.clock->Now();
    auto locked = LockBookingWithAgreement(transaction, booking_id);
    if (!locked.ok()) return locked.status();
    if (!locked->has_value()) return AgreementUnknown(booking_id);
    auto replayed = FindAgreementAnswer(transaction, request.write, booking_id);
    if (!replayed.ok()) return replayed.status();
    if (replayed->has_value()) return **replayed;
    const BookingWithAgreement& stay = **locked;
    const auto asker = PartyFor(request.actor, stay, AgreementStep::kSubmit);
    if (!asker.ok()) return asker.status();
    const absl::Status open = MaySign(transaction, stay, party, now);
    if (!open.ok()) return open;
    const auto told = LockToldTime(transaction, stay.agreement->id, party);
    if (told.has_value() && told->time.has_value() && now < *told->time + kLinkPause) {
      return LinkTooSoon(*told->time + kLinkPause - now);
    }
    const auto wait = WaitForTelling(TellingsOf(transaction, stay.agreement->id, now), now);
    if (wait.has_value()) return LinkTooSoon(*wait);
    dm::booking::TellAgain(transaction, stay.agreement->id, party, now);
    AddAgreementHistory(transaction, *stay.agreement, *asker, request.actor.person, "LINK_RENEWED",
                        now);
    std::string answer = serialize(stay);
    KeepAgreementAnswer(transaction, request.write, stay.agreement->id, answer, now);
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

// A code that is on its way.
struct AgreementDesk::CodeMade {
  BookingWithAgreement stay;
  AgreementParty party;
  KeptCode kept;
  // When the one before it was sent.
  absl::Time last_before;
  // To the request, once it is sent.
  std::string answer;
};

AgreementDesk::Answer AgreementDesk::SendCode(AgreementRequest request, const Signer& signer,
                                              const SerializeCode& serialize) {
  SetCaller(request, signer);
  // What would be refused anyhow, or was answered, costs no hash.
  auto asked = parts_.database->Read(request.deadline, [&](Transaction& transaction) {
    return AskCode(transaction, request, signer, ReadCodesSent, parts_.clock->Now());
  });
  if (!asked.ok()) return asked.status();
  if (asked->replayed.has_value()) return *asked->replayed;

  const NewlyMade made = MakeCode();
  absl::Time now;
  asked = parts_.database->Write(
      request.deadline, [&](Transaction& transaction) -> absl::StatusOr<CodeAsked> {
        now = parts_.clock->Now();
        auto locked = AskCode(transaction, request, signer, LockCodesSent, now);
        if (locked.ok() && !locked->replayed.has_value()) {
          StoreCode(transaction, locked->stay.agreement->id, locked->party, made.kept,
                    now + kCodeLife, now);
        }
        return locked;
      });
  if (!asked.ok()) return asked.status();
  if (asked->replayed.has_value()) return *asked->replayed;

  const Signatory& signatory = *asked->stay.agreement->FindSignatory(asked->party);
  const CodeMade code = {.stay = asked->stay,
                         .party = asked->party,
                         .kept = made.kept,
                         .last_before = asked->last_before,
                         .answer = serialize({.expire_time = now + kCodeLife,
                                              .sent_to = MaskedMail(signatory.email)})};
  const absl::Status sent = parts_.sender->Send(
      CodeMail(asked->stay, signatory, made.code, now + kCodeLife, now), request.deadline);
  const absl::Status settled = SettleCode(request, code, sent);
  if (!settled.ok() || !sent.ok()) {
    telemetry::Log(telemetry::Severity::kWarning, "signature_code_not_settled",
                   {{"agreement", code.stay.agreement->id},
                    {"sent", absl::StatusCodeToString(sent.code())},
                    {"settled", absl::StatusCodeToString(settled.code())}});
  }
  if (!sent.ok()) return BackendUnavailableError("notification");
  return code.answer;
}

absl::Status AgreementDesk::SettleCode(const AgreementRequest& request, const CodeMade& code,
                                       const absl::Status& sent) {
  // Under a deadline of its own: the caller may have gone.
  return parts_.database->Write(
      absl::Now() + kSettleTime, [&](Transaction& transaction) -> absl::Status {
        const absl::Time now = parts_.clock->Now();
        const auto locked = LockBookingWithAgreement(transaction, code.stay.booking.id);
        if (!locked.ok()) return locked.status();
        const Agreement& agreement = *code.stay.agreement;
        if (!sent.ok()) {
          ForgetCode(transaction, agreement.id, code.party, code.kept, code.last_before);
          if (!MayHaveBeenTaken(sent)) return absl::OkStatus();
        }
        // Nothing is written about who was erased meanwhile.
        if (!locked->has_value() || (*locked)->booking.applicant != code.stay.booking.applicant) {
          return absl::OkStatus();
        }
        // What may be under way counts as sent.
        AddAgreementHistory(transaction, agreement, code.party, request.actor.person, "CODE_SENT",
                            now);
        if (sent.ok()) {
          KeepAgreementAnswer(transaction, request.write, agreement.id, code.answer, now);
        }
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
        const auto stay = ReadBookingWithAgreement(transaction, signer.booking_id);
        if (!stay.ok()) return stay.status();
        if (!stay->has_value()) return AgreementUnknown(signer.booking_id);
        const auto chosen = SigningParty(request.actor, signer, **stay);
        if (!chosen.ok()) return chosen.status();
        party = *chosen;
        agreement_id = (*stay)->agreement->id;
        const absl::Time now = parts_.clock->Now();
        return DecideSignature(transaction, **stay,
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

  const auto decide = [&](Transaction& transaction, const BookingWithAgreement& stay,
                          absl::Time now) -> absl::StatusOr<AgreementChange> {
    if (!stay.agreement.has_value()) return AgreementUnknown(signer.booking_id);
    auto change = DecideSignature(transaction, stay,
                                  SignCommand(request, party, signer, document_hash, now), now);
    if (!change.ok()) return change.status();
    if (!SpendCode(transaction, agreement_id, party, guess->code)) return NoCodeToTry();
    return change;
  };
  return Commit(request, signer.booking_id, decide, serialize);
}

}  // namespace dm::booking
