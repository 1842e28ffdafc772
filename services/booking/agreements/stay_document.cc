#include "services/booking/agreements/stay_document.h"

#include "common/errors/error.h"
#include "common/text/addressee.h"
#include "services/booking/domain/agreement_refusals.h"
#include "services/booking/domain/presence.h"
#include "services/booking/domain/refusals.h"
#include "services/booking/store/people_store.h"
#include "services/booking/store/person_facts.h"

#include <utility>
#include <vector>

namespace dm::booking {
namespace {

using database::Transaction;

// How far back other stays may count.
constexpr absl::Duration kYear = absl::Hours(24 * 366);

// The stay as the agreement writes it, for the rules.
EligibilityQuestion QuestionOf(const BookingWithAgreement& stay, const Applicant& applicant,
                               const std::vector<CountedStay>& others, absl::Time submitted) {
  const AgreementContent& content = stay.agreement->content;
  EligibilityQuestion question = {
      .stay = {.scheme = stay.agreement->scheme,
               .days = content.stay.schedule,
               .profession = content.stay.profession.empty() ? stay.booking.profession
                                                             : content.stay.profession,
               .host = stay.booking.host},
      .applicant = applicant,
      .guardian_known = !content.guardian.name.empty(),
      .prior = {},
      .submitted = submitted};
  // Stays may keep to the rules each and break them together.
  for (const CountedStay& other : others) {
    const Booking& booking = other.booking;
    question.prior.push_back({.scheme = booking.scheme,
                              .first_day = ParisDayOf(booking.start_time),
                              .profession = booking.profession,
                              .host = booking.host,
                              .days = other.agreed_days.empty()
                                          ? PresenceDaysOf(booking.start_time, booking.end_time)
                                          : other.agreed_days});
  }
  return question;
}

// What is known of the applicant, in the transaction.
absl::StatusOr<Applicant> ApplicantOf(Transaction& transaction, const Booking& booking) {
  const auto people = ReadPeople(transaction, {booking.applicant});
  if (people.empty() || people[0].second.erased || !people[0].second.profile.has_value()) {
    return ProfileRequired();
  }
  return *people[0].second.profile;
}

}  // namespace

absl::StatusOr<AgreementDocument> DraftDocument(Transaction& transaction, const Terms& terms,
                                                const BookingWithAgreement& stay,
                                                absl::Time submitted) {
  const auto applicant = ApplicantOf(transaction, stay.booking);
  if (!applicant.ok()) return applicant.status();
  const auto others = OtherStays(transaction, stay.booking, stay.booking.start_time - kYear);
  if (!others.ok()) return others.status();
  return MakeDocument(
      *stay.agreement, stay.booking, *applicant, submitted,
      terms.rules->Explain(QuestionOf(stay, *applicant, *others, submitted), *terms.calendar));
}

AgreementContent WithGuardian(Transaction& transaction, const Booking& booking,
                              AgreementContent content) {
  if (content.guardian != AgreementContent::Guardian()) return content;
  const auto applicant = ApplicantOf(transaction, booking);
  if (!applicant.ok() || !IsMinorAt(*applicant, booking.start_time)) return content;
  if (const auto known = FindGuardian(transaction, booking.applicant)) {
    content.guardian.name = known->display_name;
    content.guardian.email = known->email;
  }
  return content;
}

absl::Status CheckGuardian(Transaction& transaction, const Booking& booking,
                           const AgreementDocument& document) {
  if (!document.minor) return absl::OkStatus();
  const auto guardian = FindGuardian(transaction, booking.applicant);
  Violations violations;
  if (!guardian.has_value()) {
    violations.Add("content.guardian.email", "a guardian must be put on file first");
  } else if (MailboxOf(guardian->email) != MailboxOf(document.content.guardian.email)) {
    violations.Add("content.guardian.email", "must be that of the guardian on file");
  }
  if (violations.empty()) return absl::OkStatus();
  return AgreementIncomplete(booking.id, violations);
}

absl::Status CheckFixedGuardian(Transaction& transaction, const BookingWithAgreement& stay) {
  const auto document = ParseDocument(stay.agreement->document);
  if (!document.ok()) return document.status();
  const auto applicant = ApplicantOf(transaction, stay.booking);
  if (!applicant.ok()) return applicant.status();
  if (IsMinorAt(*applicant, stay.agreement->start_time) && !document->minor) {
    Violations violations;
    violations.Add("content.guardian", "must sign: the applicant is a minor");
    return AgreementIncomplete(stay.booking.id, violations);
  }
  return CheckGuardian(transaction, stay.booking, *document);
}

}  // namespace dm::booking
