#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/time/clock.h"
#include "services/notification/domain/mail_choice.h"

#include <string>
#include <vector>

namespace dm::notification {

// A link that a mail carries. Its token is known to the mail alone.
struct MailChoiceLink {
  // As auth::HashOfLinkToken gives it.
  std::string token_hash;
  std::string party;
  // An optional one.
  MessageKind kind = MessageKind::kStayTomorrow;
};

// Keeps the links of mails that are about to go, and forgets those that are good for nothing any
// more. Throws as Transaction::Exec does.
void AddMailChoiceLinks(database::Transaction& transaction,
                        const std::vector<MailChoiceLink>& links, absl::Time now);

// Forgets what these parties have chosen and the links that they were sent. Comes after the
// messages of the parties are dropped: who sends one adds a link until then. Throws likewise.
void ForgetMailChoices(database::Transaction& transaction, const std::vector<std::string>& parties);

// What the readers of mails choose by their links. A link that is none, or no longer, is NOT_FOUND
// (LINK_UNKNOWN). Thread-safe.
class MailChoiceStore {
 public:
  // Both outlive this.
  MailChoiceStore(database::Database* database, const Clock* clock)
      : database_(database), clock_(clock) {}

  absl::StatusOr<MailChoice> Find(absl::Time deadline, const std::string& token);

  // Whether the party gets no mails of the link's kind. Of several at once the last one counts.
  absl::StatusOr<MailChoice> Choose(absl::Time deadline, const std::string& token, bool stopped);

 private:
  database::Database* const database_;
  const Clock* const clock_;
};

}  // namespace dm::notification
