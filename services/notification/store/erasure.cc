#include "services/notification/store/erasure.h"

#include "services/notification/store/mail_choice_store.h"
#include "services/notification/store/release_gate.h"

namespace dm::notification {
namespace {

using database::Statement;

constexpr Statement kForgetContacts{"forget_contacts",
                                    "DELETE FROM contacts WHERE party = ANY ($1::text[])"};

constexpr Statement kForgetContactRequests{
    "forget_contact_requests_of", "DELETE FROM contact_requests WHERE caller = ANY ($1::text[])"};

// Mails to who is no user are about a booking of the person: a guardian, a tutor, a school. They
// are found by what the person was told of the same booking, so before that is nobody's.
constexpr Statement kForgetAddresses{"forget_addresses", R"sql(
    UPDATE messages
    SET state = 'dropped', failure = 'ERASED', secret = NULL, display_name = NULL, email = NULL
    WHERE booking = ANY (ARRAY(
        SELECT booking FROM messages WHERE recipient = ANY ($1::text[]) AND booking <> ''))
      AND recipient = 'address' AND state IN ('waiting', 'ready', 'sending'))sql"};

constexpr Statement kForgetMessages{"forget_messages", R"sql(
    UPDATE messages
    SET recipient = 'erased/' || id,
        state = CASE WHEN state IN ('waiting', 'ready', 'sending') THEN 'dropped' ELSE state END,
        failure = CASE WHEN state IN ('waiting', 'ready', 'sending') THEN 'ERASED' ELSE failure END,
        secret = NULL, display_name = NULL, email = NULL
    WHERE recipient = ANY ($1::text[]))sql"};

// What was still to be sent goes nowhere.
constexpr Statement kForgetWebhooks{"forget_webhooks",
                                    "DELETE FROM webhooks WHERE owner = ANY ($1::text[])"};

constexpr Statement kForgetRequests{
    "forget_requests_of", "DELETE FROM answered_requests WHERE caller = ANY ($1::text[])"};

}  // namespace

void ForgetPeople(database::Transaction& transaction, const std::vector<std::string>& people) {
  if (people.empty()) return;
  // Nobody plans a message for a contact that goes at this moment.
  EnterAsReleaser(transaction);
  transaction.Exec(kForgetContacts, people);
  transaction.Exec(kForgetContactRequests, people);
  transaction.Exec(kForgetAddresses, people);
  transaction.Exec(kForgetMessages, people);
  ForgetMailChoices(transaction, people);
  transaction.Exec(kForgetWebhooks, people);
  transaction.Exec(kForgetRequests, people);
}

}  // namespace dm::notification
