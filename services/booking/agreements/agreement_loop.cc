#include "services/booking/agreements/agreement_loop.h"

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/link_token.h"
#include "common/telemetry/log.h"
#include "common/telemetry/metrics.h"
#include "common/text/uuid.h"
#include "services/booking/domain/agreement_refusals.h"
#include "services/booking/domain/signing.h"

#include <utility>

namespace dm::booking {
namespace {

using telemetry::Severity;

constexpr absl::Duration kDatabaseTime = absl::Seconds(5);
constexpr absl::Duration kSendTime = absl::Seconds(5);

// The database and the network count real time, whatever clock the agreements go by.
absl::Time Deadline(absl::Duration time) { return absl::Now() + time; }

// A link goes where nobody else can have it sent: the applicant's and the host's to the mailboxes
// that the platform knows, the others' to the addresses in the agreement.
OutgoingLink MailFor(const PartyToTell& party, std::string token, absl::Time now) {
  OutgoingLink mail;
  mail.request_id = NewUuid(now);
  mail.kind = LinkKind::kSignature;
  switch (party.signatory.party) {
    case AgreementParty::kApplicant:
      mail.party = party.applicant;
      break;
    case AgreementParty::kTutor:
      mail.party = party.host;
      break;
    default:
      mail.display_name = party.signatory.display_name;
      mail.email = party.signatory.email;
  }
  // Nobody signs for their own guardian.
  if (party.signatory.party == AgreementParty::kGuardian) mail.applicant = party.applicant;
  mail.secret = std::move(token);
  mail.resource = absl::StrCat("bookings/", party.booking_id);
  mail.session = party.session_name;
  mail.expire_time = party.link_expires;
  return mail;
}

}  // namespace

AgreementLoop::AgreementLoop(Options options, AgreementDesk* desk, const AgreementLists* store,
                             const PartyQueue* parties, LinkSender* sender, const Clock* clock)
    : options_(options),
      desk_(desk),
      store_(store),
      parties_(parties),
      sender_(sender),
      clock_(clock),
      task_([this] { return Work(); }) {}

absl::Duration AgreementLoop::Work() {
  const Round round = RunOnce();
  if (!round.status.ok()) {
    telemetry::Log(Severity::kWarning, "agreement_round_failed",
                   {{"code", absl::StatusCodeToString(round.status.code())}});
    return options_.poll;
  }
  // A full batch may not be all.
  const bool more = round.reviewed >= options_.batch || round.told >= options_.batch;
  return more ? absl::ZeroDuration() : options_.poll;
}

AgreementLoop::Round AgreementLoop::RunOnce() {
  Round round;
  ReviewDue(&round);
  TellParties(&round);
  return round;
}

void AgreementLoop::ReviewDue(Round* round) {
  const auto due = store_->Due(clock_->Now(), options_.batch, Deadline(kDatabaseTime));
  if (!due.ok()) {
    round->status.Update(due.status());
    return;
  }
  for (const std::string& booking : *due) {
    const absl::Status reviewed = desk_->Review(booking, Deadline(kDatabaseTime));
    if (reviewed.ok()) {
      ++round->reviewed;
      continue;
    }
    // The next may well go: one bad agreement must not keep the others waiting.
    round->status.Update(reviewed);
    telemetry::Log(Severity::kError, "agreement_review_failed",
                   {{"agreement", AgreementName(booking)},
                    {"code", absl::StatusCodeToString(reviewed.code())}});
  }
}

void AgreementLoop::TellParties(Round* round) {
  for (int i = 0; i < options_.batch; ++i) {
    if (!TellNext(round)) return;
  }
}

bool AgreementLoop::TellNext(Round* round) {
  static auto& told =
      telemetry::CounterOf("dm_agreement_parties_told_total", "Parties asked for a signature");
  static auto& failed = telemetry::CounterOf("dm_agreement_parties_not_told_total",
                                             "Attempts to ask a party that failed");
  const absl::Time now = clock_->Now();
  const std::string token = auth::NewLinkToken();
  const std::string hash = auth::HashOfLinkToken(token);
  const auto party =
      parties_->Take(hash, now + kLinkLife, now, now + options_.retry, Deadline(kDatabaseTime));
  if (!party.ok()) {
    round->status.Update(party.status());
    return false;
  }
  if (!party->has_value()) return false;
  const absl::Status sent = sender_->Send(MailFor(**party, token, now), Deadline(kSendTime));
  absl::Status marked;
  if (sent.ok()) {
    told.Increment();
    ++round->told;
    marked = parties_->MarkTold(**party, hash, now, Deadline(kDatabaseTime));
  } else {
    failed.Increment();
    telemetry::Log(Severity::kWarning, "party_not_told",
                   {{"agreement", (*party)->agreement_id},
                    {"party", AgreementPartyName((*party)->signatory.party)},
                    {"code", absl::StatusCodeToString(sent.code())}});
    // What never will be taken is not tried again; the rest is, with another link. Where one took
    // all the time there is, the next would too, and reviews would wait for them.
    if (MayHaveBeenTaken(sent)) return false;
    marked = parties_->MarkUnreachable(**party, hash, now, Deadline(kDatabaseTime));
  }
  round->status.Update(marked);
  return true;
}

}  // namespace dm::booking
