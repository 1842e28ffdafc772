#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/booking/domain/agreement_document.h"
#include "services/booking/domain/booking.h"
#include "services/booking/domain/terms.h"
#include "services/booking/store/agreement_store.h"

// What an agreement takes from elsewhere in booking: profile, guardian, rules. Everything throws as
// Transaction::Exec does.
namespace dm::booking {

// What the agreement that is there would have signed if it were submitted at that time: its
// content, the applicant's profile and what the rules say of it. PROFILE_REQUIRED.
absl::StatusOr<AgreementDocument> DraftDocument(database::Transaction& transaction,
                                                const Terms& terms,
                                                const BookingWithAgreement& stay,
                                                absl::Time submitted);

// The content, with the guardian on file where a minor's is not written yet.
AgreementContent WithGuardian(database::Transaction& transaction, const Booking& booking,
                              AgreementContent content);

// A minor's guardian is the one on file: nobody is signed for by a mailbox of the applicant's
// choice. AGREEMENT_INCOMPLETE.
absl::Status CheckGuardian(database::Transaction& transaction, const Booking& booking,
                           const AgreementDocument& document);

// The same of the text that stands, which does not follow profile and guardian when they change:
// also that who is a minor now is one in it. AGREEMENT_INCOMPLETE; the text must be written anew.
absl::Status CheckFixedGuardian(database::Transaction& transaction,
                                const BookingWithAgreement& stay);

}  // namespace dm::booking
