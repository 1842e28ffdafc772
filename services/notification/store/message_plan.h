#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/notification/domain/link.h"
#include "services/notification/domain/message.h"
#include "services/notification/domain/offer_message_rules.h"

#include <vector>

// How messages come into the queue, each once however often its cause is told. All but PlanLink
// are part of a feed's transaction; all throw as Transaction::Exec does.
namespace dm::notification {

// Plans what follows from steps of bookings, in their order, and drops the reminders that a later
// step of the same booking makes needless. Steps that would come too late are left out.
void PlanMessages(database::Transaction& transaction, const std::vector<BookingStep>& steps,
                  absl::Time now);

// Tells who was the last to come, and the host.
void PlanOverbookingMessages(database::Transaction& transaction,
                             const std::vector<Overbooking>& overbookings, absl::Time now);

// Plans what follows from what happened to offers. What would come too late is left out.
void PlanOfferMessages(database::Transaction& transaction,
                       const std::vector<OfferMessage>& offer_messages, absl::Time now);

// Tells whoever it belongs to that a webhook is sent nothing more. `title` is what they call it.
void PlanWebhookDisabled(database::Transaction& transaction, const std::string& webhook,
                         const std::string& owner, const std::string& title, absl::Time now);

// Plans a mail with a secret, and drops one of the same kind about the same resource to the same
// recipient that is still to be sent. FAILED_PRECONDITION with reason GUARDIAN_IS_APPLICANT when
// the address reaches the applicant's own mailbox.
absl::Status PlanLink(database::Transaction& transaction, const Link& link, absl::Time now);

}  // namespace dm::notification
