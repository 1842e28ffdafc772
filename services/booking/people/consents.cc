#include "services/booking/people/consents.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/auth/link_token.h"
#include "common/errors/error.h"
#include "common/text/uuid.h"
#include "services/booking/domain/people_refusals.h"
#include "services/booking/people/profiles.h"
#include "services/booking/store/declared_access.h"
#include "services/booking/store/people_lock.h"
#include "services/booking/store/people_store.h"

#include <algorithm>
#include <utility>

namespace dm::booking {
namespace {

using database::Transaction;

std::string ConsentName(const std::string& person, const std::string& id) {
  return absl::StrCat(person, "/consents/", id);
}

Access AccessTo(Transaction& transaction, const Actor& actor, const std::string& person) {
  const std::optional<Profile> profile = FindProfile(transaction, person);
  return AccessTo(
      actor, person,
      profile.has_value() ? std::optional(profile->applicant.department) : std::nullopt);
}

bool AwaitsAnswer(const ConsentLink& link, absl::Time now) {
  const ConsentRequestState state = link.request.state;
  // The mail may be there before notification's answer is.
  return (state == ConsentRequestState::kSending || state == ConsentRequestState::kOpen) &&
         now < link.request.expire_time &&
         link.request.booking.state == BookingState::kPendingConsent;
}

bool MayWithdraw(const ConsentLink& link) {
  return link.request.state == ConsentRequestState::kAnswered && link.consent.has_value() &&
         !link.consent->consent.withdrawn.has_value();
}

// Consent to these terms; to one booking, for the time at which it was to take place.
Consent GivenFor(const ConsentTerms& terms, const ConsentSubject& subject, absl::Time now) {
  Consent consent = Given(terms, now);
  if (consent.scope == Consent::Scope::kBooking) {
    consent.start_time = subject.start_time;
    consent.end_time = subject.end_time;
  }
  return consent;
}

// A decision by this link, without what was decided.
ConsentRecord NewRecord(const ConsentLink& link, absl::Time now) {
  ConsentRecord record;
  record.id = NewUuid(now);
  record.person = link.request.booking.applicant;
  record.method = ConsentMethod::kLink;
  record.guardian_id = link.request.guardian_id;
  record.request_id = link.request.id;
  record.text_version = kConsentTextVersion;
  return record;
}

}  // namespace

Consents::Consents(Options options, database::Database* database, const Clock* clock)
    : options_(std::move(options)), database_(database), clock_(clock) {}

absl::StatusOr<std::vector<ConsentRecord>> Consents::List(
    absl::Time deadline, const Actor& actor, const std::string& person,
    const std::optional<ConsentPosition>& after, int limit) {
  using Records = absl::StatusOr<std::vector<ConsentRecord>>;
  const auto database = database_->As(DeclaredAccess(actor));
  return database->Write(deadline, [&](Transaction& transaction) -> Records {
    const Access access = AccessTo(transaction, actor, person);
    if (access == Access::kNone) return NotFoundError(absl::StrCat(person, "/consents"));
    if (access == Access::kAgency) {
      RecordPersonAction(transaction, person, actor.person, PersonAction::kConsentsSeen,
                         clock_->Now());
    }
    return ListConsents(transaction, person, after, limit);
  });
}

absl::StatusOr<std::string> Consents::Record(absl::Time deadline, const Actor& actor,
                                             const PaperWrite& write) {
  bool decided = false;
  auto answer =
      database_->Write(deadline, [&](Transaction& transaction) -> absl::StatusOr<std::string> {
        decided = false;
        LockPeople(transaction, {write.person});
        const auto before = FindAnswer(transaction, write.request);
        if (!before.ok()) return before.status();
        if (before->has_value()) return **before;
        // A person's own word is no paper.
        if (AccessTo(transaction, actor, write.person) != Access::kAgency) {
          return NotFoundError(absl::StrCat(write.person, "/consents"));
        }
        ConsentSubject subject;
        if (write.terms.scope == Consent::Scope::kBooking) {
          const auto booking = FindBookingForConsent(transaction, write.terms.booking_id);
          if (!booking.has_value() || booking->applicant != write.person) {
            return NotFoundError(absl::StrCat("bookings/", write.terms.booking_id));
          }
          subject = booking->subject;
        }
        const absl::Time now = clock_->Now();
        const std::optional<Guardian> guardian = FindGuardian(transaction, write.person);
        ConsentRecord record;
        record.id = NewUuid(now);
        record.person = write.person;
        record.consent = GivenFor(write.terms, subject, now);
        record.method = ConsentMethod::kPaper;
        record.guardian_id = guardian.has_value() ? guardian->id : "";
        record.recorded_by = actor.person;
        record.signed_day = write.signed_day;
        AddConsents(transaction, {record});
        RecordPersonAction(transaction, write.person, actor.person, PersonAction::kConsentGiven,
                           now);
        RequestReview(transaction, {write.person}, now);
        std::string given = options_.serialize_record(record);
        KeepAnswer(transaction, write.request, given, now, record.person);
        decided = true;
        return given;
      });
  if (answer.ok() && decided && options_.after_decision) options_.after_decision();
  return answer;
}

absl::StatusOr<std::string> Consents::Withdraw(absl::Time deadline, const Actor& actor,
                                               const WithdrawWrite& write) {
  bool decided = false;
  auto answer =
      database_->Write(deadline, [&](Transaction& transaction) -> absl::StatusOr<std::string> {
        decided = false;
        LockPeople(transaction, {write.person});
        const auto before = FindAnswer(transaction, write.request);
        if (!before.ok()) return before.status();
        if (before->has_value()) return **before;
        std::optional<ConsentRecord> record = FindConsent(transaction, write.consent_id);
        if (AccessTo(transaction, actor, write.person) != Access::kAgency || !record.has_value() ||
            record->person != write.person || !record->consent.given) {
          return NotFoundError(ConsentName(write.person, write.consent_id));
        }
        if (write.expected_version.has_value() && *write.expected_version != record->version()) {
          return PersonChanged(ConsentName(write.person, write.consent_id));
        }
        const absl::Time now = clock_->Now();
        // Twice is as good as once.
        if (WithdrawConsent(transaction, record->id, actor.person, now)) {
          decided = true;
          if (!record->request_id.empty()) {
            CloseConsentRequest(transaction, record->request_id, CloseCause::kWithdrawn);
          }
          RecordPersonAction(transaction, write.person, actor.person,
                             PersonAction::kConsentWithdrawn, now);
          RequestReview(transaction, {write.person}, now);
          record = FindConsent(transaction, write.consent_id);
        }
        std::string given = options_.serialize_record(*record);
        KeepAnswer(transaction, write.request, given, now, record->person);
        return given;
      });
  if (answer.ok() && decided && options_.after_decision) options_.after_decision();
  return answer;
}

absl::Status Consents::AskAgain(absl::Time deadline, const Actor& actor, const AskWrite& write) {
  const std::string name = absl::StrCat("bookings/", write.booking_id);
  bool asked = false;
  absl::Status status = database_->Write(deadline, [&](Transaction& transaction) -> absl::Status {
    asked = false;
    if (actor.applicant) LockPeople(transaction, {actor.person});
    const auto before = FindAnswer(transaction, write.request);
    if (!before.ok()) return before.status();
    if (before->has_value()) return absl::OkStatus();
    const auto booking = FindBookingForConsent(transaction, write.booking_id);
    if (!booking.has_value() || !actor.applicant || booking->applicant != actor.person) {
      return NotFoundError(name);
    }
    if (booking->state != BookingState::kPendingConsent) return ConsentNotAwaited(name);
    if (!FindGuardian(transaction, actor.person).has_value()) return GuardianUnknown(actor.person);
    const absl::Time now = clock_->Now();
    const AskedBefore count =
        CountQuestions(transaction, actor.person, write.booking_id, now - absl::Hours(24));
    if (count.undeliverable) return GuardianIsApplicant(actor.person);
    const absl::Duration wait = count.last + options_.pause_between_questions - now;
    if (wait > absl::ZeroDuration()) return ConsentAskedTooOften(wait);
    if (count.person >= options_.most_questions_a_day) return ConsentAskedTooOften(absl::Hours(24));
    CloseQuestionsAbout(transaction, write.booking_id, CloseCause::kReplaced);
    RecordPersonAction(transaction, actor.person, actor.person, PersonAction::kConsentAsked, now);
    KeepAnswer(transaction, write.request, "", now);
    asked = true;
    return absl::OkStatus();
  });
  if (status.ok() && asked && options_.after_ask) options_.after_ask();
  return status;
}

GuardianView Consents::ViewOf(ConsentLink link) const {
  GuardianView view;
  if (!link.consent.has_value()) {
    view.choices = ConsentChoices(link.request.booking.subject,
                                  absl::ToCivilDay(clock_->Now(), ParisTimeZone()));
  }
  view.link = std::move(link);
  return view;
}

absl::StatusOr<GuardianView> Consents::LookUp(absl::Time deadline, const std::string& token,
                                              const std::string& person) {
  return database_->Read(deadline, [&](Transaction& transaction) -> absl::StatusOr<GuardianView> {
    std::optional<ConsentLink> link = FindConsentLink(transaction, auth::HashOfLinkToken(token));
    if (!link.has_value() || link->request.booking.applicant == person ||
        (!AwaitsAnswer(*link, clock_->Now()) && !MayWithdraw(*link))) {
      return LinkUnknown();
    }
    return ViewOf(*std::move(link));
  });
}

absl::StatusOr<std::string> Consents::ByLink(
    absl::Time deadline, const LinkWrite& write,
    const std::function<absl::Status(Transaction&, const ConsentLink&)>& decide) {
  const std::string hash = auth::HashOfLinkToken(write.token);
  bool decided = false;
  auto answer =
      database_->Write(deadline, [&](Transaction& transaction) -> absl::StatusOr<std::string> {
        decided = false;
        // The same steps for a token that nobody has.
        const std::string whose = WhoseLink(transaction, hash);
        LockPeople(transaction,
                   {whose.empty() ? absl::StrCat("links/", absl::BytesToHexString(hash)) : whose});
        LockConsentLink(transaction, hash);
        const std::optional<ConsentLink> link = FindConsentLink(transaction, hash);
        WriteRequest request = write.request;
        request.caller = absl::StrCat("links/", link.has_value() ? link->request.id : "");
        const auto before = FindAnswer(transaction, request);
        if (!before.ok()) return before.status();
        if (!link.has_value() || whose == write.person) return LinkUnknown();
        if (before->has_value()) return **before;
        if (absl::Status done = decide(transaction, *link); !done.ok()) return done;
        const absl::Time now = clock_->Now();
        RequestReview(transaction, {whose}, now);
        std::string given = options_.serialize_view(ViewOf(*FindConsentLink(transaction, hash)));
        KeepAnswer(transaction, request, given, now, whose);
        decided = true;
        return given;
      });
  if (answer.ok() && decided && options_.after_decision) options_.after_decision();
  return answer;
}

absl::StatusOr<std::string> Consents::Give(absl::Time deadline, const LinkWrite& write,
                                           Consent::Scope scope, const std::string& text_hash) {
  return ByLink(deadline, write, [&](Transaction& transaction, const ConsentLink& link) {
    const absl::Time now = clock_->Now();
    if (!AwaitsAnswer(link, now)) return LinkUnknown();
    const std::vector<ConsentChoice> choices = ViewOf(link).choices;
    const auto chosen =
        std::find_if(choices.begin(), choices.end(), [&](const ConsentChoice& choice) {
          return choice.terms.scope == scope && choice.hash == text_hash;
        });
    if (chosen == choices.end()) return ConsentTextChanged();
    ConsentRecord record = NewRecord(link, now);
    record.consent = GivenFor(chosen->terms, link.request.booking.subject, now);
    record.text_hash = chosen->hash;
    AddConsents(transaction, {record});
    MarkAnswered(transaction, link.request.id);
    BindGuardian(transaction, link.request.guardian_id);
    RecordPersonAction(transaction, record.person, kGuardianActor, PersonAction::kConsentGiven,
                       now);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::string> Consents::Refuse(absl::Time deadline, const LinkWrite& write) {
  return ByLink(deadline, write, [&](Transaction& transaction, const ConsentLink& link) {
    const absl::Time now = clock_->Now();
    if (!AwaitsAnswer(link, now)) return LinkUnknown();
    ConsentRecord record = NewRecord(link, now);
    // The narrowest choice is the question.
    const ConsentChoice asked = ViewOf(link).choices.front();
    record.consent = GivenFor(asked.terms, link.request.booking.subject, now);
    record.consent.given = false;
    record.text_hash = asked.hash;
    AddConsents(transaction, {record});
    CloseConsentRequest(transaction, link.request.id, CloseCause::kRefused);
    BindGuardian(transaction, link.request.guardian_id);
    RecordPersonAction(transaction, record.person, kGuardianActor, PersonAction::kConsentRefused,
                       now);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::string> Consents::WithdrawByLink(absl::Time deadline, const LinkWrite& write) {
  return ByLink(deadline, write, [&](Transaction& transaction, const ConsentLink& link) {
    if (!MayWithdraw(link)) return LinkUnknown();
    const absl::Time now = clock_->Now();
    WithdrawConsent(transaction, link.consent->id, kGuardianActor, now);
    CloseConsentRequest(transaction, link.request.id, CloseCause::kWithdrawn);
    RecordPersonAction(transaction, link.consent->person, kGuardianActor,
                       PersonAction::kConsentWithdrawn, now);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::string> Consents::EraseGuardianByLink(absl::Time deadline,
                                                          const LinkWrite& write) {
  return ByLink(deadline, write, [&](Transaction& transaction, const ConsentLink& link) {
    const absl::Time now = clock_->Now();
    if (!AwaitsAnswer(link, now) && !MayWithdraw(link)) return LinkUnknown();
    const std::string& person = link.request.booking.applicant;
    ForgetGuardian(transaction, person, link.request.guardian_id, now);
    RecordPersonAction(transaction, person, kGuardianActor, PersonAction::kGuardianErased, now);
    return absl::OkStatus();
  });
}

}  // namespace dm::booking
